import { Prng } from "../../random/prng.js";
import { numberOf, type WorkloadValues } from "./parameters.js";

/** Cycles in which requests arrive, whatever becomes of those before. */
export class Arrivals {
  readonly #interval: number;
  readonly #isPoisson: boolean;
  readonly #prng: Prng;
  #time = 0;

  constructor(values: WorkloadValues, seed: number) {
    this.#interval = numberOf(values, "interval");
    this.#isPoisson = values["arrivals"] === "poisson";
    this.#prng = new Prng(seed ^ 0x6172_7276);
  }

  /** Of the next request; -1: as soon as its stream may send. */
  next(): number {
    if (this.#interval === 0) return -1;
    const now = Math.round(this.#time);
    const share = this.#isPoisson ? -Math.log((this.#prng.next() + 1) / (2 ** 32 + 1)) : 1;
    this.#time += share * this.#interval;
    return now;
  }
}
