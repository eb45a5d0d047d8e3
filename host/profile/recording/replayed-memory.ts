import type { MemoryPort } from "../../memory/port.js";
import type { LateWord } from "./entry-reader.js";
import { wordFlag, WordImage } from "./word-image.js";

/** Guest memory of a replay: the words of the recording, and what the unit writes. */
export class ReplayedMemory implements MemoryPort {
  /** Where words of the recording go. */
  readonly image = new WordImage();
  /** Reads of words that the recording does not have: with other caches a stale entry may lead there. */
  unrecordedReads = 0;
  #late: readonly LateWord[] = [];
  #nextLate = 0;
  #access = 0;

  /** A call begins, within which these words change. */
  beginCall(late: readonly LateWord[]): void {
    this.#late = late;
    this.#nextLate = 0;
    this.#access = 0;
  }

  /** The call is over: what has not changed changes now. */
  endCall(): void {
    this.#change(Infinity);
  }

  read64(address: bigint): bigint | undefined {
    const image = this.#at(address);
    if ((image.flags & wordFlag.readFails) !== 0) return undefined;
    return this.#found(image);
  }

  write64(address: bigint, value: bigint): boolean {
    const image = this.#at(address);
    if ((image.flags & wordFlag.writeFails) !== 0) return false;
    image.value = value;
    image.flags |= wordFlag.known;
    return true;
  }

  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    const image = this.#at(address);
    if ((image.flags & wordFlag.writeFails) !== 0) return undefined;
    const found = this.#found(image);
    if (found === expected) {
      image.value = replacement;
      image.flags |= wordFlag.known;
    }
    return found;
  }

  #at(address: bigint): WordImage {
    if (this.#nextLate < this.#late.length) this.#change(this.#access);
    this.#access++;
    this.image.seek(address);
    return this.image;
  }

  #found(image: WordImage): bigint {
    if ((image.flags & wordFlag.known) === 0) this.unrecordedReads++;
    return image.value;
  }

  /** Puts words in place that change ahead of an access. */
  #change(access: number): void {
    for (; this.#nextLate < this.#late.length; this.#nextLate++) {
      const word = this.#late[this.#nextLate]!;
      if (word.access > access) return;
      this.image.seekWord(word.page, word.index);
      this.image.flags = word.flags;
      this.image.value = word.value;
    }
  }
}
