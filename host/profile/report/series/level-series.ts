import { TimeSeries } from "./time-series.js";

export interface LevelSpan {
  readonly from: number;
  readonly mean: number;
}

/** The mean over time of something that has a level from one cycle on, in a bounded number of spans. */
export class LevelSeries {
  readonly #areas: TimeSeries;
  #level = 0;
  #since = 0;

  constructor(spans?: number) {
    this.#areas = new TimeSeries(spans);
  }

  /** @param at not before the last one */
  set(at: number, level: number): void {
    if (this.#level !== 0) this.#areas.addLevel(this.#since, at, this.#level);
    this.#level = level;
    this.#since = at;
  }

  /** Cycles of a span now. */
  get width(): number {
    return this.#areas.width;
  }

  /** Means of the spans up to a cycle, in spans of `width` cycles: a power of two that is not below this one's. */
  means(until: number, width = this.width): LevelSpan[] {
    const sums = this.#areas.sums(width);
    return Array.from({ length: Math.ceil(until / width) }, (_, span) => {
      const from = span * width;
      return { from, mean: (sums[span] ?? 0) / (Math.min(until, from + width) - from) };
    });
  }
}
