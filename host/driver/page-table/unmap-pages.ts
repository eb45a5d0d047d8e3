import type { Routine } from "../kernel/index.js";
import { indexAt, spanOf } from "./format.js";
import type { Unlinked } from "./gather.js";
import type { PathCounts } from "./table-meter.js";
import type { PageTable } from "./page-table.js";
import type { TablePage } from "./table-pages.js";

/** A call of unmap_pages on its way. */
export class UnmapRun {
  /** Bytes that were mapped and are no more. */
  unmapped = 0n;
  readonly unlinked: Unlinked = { any: false, waiting: [] };
  readonly #table: PageTable;
  readonly #counts: PathCounts;

  constructor(table: PageTable) {
    this.#table = table;
    this.#counts = table.meter.paths.unmap;
  }

  /**
   * Unmaps the addresses from `first` to `last` in a table that covers them. Ends at the first that is not mapped,
   * with false, and in front of a large page that begins earlier; the last page goes as a whole.
   */
  *clear(page: TablePage, first: bigint, last: bigint): Routine<boolean> {
    const { format, pages } = this.#table;
    const span = spanOf(page.level);
    const inEntry = span - 1n;
    for (let at = first; at <= last; at = (at | inEntry) + 1n) {
      const index = indexAt(page.level, at);
      const entry = yield* page.load(index, this.#counts);
      if (!format.isPresent(entry)) return false;
      const begins = (at & inEntry) === 0n;
      if (format.isLeaf(entry, page.level)) {
        if (!begins) return false;
        yield* page.store(index, 0n, this.#counts);
        this.unmapped += span;
        continue;
      }
      const end = at | inEntry;
      const child = pages.at(format.addressIn(entry));
      if (!(yield* this.clear(child, at, end < last ? end : last))) return false;
      if (begins && end <= last) yield* this.#unlink(page, index, child);
    }
    return true;
  }

  /** The range covers all that the table translates: no walker with a range of its own can be in it. */
  *#unlink(page: TablePage, index: number, child: TablePage): Routine {
    yield* page.store(index, 0n, this.#counts);
    yield* this.#table.reclaim.unlink(child, this.unlinked);
  }
}
