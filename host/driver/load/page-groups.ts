import { Prng } from "../../random/prng.js";

/** Pages that are asked for together. */
export interface PageGroup {
  readonly endpoint: number;
  readonly pasid: number;
  /** Page request group index. */
  readonly index: number;
  /** Page addresses, in the order in which they are asked for. */
  readonly pages: readonly bigint[];
}

const PAGE = 0x1000n;
/** The pages of each PASID begin here, one behind the other. */
export const FIRST_PAGE = 0x7f00_0000_0000n;
const MOST_PAGES = 8;

/** Groups of 1 to 8 pages in a random order, never a page twice, of endpoints and PASIDs by turns. */
export class PageGroups {
  readonly #prng: Prng;
  readonly #endpoints: number;
  readonly #pasids: number;
  /** Pages that were given out, by PASID. */
  readonly #used: number[];
  #count = 0;

  constructor(seed: number, endpoints: number, pasids: number) {
    this.#prng = new Prng(seed);
    this.#endpoints = endpoints;
    this.#pasids = pasids;
    this.#used = Array.from({ length: pasids + 1 }, () => 0);
  }

  /** Pages of a PASID that were given out. */
  usedPages(pasid: number): number {
    return this.#used[pasid]!;
  }

  /** The same pages may be given out again. */
  restart(): void {
    this.#used.fill(0);
  }

  next(): Omit<PageGroup, "index"> {
    const endpoint = this.#count % this.#endpoints;
    const pasid = 1 + (Math.floor(this.#count / this.#endpoints) % this.#pasids);
    this.#count += 1;
    const count = 1 + this.#prng.below(MOST_PAGES);
    const first = this.#used[pasid]!;
    this.#used[pasid] = first + count;
    const pages = Array.from({ length: count }, (_, n) => FIRST_PAGE + PAGE * BigInt(first + n));
    for (let n = count - 1; n > 0; n--) {
      const other = this.#prng.below(n + 1);
      [pages[n], pages[other]] = [pages[other]!, pages[n]!];
    }
    return { endpoint, pasid, pages };
  }
}
