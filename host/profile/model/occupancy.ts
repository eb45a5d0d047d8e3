import type { OccupancyResult } from "../account/index.js";

/** A number that changes at cycles that ascend. */
export class Occupancy {
  value = 0;
  #most = 0;
  #since = 0;
  /** Sum of value times cycles. */
  #area = 0;

  change(now: number, by: number): void {
    this.#area += this.value * (now - this.#since);
    this.#since = now;
    this.value += by;
    if (this.value > this.#most) this.#most = this.value;
  }

  /** Over so many cycles. */
  result(cycles: number): OccupancyResult {
    return { mean: cycles > 0 ? this.#area / cycles : 0, most: this.#most };
  }
}
