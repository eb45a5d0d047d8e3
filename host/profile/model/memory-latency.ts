import type { Timing } from "../timing/parameters.js";

/** How long reads of memory take: drawn from the distribution of the timing, the same for the same read. */
export class MemoryLatency {
  readonly #seed: number;
  readonly #usual: number;
  readonly #jitter: number;
  readonly #cached: number;
  readonly #cachedLatency: number;
  readonly #slow: number;
  readonly #slowLatency: number;
  readonly #isConstant: boolean;

  constructor(timing: Timing, seed: number) {
    this.#seed = seed;
    this.#usual = timing["memory.latency"];
    this.#jitter = timing["memory.jitter"] + 1;
    this.#cached = timing["memory.cached"];
    this.#cachedLatency = timing["memory.cached.latency"];
    this.#slow = timing["memory.slow"];
    this.#slowLatency = timing["memory.slow.latency"];
    this.#isConstant = this.#jitter === 1 && this.#cached === 0 && this.#slow === 0;
  }

  /** Of the read that is this step of this request. */
  of(request: number, step: number): number {
    if (this.#isConstant) return this.#usual;
    const first = mixed(
      Math.imul(request, 0x9e37_79b1) ^ Math.imul(step + 1, 0x85eb_ca6b),
      this.#seed,
    );
    if (first < this.#slow) return this.#slowLatency;
    const second = mixed(Math.imul(request, 0x27d4_eb2f) ^ (step + 0x1656), this.#seed);
    if (second < this.#cached) return this.#cachedLatency;
    const third = mixed(Math.imul(request, 0xc2b2_ae35) ^ (step + 0x5bd1), this.#seed);
    return this.#usual + Math.floor(third * this.#jitter);
  }
}

/** 0 to 1, without 1. */
function mixed(value: number, seed: number): number {
  let hash = (value ^ seed) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846c_a68b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
