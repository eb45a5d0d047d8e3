import type { TablePage } from "./table-pages.js";

/** Table pages that nothing points to any more. */
export interface Unlinked {
  /** There were some, whatever became of them. */
  any: boolean;
  /** Those that are free only after the flush. */
  readonly waiting: TablePage[];
}

/**
 * What a flush of the unit's caches has to cover, and the table pages that wait for it (iommu_iotlb_gather). It
 * belongs to one task.
 */
export class Gather {
  /** Table pages that were unlinked, and that the unit may still reach. */
  readonly freelist: TablePage[] = [];
  /** No table was unlinked: what the unit knows of entries that point to tables holds. */
  leavesOnly = true;
  #range: { first: bigint; last: bigint } | undefined;

  /** Addresses to be flushed, both ends included. */
  get range(): { readonly first: bigint; readonly last: bigint } | undefined {
    return this.#range;
  }

  get isEmpty(): boolean {
    return this.#range === undefined && this.freelist.length === 0;
  }

  /** Whether there are addresses between the range and this one that nobody wants flushed. */
  isDisjoint(first: bigint, length: bigint): boolean {
    const range = this.#range;
    if (range === undefined) return false;
    return first + length < range.first || first > range.last + 1n;
  }

  add(first: bigint, length: bigint): void {
    const last = first + length - 1n;
    const { first: before = first, last: behind = last } = this.#range ?? {};
    this.#range = { first: first < before ? first : before, last: last > behind ? last : behind };
  }

  unlink({ any, waiting }: Unlinked): void {
    if (any) this.leavesOnly = false;
    this.freelist.push(...waiting);
  }

  /** The flush is done: forgets everything, and answers the pages that may go. */
  flushed(): TablePage[] {
    this.#range = undefined;
    this.leavesOnly = true;
    return this.freelist.splice(0);
  }
}
