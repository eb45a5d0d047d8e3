import { callKinds, entryCode, FIRST_CALL, isRequest, type CallKind } from "./call-kind.js";
import type { WordImage } from "./word-image.js";

/** Arguments of the calls that are no requests. */
const argumentCounts: Readonly<Partial<Record<CallKind, number>>> = {
  readRegister: 2,
  writeRegister: 4,
  endAccess: 1,
  remapInterrupt: 3,
  completeInvalidation: 2,
  advance: 2,
  reset: 1,
};
const LOW_BITS = 2 ** 32;
const LARGEST_PAGE = 2 ** 52;
const MOST_BATCH_RECORDS = 4096;

/** A call as a recording has it: `digest` has the bits that are kept. */
export interface RecordedWords {
  readonly kind: CallKind;
  readonly words: readonly number[];
  readonly digest: number;
}

/** A word that changed within a call, ahead of its access of that number. */
export interface LateWord {
  readonly access: number;
  readonly page: number;
  readonly index: number;
  readonly flags: number;
  readonly value: bigint;
}

/** The contents of a block make no sense. */
export class EntryError extends Error {
  override readonly name = "EntryError";
}

/** Reads what an `EntryWriter` has written. */
export class EntryReader {
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #lastWordPage = 0;
  #lastRequestPage = 0;
  /** Words that change within the next call. */
  late: LateWord[] = [];

  /** Goes on with the contents of the next block. */
  give(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  /**
   * The next call; words that changed before it are put into `image`. Undefined at the end of the block.
   * @throws EntryError
   */
  next(image: WordImage): RecordedWords | undefined {
    while (this.#at < this.#bytes.length) {
      const code = this.#byte();
      if (code === entryCode.word) this.#word(image);
      else if (code === entryCode.lateWord) this.#lateWord();
      else return this.#call(code);
    }
    return undefined;
  }

  #word(image: WordImage): void {
    const { page, index, flags, value } = this.#place();
    image.seekWord(page, index);
    image.flags = flags;
    image.value = value;
  }

  #lateWord(): void {
    const access = this.#number();
    this.late.push({ access, ...this.#place() });
  }

  #place(): Omit<LateWord, "access"> {
    const page = this.#page(this.#lastWordPage);
    this.#lastWordPage = page;
    const index = this.#number();
    if (index > 511) throw new EntryError(`word ${index} of a page`);
    const flags = this.#byte();
    const low = this.#number();
    const value = (BigInt(this.#number32()) << 32n) | BigInt(low);
    return { page, index, flags, value };
  }

  #call(code: number): RecordedWords {
    const kind = callKinds[code - FIRST_CALL];
    if (kind === undefined) throw new EntryError(`entry of kind ${code}`);
    const words: number[] = [];
    if (kind === "translateBatch") {
      const count = this.#number();
      if (count > MOST_BATCH_RECORDS) throw new EntryError(`a batch of ${count}`);
      for (let record = 0; record < count; record++) this.#request(words);
    } else if (isRequest(kind)) {
      this.#request(words);
    } else {
      for (let left = argumentCounts[kind]!; left > 0; left--) words.push(this.#number32() | 0);
    }
    const digest = this.#byte() | (this.#byte() << 8);
    return { kind, words, digest };
  }

  #request(words: number[]): void {
    const sourceId = this.#number32();
    const pasid = (this.#number32() - 1) | 0;
    const page = this.#page(this.#lastRequestPage);
    this.#lastRequestPage = page;
    const offset = this.#number();
    if (offset > 0xfff) throw new EntryError(`byte ${offset} of a page`);
    const access = this.#number32();
    const low = (page % 2 ** 20) * 4096 + offset;
    const high = Math.floor(page / 2 ** 20);
    words.push(sourceId | 0, pasid, low | 0, high | 0, access | 0);
  }

  #page(last: number): number {
    const coded = this.#number();
    const page = last + (coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2);
    if (page < 0 || page >= LARGEST_PAGE) throw new EntryError(`page ${page}`);
    return page;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new EntryError("an entry that the block does not hold");
    return byte;
  }

  #number(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 54; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new EntryError("a number of too many bytes");
  }

  #number32(): number {
    const value = this.#number();
    if (value >= LOW_BITS) throw new EntryError(`the number ${value} in place of one of 32 bits`);
    return value;
  }
}
