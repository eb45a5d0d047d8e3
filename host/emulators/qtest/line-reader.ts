/** A line of text, or of one that was too long to keep: the characters that it had. */
export type Line = { readonly text: string } | { readonly tooLong: number };

/** Cuts a stream of bytes into lines, wherever its packets end; a line above the limit is dropped as it comes. */
export class LineReader {
  readonly #most: number;
  #kept: string[] = [];
  #length = 0;

  /** `most` characters of a line are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The lines that end in this packet, without what ends them (LF or CR LF). */
  *feed(packet: Uint8Array): Iterable<Line> {
    for (let start = 0; start < packet.length;) {
      const end = packet.indexOf(0x0a, start);
      if (end < 0) {
        this.#keep(packet.subarray(start));
        return;
      }
      this.#keep(packet.subarray(start, end));
      yield this.#take();
      start = end + 1;
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > this.#most) this.#kept = [];
    else if (bytes.length > 0) this.#kept.push(latin1(bytes));
  }

  #take(): Line {
    const length = this.#length;
    const text = this.#kept.join("");
    this.#kept = [];
    this.#length = 0;
    if (length > this.#most) return { tooLong: length };
    return { text: text.endsWith("\r") ? text.slice(0, -1) : text };
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
