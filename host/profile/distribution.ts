/** Values of a power of two and the next are told apart in so many steps: an error of at most 1.6 %. */
const STEPS = 64;

/** What is told of many values, in their unit. Quantiles are at most 1.6 % too high; the rest is exact. */
export interface DistributionSummary {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Any number of values, none below 0, in a space that does not grow with them. */
export class Distribution {
  /** How many lie in each step, by the number of the step. */
  readonly #steps = new Map<number, number>();
  #count = 0;
  #min = Infinity;
  #max = 0;

  /** @param value an integer up to 2^53 - 1; what is below 0 counts as 0 */
  add(value: number): void {
    const positive = Math.max(0, Math.round(value));
    const step = stepOf(positive);
    this.#steps.set(step, (this.#steps.get(step) ?? 0) + 1);
    this.#count += 1;
    this.#min = Math.min(this.#min, positive);
    this.#max = Math.max(this.#max, positive);
  }

  /** Undefined as long as there are no values. */
  get summary(): DistributionSummary | undefined {
    if (this.#count === 0) return undefined;
    const [p50, p90, p99] = this.#quantiles([0.5, 0.9, 0.99]);
    return { count: this.#count, min: this.#min, p50: p50!, p90: p90!, p99: p99!, max: this.#max };
  }

  /** The least values that so many of all do not exceed; the shares ascend. */
  #quantiles(shares: readonly number[]): number[] {
    const ordered = [...this.#steps].sort(([a], [b]) => a - b);
    const found: number[] = [];
    let below = 0;
    for (const [step, count] of ordered) {
      below += count;
      while (found.length < shares.length && below >= shares[found.length]! * this.#count) {
        found.push(Math.min(Math.max(lastOf(step), this.#min), this.#max));
      }
    }
    return found;
  }
}

function stepOf(value: number): number {
  if (value < STEPS) return value;
  const doublings = Math.floor(Math.log2(value / STEPS));
  const width = 2 ** doublings;
  // Rounding of the logarithm may be one off at a power of two.
  if (value >= 2 * STEPS * width) return stepAt(doublings + 1, value);
  return value < STEPS * width ? stepAt(doublings - 1, value) : stepAt(doublings, value);
}

function stepAt(doublings: number, value: number): number {
  return STEPS * doublings + Math.floor(value / 2 ** doublings);
}

/** The largest value of a step. */
function lastOf(step: number): number {
  if (step < 2 * STEPS) return step;
  const doublings = Math.floor(step / STEPS) - 1;
  return (step - STEPS * doublings + 1) * 2 ** doublings - 1;
}
