import { TimeSeries } from "./time-series.js";

export interface LevelSpan {
  readonly from: number;
  readonly mean: number;
}

/** The mean over time of something that has a level from one cycle on, in a bounded number of spans. */
export class LevelSeries {
  readonly #spans: number;
  readonly #areas: TimeSeries;
  #level = 0;
  #since = 0;

  constructor(spans = 512) {
    this.#spans = spans;
    this.#areas = new TimeSeries(spans);
  }

  /** @param at not before the last one */
  set(at: number, level: number): void {
    if (this.#level !== 0) this.#areas.addLevel(this.#since, at, this.#level);
    this.#level = level;
    this.#since = at;
  }

  /** Means of spans of equal length up to a cycle, or to that of the last change behind it. */
  means(cycle: number): LevelSpan[] {
    const until = Math.max(cycle, this.#since);
    this.set(until, this.#level);
    let { width } = this.#areas;
    while (width * this.#spans < until) width *= 2;
    const sums = this.#areas.sums(width);
    return Array.from({ length: Math.ceil(until / width) }, (_, span) => {
      const from = span * width;
      return { from, mean: (sums[span] ?? 0) / (Math.min(until, from + width) - from) };
    });
  }
}
