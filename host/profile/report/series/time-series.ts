/** Sums by time, in spans of equal length: at most so many, which double in length when time runs past them. */
export class TimeSeries {
  readonly #spans: number;
  readonly #sums: Float64Array;
  #width = 1;
  #used = 0;

  /** @param spans how many there are at most; even */
  constructor(spans = 512) {
    if (!Number.isInteger(spans) || spans < 2 || spans % 2 !== 0) {
      throw new RangeError(`a series has an even number of spans, at least 2: not ${spans}`);
    }
    this.#spans = spans;
    this.#sums = new Float64Array(spans);
  }

  /** Adds to the span in which a cycle lies. */
  add(at: number, amount: number): void {
    while (at >= this.#spans * this.#width) this.#double();
    const span = Math.floor(at / this.#width);
    this.#sums[span]! += amount;
    if (span >= this.#used) this.#used = span + 1;
  }

  /** Adds `level` for each cycle from `from` up to `to`. */
  addLevel(from: number, to: number, level = 1): void {
    if (to <= from) return;
    while (to > this.#spans * this.#width) this.#double();
    let at = from;
    for (let span = Math.floor(from / this.#width); at < to; span++) {
      const next = Math.min(to, (span + 1) * this.#width);
      this.#sums[span]! += (next - at) * level;
      at = next;
      if (span >= this.#used) this.#used = span + 1;
    }
  }

  /** Cycles of a span now. */
  get width(): number {
    return this.#width;
  }

  /** The sums from cycle 0 on, to the last span that has one, in spans of so many cycles: a power of two not below `width`. */
  sums(width = this.#width): number[] {
    const wider = width / this.#width;
    const sums = new Array<number>(Math.ceil(this.#used / wider)).fill(0);
    for (let span = 0; span < this.#used; span++) {
      sums[Math.floor(span / wider)]! += this.#sums[span]!;
    }
    return sums;
  }

  #double(): void {
    const half = this.#spans / 2;
    for (let span = 0; span < half; span++) {
      this.#sums[span] = this.#sums[2 * span]! + this.#sums[2 * span + 1]!;
    }
    this.#sums.fill(0, half);
    this.#width *= 2;
    this.#used = Math.ceil(this.#used / 2);
  }
}
