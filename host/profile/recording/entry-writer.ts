import { entryCode, FIRST_CALL, callKinds, isRequest, type RawCall } from "./call-kind.js";
import { BATCH_WORDS } from "./watched-calls.js";
import { shortDigest } from "./format.js";
import type { WordImage } from "./word-image.js";

/** The most bytes that a number takes, and an entry other than a batch. */
const LONGEST_NUMBER = 8;
const LONGEST_ENTRY = 64;
const LOW_BITS = 2 ** 32;

/** Writes entries one behind the other: numbers of seven bits a byte, places as differences. */
export class EntryWriter {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;
  #lastWordPage = 0;
  #lastRequestPage = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written since the last time; valid until the next entry. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** The word that an image stands at; `access` tells when it changed within the call that follows. */
  word(image: WordImage, access?: number): void {
    this.#reserve(LONGEST_ENTRY);
    this.#byte(access === undefined ? entryCode.word : entryCode.lateWord);
    if (access !== undefined) this.#number(access);
    this.#difference(image.pageNumber - this.#lastWordPage);
    this.#lastWordPage = image.pageNumber;
    this.#number(image.index);
    this.#byte(image.flags);
    const { value } = image;
    this.#number(Number(value & 0xffff_ffffn));
    this.#number(Number(value >> 32n));
  }

  call({ kind, words, digest }: RawCall): void {
    this.#reserve(LONGEST_ENTRY + LONGEST_NUMBER * words.length);
    this.#byte(FIRST_CALL + callKinds.indexOf(kind));
    if (kind === "translateBatch") {
      this.#number(words.length / BATCH_WORDS);
      for (let at = 0; at < words.length; at += BATCH_WORDS) this.#request(words, at);
    } else if (isRequest(kind)) {
      this.#request(words, 0);
    } else {
      for (const word of words) this.#number(word >>> 0);
    }
    const short = shortDigest(digest);
    this.#byte(short & 0xff);
    this.#byte(short >>> 8);
  }

  #request(words: readonly number[], at: number): void {
    const [sourceId, pasid, low, high] = [
      words[at]!,
      words[at + 1]!,
      words[at + 2]!,
      words[at + 3]!,
    ];
    this.#number(sourceId >>> 0);
    // No PASID is all ones.
    this.#number((pasid + 1) >>> 0);
    const page = ((high >>> 0) * LOW_BITS + (low >>> 0) - (low & 0xfff)) / 4096;
    this.#difference(page - this.#lastRequestPage);
    this.#lastRequestPage = page;
    this.#number(low & 0xfff);
    this.#number(words[at + 4]! >>> 0);
  }

  #byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 - 1. */
  #number(value: number): void {
    let left = value;
    while (left >= LOW_BITS) {
      this.#byte((left % 128) | 128);
      left = Math.floor(left / 128);
    }
    while (left >= 128) {
      this.#byte((left & 127) | 128);
      left = Math.floor(left / 128);
    }
    this.#byte(left);
  }

  #difference(value: number): void {
    this.#number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
