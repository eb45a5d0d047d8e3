import type { ReuseDistanceResult } from "../account/index.js";
import { Distribution } from "../distribution.js";
import { RecencyOrder } from "./recency-order.js";

/** Pages that are followed at most, a power of two; more are thinned out. */
const FOLLOWED = 2 ** 13;
/** Values of the hash that decides whether a page is followed. */
const HASHES = 2 ** 21;
const KEY_HIGH = 2 ** 32;

/**
 * Reuse distances of any number of uses, in the same space: they say from one run how a least-recently-used
 * cache of any size would do. Exact as long as there are at most 8192 pages. Beyond, only pages whose hash
 * lies below a threshold are followed, and stand for the others; the threshold halves whenever they have
 * become too many.
 */
export class ReuseDistances {
  readonly #followed: number;
  readonly #order: RecencyOrder;
  readonly #distances = new Distribution();
  /** Weight of the reuses with a distance below 1, below 2, below 4, ... and not below the half of that. */
  readonly #hits: number[] = [];
  #scale = 1;
  #uses = 0;
  #first = 0;
  #again = 0;

  /** @param followed pages that are followed at most: a power of two */
  constructor(followed = FOLLOWED) {
    this.#followed = followed;
    this.#order = new RecencyOrder(2 * followed);
  }

  /**
   * A use of a page.
   * @param space tells pages of one number apart (a domain, a device with its PASID): 0 to 2^53 - 1
   * @param page 0 to 2^53 - 1
   */
  add(space: number, page: number): void {
    this.#uses += 1;
    const high = hash(space, page, 0) >>> 11;
    if (high * this.#scale >= HASHES) return;
    const distance = this.#order.touch(high * KEY_HIGH + hash(space, page, 0x5bd1e995));
    if (distance < 0) {
      this.#first += this.#scale;
      if (this.#order.size > this.#followed) this.#thin();
      return;
    }
    const scaled = distance * this.#scale;
    this.#again += this.#scale;
    this.#distances.add(scaled);
    const size = scaled < 1 ? 0 : 32 - Math.clz32(scaled);
    while (this.#hits.length <= size) this.#hits.push(0);
    this.#hits[size]! += this.#scale;
  }

  /** Its curve ends with the first size of a cache that more entries do not better. */
  get summary(): ReuseDistanceResult {
    const distance = this.#distances.summary;
    return {
      pages: this.#first,
      reuses: this.#uses - this.#first,
      ...(distance !== undefined && { distance }),
      missRatio: this.#curve(),
      sampledOneIn: this.#scale,
    };
  }

  #curve(): ReuseDistanceResult["missRatio"] {
    // What sampling weighed too high or too low is mostly that of pages used often, at small distances.
    let hits = this.#uses - this.#first - this.#again;
    return this.#hits.map((weight, size) => {
      hits += weight;
      return { entries: 2 ** size, ratio: Math.min(1, Math.max(0, 1 - hits / this.#uses)) };
    });
  }

  #thin(): void {
    this.#scale *= 2;
    this.#order.retain((key) => Math.floor(key / KEY_HIGH) * this.#scale < HASHES);
  }
}

/** A 32-bit hash, the same in every run. */
function hash(space: number, page: number, seed: number): number {
  const ofSpace = mixed(mixed(seed + space) ^ (space / 2 ** 32));
  return mixed(mixed(ofSpace ^ page) ^ (page / 2 ** 32)) >>> 0;
}

/** A bijection of 32 bits in which each bit depends on all: the finalizer of MurmurHash3. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
