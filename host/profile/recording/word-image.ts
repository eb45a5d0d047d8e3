/** What is known of a word of guest memory, in bits. */
export const wordFlag = {
  /** A value was seen. */
  known: 1,
  readFails: 2,
  writeFails: 4,
} as const;

const WORDS_PER_PAGE = 512;
const ADDRESS = new BigUint64Array(1);
const HALVES = new Uint32Array(ADDRESS.buffer);

/** The words of one page of 4 KiB. */
class PageOfWords {
  readonly values = new BigUint64Array(WORDS_PER_PAGE);
  readonly flags = new Uint8Array(WORDS_PER_PAGE);
  /** Number of the call in which each word was accessed last, modulo 2^32. */
  readonly touched = new Uint32Array(WORDS_PER_PAGE);
}

/** The words of guest memory that a unit has seen: values, and which of them cannot be read or written. */
export class WordImage {
  readonly #pages = new Map<number, PageOfWords>();
  #number = -1;
  #page: PageOfWords = new PageOfWords();
  #index = 0;

  /** Goes to the word at an address, a multiple of 8 within 64 bits. */
  seek(address: bigint): void {
    // Faster than arithmetic of BigInt.
    ADDRESS[0] = address;
    const low = HALVES[0]!;
    this.seekWord(HALVES[1]! * 2 ** 20 + (low >>> 12), (low >>> 3) & 511);
  }

  seekWord(page: number, index: number): void {
    this.#index = index;
    if (page === this.#number) return;
    this.#number = page;
    let found = this.#pages.get(page);
    if (found === undefined) {
      found = new PageOfWords();
      this.#pages.set(page, found);
    }
    this.#page = found;
  }

  /** Number of the page of the word that `seek` went to. */
  get pageNumber(): number {
    return this.#number;
  }

  get index(): number {
    return this.#index;
  }

  get value(): bigint {
    return this.#page.values[this.#index]!;
  }

  set value(value: bigint) {
    this.#page.values[this.#index] = value;
  }

  get flags(): number {
    return this.#page.flags[this.#index]!;
  }

  set flags(flags: number) {
    this.#page.flags[this.#index] = flags;
  }

  get touched(): number {
    return this.#page.touched[this.#index]!;
  }

  set touched(call: number) {
    this.#page.touched[this.#index] = call;
  }
}
