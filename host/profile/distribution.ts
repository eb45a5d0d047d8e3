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
  readonly #steps: number[] = [];
  #sum = 0;
  #count = 0;
  #min = Infinity;
  #max = 0;

  /** @param value an integer up to 2^53 - 1; what is below 0 counts as 0 */
  add(value: number): void {
    const positive = Math.max(0, Math.round(value));
    const step = stepOf(positive);
    while (this.#steps.length <= step) this.#steps.push(0);
    this.#steps[step]! += 1;
    this.#sum += positive;
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

  /** 0 as long as there are no values. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** How many values there are in each range that has some, `from` and `to` included, in ascending order. */
  get histogram(): { readonly from: number; readonly to: number; readonly count: number }[] {
    return this.#steps.flatMap((count, step) =>
      count === 0 ? [] : [{ from: step === 0 ? 0 : lastOf(step - 1) + 1, to: lastOf(step), count }],
    );
  }

  /** The least values that so many of all do not exceed; the shares ascend. */
  #quantiles(shares: readonly number[]): number[] {
    const found: number[] = [];
    let below = 0;
    for (const [step, count] of this.#steps.entries()) {
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
  const doublings =
    value < 2 ** 31 ? doublingsOf(value) : 25 + doublingsOf(Math.floor(value / 2 ** 25));
  return STEPS * doublings + Math.floor(value / 2 ** doublings);
}

/** How often `STEPS` doubles before it exceeds an integer below 2^31, less one. */
function doublingsOf(value: number): number {
  return Math.clz32(STEPS) - Math.clz32(value);
}

/** The largest value of a step. */
function lastOf(step: number): number {
  if (step < 2 * STEPS) return step;
  const doublings = Math.floor(step / STEPS) - 1;
  return (step - STEPS * doublings + 1) * 2 ** doublings - 1;
}
