import { crc32, inflateRawSync } from "node:zlib";
import {
  BLOCK_HEAD_BYTES,
  blockKind,
  FORMAT_VERSION,
  joinDigests,
  LARGEST_BLOCK,
  LARGEST_HEADER,
  MAGIC,
  PREFIX_BYTES,
  type RecordedUnit,
  type RecordingEnd,
  type RecordingHeader,
} from "./format.js";
import { RecordingError } from "./recording-error.js";
import { fileSource, memorySource, type OpenedSource, type RecordingSource } from "./source.js";

/** A block's place, and what was packed in it. */
export interface Block {
  readonly offset: number;
  readonly contents: Uint8Array;
}

/** A recording that was written by a `Recorder`. Its blocks are read one at a time. */
export class Recording {
  readonly name: string;
  /** The unit that was recorded. */
  readonly unit: RecordedUnit;
  readonly #source: RecordingSource;
  readonly #firstBlock: number;

  private constructor(source: RecordingSource, unit: RecordedUnit, firstBlock: number) {
    this.name = source.name;
    this.unit = unit;
    this.#source = source;
    this.#firstBlock = firstBlock;
  }

  /** @throws RecordingError if the file cannot be read, or does not begin as a recording does. */
  static open(path: string): Recording {
    return Recording.#from(fileSource(path));
  }

  /** @throws RecordingError as `open`. */
  static of(bytes: Uint8Array, name?: string): Recording {
    return Recording.#from(memorySource(bytes, name));
  }

  static #from(source: RecordingSource): Recording {
    const opened = source.open();
    try {
      const { header, end } = readHeader(opened, source.name);
      return new Recording(source, header.unit, end);
    } finally {
      opened.close();
    }
  }

  /**
   * Tells recordings with different contents apart: eight hexadecimal digits, of the checksums of all blocks.
   * @throws RecordingError at the place where the file is cut off, or no block begins.
   */
  digest(): string {
    const opened = this.#source.open();
    try {
      let digest = crc32(JSON.stringify(this.unit));
      for (let offset = this.#firstBlock; ;) {
        const { kind, checksum, packedAt, packedLength } = readHead(opened, offset, this.name);
        digest = joinDigests(digest, checksum);
        offset = packedAt + packedLength;
        if (offset > opened.size) throw new RecordingError(this.name, CUT_OFF, opened.size);
        if (kind === blockKind.end) return digest.toString(16).padStart(8, "0");
      }
    } finally {
      opened.close();
    }
  }

  /**
   * The blocks of calls, from the first on; answers what the last one says.
   * @throws RecordingError at the place where the file is damaged or cut off.
   */
  *blocks(): Generator<Block, RecordingEnd> {
    const opened = this.#source.open();
    try {
      for (let offset = this.#firstBlock; ;) {
        const { kind, contents, next } = readBlock(opened, offset, this.name);
        if (kind === blockKind.end) {
          if (next !== opened.size) {
            const count = opened.size - next;
            throw new RecordingError(this.name, `${count} bytes stand behind the end`, next);
          }
          return parse(contents, isEnd, this.name, offset);
        }
        yield { offset, contents };
        offset = next;
      }
    } finally {
      opened.close();
    }
  }
}

function readHeader(source: OpenedSource, name: string): { header: RecordingHeader; end: number } {
  const prefix = source.read(0, PREFIX_BYTES);
  if (MAGIC.some((byte, index) => prefix[index] !== byte)) {
    throw new RecordingError(name, "this is no recording of viommu", 0);
  }
  const [version, length, checksum] = words(prefix, MAGIC.length, 3, name, 0);
  if (version !== FORMAT_VERSION) {
    throw new RecordingError(
      name,
      `the recording has format version ${version}, expected ${FORMAT_VERSION}: record it anew`,
      MAGIC.length,
    );
  }
  if (length! > LARGEST_HEADER) throw new RecordingError(name, DAMAGED, MAGIC.length + 4);
  const json = whole(source, PREFIX_BYTES, length!, name);
  if (crc32(json) !== checksum) throw new RecordingError(name, DAMAGED, PREFIX_BYTES);
  const header = parse(json, isHeader, name, PREFIX_BYTES);
  return { header, end: PREFIX_BYTES + length! };
}

