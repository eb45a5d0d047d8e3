import type { ReuseDistanceResult } from "../account/index.js";
import { Distribution } from "../distribution.js";
import { PageIndex } from "./page-index.js";

/** Pages that are followed at a time. With more different pages only some of them are, chosen by a hash. */
const MOST_PAGES = 1 << 16;
/** Uses of pages between two times that they are numbered anew. */
const TIMES = 1 << 18;
const LARGEST_CACHE = 1 << 20;
const HASH_RANGE = 2 ** 32;

/**
 * How many other pages were used since a page was used last, for each request. Exact up to 65,536 different pages;
 * with more, one page in two, four, ... is followed, and its distances and counts are multiplied (spatially hashed
 * sampling).
 */
export class ReuseDistance {
  readonly #lastUse = new PageIndex(MOST_PAGES + 1);
  /** A Fenwick tree: 1 at the time of each page's last use. */
  readonly #tree = new Int32Array(TIMES + 1);
  #time = 0;
  #oneIn = 1;
  #pages = 0;
  #reuses = 0;
  readonly #distances = new Distribution();
  /** Reuses by the base-2 logarithm of the least power-of-two cache that has them still. */
  readonly #fits = new Float64Array(64);

  add(space: number, addressLow: number, addressHigh: number): void {
    const low = (addressLow >>> 12) | (addressHigh << 20);
    const high = addressHigh >>> 12;
    const first = mix(low ^ Math.imul(high, 0x9e37_79b1) ^ Math.imul(space, 0x85eb_ca6b));
    if (first >= HASH_RANGE / this.#oneIn) return;
    const second = mix(Math.imul(low, 0xc2b2_ae35) ^ (high + Math.imul(space, 0x27d4_eb2f)));
    const key = first * 0x20_0000 + (second >>> 11) + 1;
    if (this.#time === TIMES) this.#renumber();
    const now = this.#time++;
    const last = this.#lastUse.get(key);
    if (last < 0) {
      this.#pages += this.#oneIn;
    } else {
      this.#change(last, -1);
      this.#reuse((this.#upTo(now) - this.#upTo(last)) * this.#oneIn);
    }
    this.#lastUse.set(key, now);
    this.#change(now, 1);
    if (this.#lastUse.size > MOST_PAGES) this.#followFewer();
  }

  get result(): ReuseDistanceResult {
    const distance = this.#distances.summary;
    const uses = this.#pages + this.#reuses;
    const missRatio: { entries: number; ratio: number }[] = [];
    let hits = 0;
    for (let power = 0; 2 ** power <= LARGEST_CACHE && uses > 0; power++) {
      hits += this.#fits[power]!;
      missRatio.push({ entries: 2 ** power, ratio: 1 - hits / uses });
      if (hits === this.#reuses) break;
    }
    return {
      pages: this.#pages,
      reuses: this.#reuses,
      ...(distance !== undefined && { distance }),
      missRatio,
      sampledOneIn: this.#oneIn,
    };
  }

  /** With `distance` other pages in between, a cache of one more entry has it still. */
  #reuse(distance: number): void {
    this.#reuses += this.#oneIn;
    this.#distances.addMany(distance, this.#oneIn);
    const power = distance === 0 ? 0 : 32 - Math.clz32(distance);
    this.#fits[power]! += this.#oneIn;
  }

  #change(time: number, by: number): void {
    const tree = this.#tree;
    for (let at = time + 1; at <= TIMES; at += at & -at) tree[at]! += by;
  }

  /** Pages that were used last at a time before `time`, or then. */
  #upTo(time: number): number {
    const tree = this.#tree;
    let sum = 0;
    for (let at = time + 1; at > 0; at -= at & -at) sum += tree[at]!;
    return sum;
  }

  /** Times are used up: those that count get the first numbers, in the same order. */
  #renumber(): void {
    this.#keep([...this.#lastUse.entries()]);
  }

  #followFewer(): void {
    this.#oneIn *= 2;
    const limit = HASH_RANGE / this.#oneIn;
    this.#keep([...this.#lastUse.entries()].filter(([key]) => (key - 1) / 0x20_0000 < limit));
  }

  #keep(entries: (readonly [key: number, time: number])[]): void {
    entries.sort(([, a], [, b]) => a - b);
    this.#lastUse.clear();
    this.#tree.fill(0);
    this.#time = 0;
    for (const [key] of entries) {
      this.#lastUse.set(key, this.#time);
      this.#change(this.#time, 1);
      this.#time++;
    }
  }
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x7feb_352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846c_a68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
