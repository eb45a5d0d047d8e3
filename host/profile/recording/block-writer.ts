import { crc32, deflateRawSync } from "node:zlib";
import {
  BLOCK_HEAD_BYTES,
  blockKind,
  FORMAT_VERSION,
  MAGIC,
  PREFIX_BYTES,
  type RecordingEnd,
  type RecordingHeader,
} from "./format.js";
import type { RecordingSink } from "./sink.js";

const text = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Writes the file around the entries. */
export class BlockWriter {
  readonly #sink: RecordingSink;

  constructor(sink: RecordingSink, header: RecordingHeader) {
    this.#sink = sink;
    const json = text(header);
    const prefix = new Uint8Array(PREFIX_BYTES);
    prefix.set(MAGIC);
    words(prefix, MAGIC.length, [FORMAT_VERSION, json.length, crc32(json)]);
    sink.write(prefix);
    sink.write(json);
  }

  calls(entries: Uint8Array): void {
    if (entries.length > 0) this.#block(blockKind.calls, entries);
  }

  end(end: RecordingEnd): void {
    this.#block(blockKind.end, text(end));
  }

  #block(kind: number, contents: Uint8Array): void {
    const packed = deflateRawSync(contents);
    const head = new Uint8Array(BLOCK_HEAD_BYTES);
    words(head, 0, [kind, contents.length, packed.length, crc32(packed)]);
    this.#sink.write(head);
    this.#sink.write(packed);
  }
}

function words(bytes: Uint8Array, offset: number, values: readonly number[]): void {
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint32(offset + 4 * index, value, true);
  });
}
