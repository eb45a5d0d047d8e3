/** Numbers of pages, told apart by 53 bits of a hash: open addressing in typed arrays, twice as large as asked for. */
export class PageIndex {
  readonly #mask: number;
  #keys: Float64Array;
  #values: Int32Array;
  size = 0;

  constructor(most: number) {
    const length = 2 ** Math.ceil(Math.log2(2 * most));
    this.#mask = length - 1;
    this.#keys = new Float64Array(length);
    this.#values = new Int32Array(length);
  }

  /** The value of a key (never 0), or -1. */
  get(key: number): number {
    const at = this.#find(key);
    return this.#keys[at] === 0 ? -1 : this.#values[at]!;
  }

  set(key: number, value: number): void {
    const at = this.#find(key);
    if (this.#keys[at] === 0) {
      this.#keys[at] = key;
      this.size++;
    }
    this.#values[at] = value;
  }

  /** Keys with their values, in no order. */
  *entries(): Generator<readonly [key: number, value: number]> {
    for (let at = 0; at <= this.#mask; at++) {
      if (this.#keys[at] !== 0) yield [this.#keys[at]!, this.#values[at]!];
    }
  }

  clear(): void {
    this.#keys.fill(0);
    this.size = 0;
  }

  #find(key: number): number {
    let at = (key ^ (key / 0x10_0000)) & this.#mask;
    while (this.#keys[at] !== 0 && this.#keys[at] !== key) at = (at + 1) & this.#mask;
    return at;
  }
}
