import type { ErrnoName } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import { indexAt, levelOf, spanOf, type Protection, type TableLevel } from "./format.js";
import type { Gather, Unlinked } from "./gather.js";
import type { PathCounts } from "./table-meter.js";
import type { PageTable } from "./page-table.js";
import type { TablePage } from "./table-pages.js";

export type Outcome = 0 | ErrnoName;

/** Pages of one size, one after the other in both address spaces. */
export interface PageRun {
  readonly iova: bigint;
  readonly physical: bigint;
  readonly pageSize: bigint;
  readonly count: number;
}

/** A call of map_pages on its way. */
export class MapRun {
  /** Bytes that are mapped. */
  mapped = 0n;
  readonly #table: PageTable;
  readonly #run: PageRun;
  readonly #protection: Protection;
  readonly #gather: Gather;
  readonly #leafLevel: TableLevel;
  readonly #counts: PathCounts;

  constructor(table: PageTable, run: PageRun, protection: Protection, gather: Gather) {
    this.#table = table;
    this.#run = run;
    this.#protection = protection;
    this.#gather = gather;
    this.#leafLevel = levelOf(run.pageSize);
    this.#counts = table.meter.paths.map;
  }

  /** Maps everything, from the top down. */
  all(): Routine<Outcome> {
    const { iova, pageSize, count } = this.#run;
    return this.#fill(this.#table.top, iova, iova + pageSize * BigInt(count) - 1n);
  }

  /** Maps the addresses from `first` to `last` in a table that covers them. */
  *#fill(page: TablePage, first: bigint, last: bigint): Routine<Outcome> {
    const inEntry = spanOf(page.level) - 1n;
    for (let at = first; at <= last; at = (at | inEntry) + 1n) {
      let result: Outcome;
      if (page.level === this.#leafLevel) {
        result = yield* this.#placeLeaf(page, at);
      } else {
        const child = yield* this.#childOf(page, at);
        if (typeof child === "string") return child;
        const end = at | inEntry;
        result = yield* this.#fill(child, at, end < last ? end : last);
      }
      if (result !== 0) return result;
    }
    return 0;
  }

  /** The table below an entry. Who finds none makes one; of two who do, one loses and frees its own. */
  *#childOf(page: TablePage, iova: bigint): Routine<TablePage | ErrnoName> {
    const { format, pages } = this.#table;
    const index = indexAt(page.level, iova);
    for (;;) {
      const entry = yield* page.load(index, this.#counts);
      if (format.isPresent(entry)) {
        return format.isLeaf(entry, page.level) ? "EADDRINUSE" : pages.at(format.addressIn(entry));
      }
      const child = yield* pages.allocate((page.level - 1) as TableLevel, this.#counts);
      if (child === undefined) return "ENOMEM";
      const link = format.tableEntry(child.address);
      if (this.#table.skips("exchange")) {
        yield* page.store(index, link, this.#counts);
        return child;
      }
      const found = yield* page.compareExchange(index, entry, link, this.#counts);
      if (found === entry) return child;
      // Nobody has seen the page.
      if (!this.#table.skips("free-loser")) yield* pages.free(child);
    }
  }

  *#placeLeaf(page: TablePage, iova: bigint): Routine<Outcome> {
    const { format } = this.#table;
    const { physical, pageSize } = this.#run;
    const index = indexAt(page.level, iova);
    const entry = yield* page.load(index, this.#counts);
    if (format.isPresent(entry)) {
      if (format.isLeaf(entry, page.level)) return "EADDRINUSE";
      const result = yield* this.#removeEmptyTable(page, index, iova, entry);
      if (result !== 0) return result;
    }
    const leaf = format.leafEntry(physical + this.mapped, page.level, this.#protection);
    yield* page.store(index, leaf, this.#counts);
    this.mapped += pageSize;
    return 0;
  }

  /** A table without pages gives way to a large page; the unit may have cached that it is there. */
  *#removeEmptyTable(
    page: TablePage,
    index: number,
    iova: bigint,
    entry: bigint,
  ): Routine<Outcome> {
    const table = this.#table.pages.at(this.#table.format.addressIn(entry));
    const tables: TablePage[] = [];
    if (!(yield* this.#table.collect(table, tables, this.#counts))) return "EADDRINUSE";
    yield* page.store(index, 0n, this.#counts);
    const unlinked: Unlinked = { any: false, waiting: [] };
    for (const each of tables) yield* this.#table.reclaim.unlink(each, unlinked);
    yield* this.#table.gather(this.#gather, iova, spanOf(page.level), unlinked);
    return 0;
  }
}
