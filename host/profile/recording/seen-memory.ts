import type { PortImports } from "../../core/guest-memory-port.js";
import type { CallOutcome } from "./call-outcome.js";
import type { EntryWriter } from "./entry-writer.js";
import { wordFlag, WordImage } from "./word-image.js";

const ALL_ONES = (1n << 64n) - 1n;

/**
 * Guest memory as one unit sees it. What it reads is compared with what was seen before, and a word that differs
 * is written down ahead of the call: the unit's own writes are known from the calls. A word that changes between two
 * accesses of one call is written down with the number of the access.
 */
export class SeenMemory {
  /** What the unit imports. */
  readonly imports: PortImports;
  /** What a walk ahead of a request imports. */
  readonly walkImports: Pick<PortImports, "read64" | "failed">;
  /** False while nothing is to be written down. */
  watching = false;
  readonly #port: PortImports;
  readonly #entries: EntryWriter;
  readonly #outcome: CallOutcome;
  readonly #image = new WordImage();
  #walking = false;
  /** Number of the call, modulo 2^32, and of the access in it. */
  #call = 1;
  #access = 0;
  #failed = 0;

  constructor(port: PortImports, entries: EntryWriter, outcome: CallOutcome) {
    this.#port = port;
    this.#entries = entries;
    this.#outcome = outcome;
    this.imports = {
      read64: (address) => this.#read(address),
      write64: (address, value) => this.#write(address, value),
      compareExchange64: (address, expected, replacement) =>
        this.#exchange(address, expected, replacement),
      failed: () => this.#failed,
    };
    const { read64, failed } = this.imports;
    this.walkImports = { read64, failed };
  }

  beginCall(): void {
    this.#call = (this.#call + 1) >>> 0;
    this.#access = 0;
  }

  /** Accesses within are of no call. */
  walking(walk: () => void): void {
    this.#walking = true;
    try {
      walk();
    } finally {
      this.#walking = false;
    }
  }

  #read(address: bigint): bigint {
    const value = BigInt.asUintN(64, this.#port.read64(address));
    this.#failed = value === ALL_ONES ? this.#port.failed() : 0;
    if (!this.watching) return value;
    this.#image.seek(address);
    const { flags } = this.#image;
    if (this.#failed !== 0) this.#expect(flags | wordFlag.readFails, this.#image.value);
    else this.#expect((flags & wordFlag.writeFails) | wordFlag.known, value);
    this.#touch();
    return value;
  }

  #write(address: bigint, value: bigint): number {
    const done = this.#port.write64(address, value);
    if (!this.watching) return done;
    this.#image.seek(address);
    const { flags } = this.#image;
    if (done === 0) {
      this.#expect(flags | wordFlag.writeFails, this.#image.value);
    } else {
      this.#expect(flags & ~wordFlag.writeFails, this.#image.value);
      this.#wrote(address, value);
    }
    this.#touch();
    return done;
  }

  #exchange(address: bigint, expected: bigint, replacement: bigint): bigint {
    const found = BigInt.asUintN(64, this.#port.compareExchange64(address, expected, replacement));
    this.#failed = found === ALL_ONES ? this.#port.failed() : 0;
    if (!this.watching) return found;
    this.#image.seek(address);
    const { flags } = this.#image;
    if (this.#failed !== 0) {
      this.#expect(flags | wordFlag.writeFails, this.#image.value);
    } else {
      this.#expect((flags & wordFlag.readFails) | wordFlag.known, found);
      if (found === BigInt.asUintN(64, expected)) this.#wrote(address, replacement);
    }
    this.#touch();
    return found;
  }

  /** Writes down what a replay cannot know of the word that the image stands at. */
  #expect(flags: number, value: bigint): void {
    const image = this.#image;
    if (image.flags === flags && image.value === value) return;
    image.flags = flags;
    image.value = value;
    const isLate = !this.#walking && image.touched === this.#call;
    this.#entries.word(image, isLate ? this.#access : undefined);
  }

  #wrote(address: bigint, value: bigint): void {
    this.#outcome.wrote(address, value);
    this.#image.value = value;
    this.#image.flags |= wordFlag.known;
  }

  #touch(): void {
    if (this.#walking) return;
    this.#image.touched = this.#call;
    this.#access++;
  }
}
