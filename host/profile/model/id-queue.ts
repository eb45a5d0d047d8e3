/** Numbers, first in, first out: a ring that grows. */
export class IdQueue {
  #ring = new Int32Array(16);
  #head = 0;
  length = 0;

  push(id: number): void {
    const size = this.#ring.length;
    if (this.length === size) {
      const longer = new Int32Array(2 * size);
      for (let n = 0; n < size; n++) longer[n] = this.#ring[(this.#head + n) & (size - 1)]!;
      this.#ring = longer;
      this.#head = 0;
    }
    this.#ring[(this.#head + this.length++) & (this.#ring.length - 1)] = id;
  }

  /** The oldest; there must be one. */
  shift(): number {
    const id = this.#ring[this.#head]!;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.length--;
    return id;
  }
}