interface BlockHead {
  readonly kind: number;
  readonly length: number;
  readonly checksum: number;
  readonly packedAt: number;
  readonly packedLength: number;
}

function readHead(source: OpenedSource, offset: number, name: string): BlockHead {
  const head = source.read(offset, BLOCK_HEAD_BYTES);
  const [kind = 0, length = 0, packedLength = 0, checksum = 0] = words(head, 0, 4, name, offset);
  const isKnown = kind === blockKind.calls || kind === blockKind.end;
  if (!isKnown || length > LARGEST_BLOCK || packedLength > LARGEST_BLOCK) {
    throw new RecordingError(name, `no block begins here: ${DAMAGED}`, offset);
  }
  return { kind, length, checksum, packedAt: offset + BLOCK_HEAD_BYTES, packedLength };
}

interface ReadBlock {
  readonly kind: number;
  readonly contents: Uint8Array;
  readonly next: number;
}

function readBlock(source: OpenedSource, offset: number, name: string): ReadBlock {
  const { kind, length, checksum, packedAt, packedLength } = readHead(source, offset, name);
  const packed = whole(source, packedAt, packedLength, name);
  const contents = crc32(packed) === checksum ? unpacked(packed, length) : undefined;
  if (contents?.length !== length) {
    throw new RecordingError(name, `${DAMAGED} in the block that begins here`, offset);
  }
  return { kind, contents, next: packedAt + packedLength };
}

const DAMAGED = "the recording is damaged";
const CUT_OFF = "the recording is cut off";

function unpacked(packed: Uint8Array, length: number): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, length) });
  } catch {
    return undefined;
  }
}

/** @throws RecordingError if the file ends before. */
function whole(source: OpenedSource, offset: number, length: number, name: string): Uint8Array {
  const bytes = source.read(offset, length);
  if (bytes.length < length) throw new RecordingError(name, CUT_OFF, offset + bytes.length);
  return bytes;
}

/** 32-bit words at a place of `bytes`, which were read at `offset` of the file. */
function words(
  bytes: Uint8Array,
  at: number,
  count: number,
  name: string,
  offset: number,
): number[] {
  if (bytes.length < at + 4 * count) {
    throw new RecordingError(name, CUT_OFF, offset + bytes.length);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => view.getUint32(at + 4 * index, true));
}

function parse<T>(
  json: Uint8Array,
  isOne: (value: unknown) => value is T,
  name: string,
  offset: number,
): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(json));
  } catch {
    value = undefined;
  }
  if (!isOne(value)) throw new RecordingError(name, DAMAGED, offset);
  return value;
}

/** Whether a value has fields of these types, all of which it needs. */
function hasFields(value: unknown, types: Readonly<Record<string, string>>): boolean {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(types).every(
    ([field, type]) => typeof fields[field] === type && fields[field] !== null,
  );
}

const UNIT_FIELDS = {
  preset: "string",
  version: "number",
  hostAddressWidth: "number",
  capabilities: "object",
  caches: "object",
  faultCollapse: "boolean",
  invalidationTimeout: "string",
  trace: "boolean",
  reportWrites: "boolean",
} as const satisfies Record<keyof RecordedUnit, string>;

function isHeader(value: unknown): value is RecordingHeader {
  return (
    hasFields(value, { unit: "object" }) && hasFields((value as RecordingHeader).unit, UNIT_FIELDS)
  );
}

function isEnd(value: unknown): value is RecordingEnd {
  return hasFields(value, { calls: "number", digest: "number", counters: "object" });
}
