import type { Figures } from "./report.js";

/** The value in the middle, of an even number the higher one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which that share of the values lies.
 * @param share 0 to 1
 * @throws RangeError without any values
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)];
  if (value === undefined) throw new RangeError("there are no values to take a quantile of");
  return value;
}

/** What is told of the times of the rounds. */
export function figuresOf(times: readonly number[]): Figures {
  return {
    median: median(times),
    least: Math.min(...times),
    lowerQuartile: quantile(times, 0.25),
    upperQuartile: quantile(times, 0.75),
  };
}
