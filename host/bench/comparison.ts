import { median } from "./statistics.js";

/** Nanoseconds for one operation by case, of one run of the bench. */
export type Run = ReadonlyMap<string, number>;

/** A run of the base and one of the other checkout, one after the other. */
export interface Turn {
  readonly base: Run;
  readonly head: Run;
}

export interface Comparison {
  readonly name: string;
  /** Median over the turns. */
  readonly base: number;
  readonly head: number;
  /** The median of head to base by turn, so that what slows both in one turn cancels out. */
  readonly ratio: number;
  /** Where the true median ratio lies, with 95 % confidence or more; all there is with few turns. */
  readonly low: number;
  readonly high: number;
  readonly verdict: "faster" | "slower" | "no change";
}

/** Less than that is no change, however sure it is. */
const LEAST_CHANGE = 0.02;
const CONFIDENCE = 0.95;

/**
 * What changed from base to head beyond noise, of the cases that every run has: those whose ratio
 * keeps to one side of 1. Fewer than six turns never say so.
 * @throws RangeError without a turn
 */
export function compareRuns(turns: readonly Turn[]): Comparison[] {
  const [first] = turns;
  if (first === undefined) throw new RangeError("there are no turns to compare");
  const everywhere = (name: string) =>
    turns.every(({ base, head }) => base.has(name) && head.has(name));
  return [...first.base.keys()].filter(everywhere).map((name) => compareCase(name, turns));
}

function compareCase(name: string, turns: readonly Turn[]): Comparison {
  const ratios = turns.map(({ base, head }) => head.get(name)! / base.get(name)!);
  const ratio = median(ratios);
  const { low, high, sure } = medianInterval(ratios);
  const changed = sure && Math.abs(ratio - 1) >= LEAST_CHANGE && (low > 1 || high < 1);
  return {
    name,
    base: median(turns.map(({ base }) => base.get(name)!)),
    head: median(turns.map(({ head }) => head.get(name)!)),
    ratio,
    low,
    high,
    verdict: !changed ? "no change" : ratio < 1 ? "faster" : "slower",
  };
}

/**
 * Between which values the median of what they were drawn from lies: the innermost pair of ordered
 * values that holds it with 95 % confidence (the sign test). `sure` is false if none does.
 */
export function medianInterval(values: readonly number[]): {
  readonly low: number;
  readonly high: number;
  readonly sure: boolean;
} {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  // Chance that no more than `outside` of the values lie below the median.
  let tail = 0;
  let term = 2 ** -count;
  let outside = -1;
  for (let below = 0; below < count / 2; below++) {
    tail += term;
    if (2 * tail > 1 - CONFIDENCE) break;
    outside = below;
    term *= (count - below) / (below + 1);
  }
  const at = Math.max(outside, 0);
  return { low: sorted[at]!, high: sorted[count - 1 - at]!, sure: outside >= 0 };
}

/** The rows of a table for people; the first names the columns. */
export function comparisonRows(comparisons: readonly Comparison[]): string[][] {
  return [
    ["case", "base ns", "ns", "ratio", "95 %", ""],
    ...comparisons.map(({ name, base, head, ratio, low, high, verdict }) => [
      name,
      base.toFixed(1),
      head.toFixed(1),
      ratio.toFixed(3),
      `${low.toFixed(3)}-${high.toFixed(3)}`,
      verdict,
    ]),
  ];
}
