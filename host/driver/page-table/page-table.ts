import { perform, type Kernel, type Routine } from "../kernel/index.js";
import { covers, indexAt, levelOf, spanOf, type Protection, type TableFormat } from "./format.js";
import { Gather, type Unlinked } from "./gather.js";
import { MapRun, type Outcome, type PageRun } from "./map-pages.js";
import { Reclaim, type ReclaimOptions } from "./reclaim.js";
import { TableMeter, type PathCounts } from "./table-meter.js";
import type { TablePage, TablePages } from "./table-pages.js";
import { UnmapRun } from "./unmap-pages.js";

export interface PageTableOptions {
  readonly pages: TablePages;
  readonly format: TableFormat;
  readonly reclaim?: ReclaimOptions;
  /**
   * How D is cleared: Linux reads and writes the entry, which may lose an A that the unit sets meanwhile [Q12];
   * an exchange does not. Default "write".
   */
  readonly clearDirty?: "write" | "exchange";
  /**
   * Flushes what was gathered, and waits until that is done; the domain knows how. False: it left the flush out, and
   * the unit may go on with what it knows. Default: no unit has seen the table.
   */
  readonly flush?: (gather: Gather) => Routine<boolean>;
  /** Steps left out, to see what they are good for. */
  readonly without?: readonly TableStep[];
  /** Never flush addresses between two ranges that were gathered: flush the first at once. Default false. */
  readonly flushesWithoutGaps?: boolean;
}

/**
 * Steps of a table that can be left out: a new table is stored where an exchange belongs; who loses the race for its
 * place does not free its own.
 */
export type TableStep = "exchange" | "free-loser";

/** A page that a walk met. */
export interface WalkedPage {
  readonly iova: bigint;
  readonly size: bigint;
  /** The raw entry. */
  readonly entry: bigint;
}

/** What read_and_clear_dirty does with a dirty page. */
export interface DirtyScan {
  /** Told the part of the page that lies in the range, and the size of the whole page. */
  readonly record: (iova: bigint, length: bigint, leaf: bigint) => void;
  /** Default true. */
  readonly clear?: boolean;
}

const ENTRIES = 512;

/**
 * Page tables as Linux keeps them (generic_pt): every access to an entry is a step. Who calls it holds a lock over
 * the addresses: for writing to map and unmap, for reading to look up and to scan; calls for other addresses may
 * run at the same time. The tables that they share are installed by compare and exchange.
 */
export class PageTable {
  readonly pages: TablePages;
  readonly format: TableFormat;
  readonly meter = new TableMeter();
  readonly reclaim: Reclaim;
  readonly top: TablePage;
  readonly #options: PageTableOptions;

  constructor(options: PageTableOptions) {
    this.#options = options;
    this.pages = options.pages;
    this.format = options.format;
    this.reclaim = new Reclaim(this.pages, this.meter, options.reclaim);
    this.top = this.pages.make(this.format.levels);
  }

  get kernel(): Kernel {
    return this.pages.kernel;
  }

  /** Whether a step is left out. */
  skips(step: TableStep): boolean {
    return this.#options.without?.includes(step) ?? false;
  }

  /** What SSPTPTR or FSPTPTR points to. */
  get pointer(): bigint {
    return this.top.address;
  }

  /**
   * map_pages. Answers how many bytes are mapped, also in front of an error. EADDRINUSE: a page is there. ENXIO: not
   * aligned, or no such page size. ERANGE: the output address has too many bits; EOVERFLOW: the input address has.
   * Caller holds the range for writing.
   */
  *mapPages(run: PageRun, protection: Protection = {}): Routine<MapResult> {
    const { meter } = this;
    meter.paths.map.calls += 1;
    const error = this.#refuse(run, protection);
    if (error !== 0) return { result: error, mapped: 0n };
    const gather = new Gather();
    const work = new MapRun(this, run, protection, gather);
    const result = yield* work.all();
    // Tables gave way to large pages: what the unit knows of them goes.
    if (!gather.leavesOnly) yield* this.sync(gather);
    meter.paths.map.bytes += work.mapped;
    return { result, mapped: work.mapped };
  }

  /**
   * unmap_pages. Answers how many bytes were unmapped, from `iova` on: fewer than asked for in front of a hole, more if
   * a large page ends behind the range. What is gathered is to be flushed with `sync`. Caller holds the range for
   * writing.
   */
  *unmapPages(iova: bigint, length: bigint, gather: Gather): Routine<bigint> {
    const counts = this.meter.paths.unmap;
    counts.calls += 1;
    if (length <= 0n || !covers(this.format, iova, iova + length - 1n)) return 0n;
    const work = new UnmapRun(this);
    yield* work.clear(this.top, iova, iova + length - 1n);
    yield* this.gather(gather, iova, length, work.unlinked);
    counts.bytes += work.unmapped;
    return work.unmapped;
  }

  /** iova_to_phys; undefined if no page is mapped there. Caller holds the range for reading. */
  *iovaToPhys(iova: bigint): Routine<bigint | undefined> {
    const { format, pages } = this;
    const counts = this.meter.paths.lookup;
    counts.calls += 1;
    if (!covers(format, iova, iova)) return undefined;
    for (let page = this.top; ;) {
      const entry = yield* page.load(indexAt(page.level, iova), counts);
      if (!format.isPresent(entry)) return undefined;
      if (format.isLeaf(entry, page.level)) {
        const offset = spanOf(page.level) - 1n;
        return (format.addressIn(entry) & ~offset) | (iova & offset);
      }
      page = pages.at(format.addressIn(entry));
    }
  }

  /**
   * read_and_clear_dirty: tells of every page that was written, with the part of it that lies in the range, and
   * clears its D unless told otherwise. What is gathered is to be flushed with `sync`: until then the unit may write
   * pages without setting D. Caller holds the range for reading.
   */
  *readAndClearDirty(
    iova: bigint,
    length: bigint,
    scan: DirtyScan,
    gather: Gather,
  ): Routine<Outcome> {
    const counts = this.meter.paths.dirtyScan;
    counts.calls += 1;
    if (this.format.dirty === 0n) return "EOPNOTSUPP";
    if (length <= 0n) return "EINVAL";
    const last = iova + length - 1n;
    if (!covers(this.format, iova, last)) return "EOVERFLOW";
    counts.bytes += length;
    yield* this.#scanDirty(this.top, iova, last, scan, gather);
    return 0;
  }

  /**
   * What is mapped from `first` to `last`, found without a lock, as debugfs shows it. It copes with entries that come
   * and go; that the tables are still tables is what the reclaim policy has to see to.
   */
  *walk(first: bigint, last: bigint, visit: (page: WalkedPage) => void): Routine {
    const counts = this.meter.paths.walk;
    counts.calls += 1;
    if (!covers(this.format, first, last)) return;
    counts.bytes += last - first + 1n;
    yield* this.#walk(this.top, first, last, visit);
  }

  /** Flushes what was gathered, and gives back what waited for it: gather, sync, free. */
  *sync(gather: Gather): Routine {
    if (gather.isEmpty) return;
    const { flush } = this.#options;
    const flushed = flush === undefined || (yield* flush(gather));
    const pages = gather.flushed();
    if (flushed) {
      this.meter.reclaim.syncs += 1;
      this.reclaim.flushed(pages);
    }
    yield* this.reclaim.put(pages);
  }

  /** Gives back all tables. Nothing is attached, and the unit's caches were invalidated. */
  *free(): Routine {
    const counts = this.meter.paths.teardown;
    counts.calls += 1;
    const tables: TablePage[] = [];
    yield* this.collect(this.top, tables, counts, { anyPages: true });
    yield* this.reclaim.putLast(tables);
  }

  /** Tables from here down, this one first; false at a page, unless there may be some. One step. */
  *collect(
    page: TablePage,
    tables: TablePage[],
    counts: PathCounts,
    { anyPages = false } = {},
  ): Routine<boolean> {
    return yield* perform({
      verb: "collect the tables of",
      object: page.whole,
      kind: "write",
      run: (task) => this.#collect(page, tables, counts, { anyPages, who: task.name }),
    });
  }

  /** Adds addresses to what is to be flushed, and tables that were unlinked there. */
  *gather(gather: Gather, iova: bigint, length: bigint, unlinked: Unlinked): Routine {
    // The flush frees what is on the list: pages of the new range must not be there yet.
    if (this.#options.flushesWithoutGaps === true && gather.isDisjoint(iova, length)) {
      yield* this.sync(gather);
    }
    gather.add(iova, length);
    gather.unlink(unlinked);
  }

  #refuse({ iova, physical, pageSize, count }: PageRun, protection: Protection): Outcome {
    const { format } = this;
    const { read = true, write = true } = protection;
    if ((!read && !write) || count <= 0) return "EINVAL";
    if (physical < 0n || physical + pageSize * BigInt(count) > 1n << 52n) return "ERANGE";
    if (!format.pageSizes.includes(pageSize)) return "ENXIO";
    if (((iova | physical) & (pageSize - 1n)) !== 0n) return "ENXIO";
    if (levelOf(pageSize) > format.levels) return "ENXIO";
    return covers(format, iova, iova + pageSize * BigInt(count) - 1n) ? 0 : "EOVERFLOW";
  }

  *#scanDirty(
    page: TablePage,
    first: bigint,
    last: bigint,
    scan: DirtyScan,
    gather: Gather,
  ): Routine {
    const { format, pages } = this;
    const counts = this.meter.paths.dirtyScan;
    const inEntry = spanOf(page.level) - 1n;
    for (let at = first; at <= last; at = (at | inEntry) + 1n) {
      const end = (at | inEntry) < last ? at | inEntry : last;
      const index = indexAt(page.level, at);
      const entry = yield* page.load(index, counts);
      if (!format.isPresent(entry)) continue;
      if (!format.isLeaf(entry, page.level)) {
        yield* this.#scanDirty(pages.at(format.addressIn(entry)), at, end, scan, gather);
      } else if ((entry & format.dirty) !== 0n) {
        scan.record(at, end - at + 1n, inEntry + 1n);
        if (scan.clear === false) continue;
        yield* this.#clean(page, index, entry);
        gather.add(at, end - at + 1n);
      }
    }
  }

  /** Clears D. Until the flush the unit may know the page as dirty, and not set it again. */
  *#clean(page: TablePage, index: number, found: bigint): Routine {
    const { dirty } = this.format;
    const counts = this.meter.paths.dirtyScan;
    if (this.#options.clearDirty !== "exchange") {
      const entry = yield* page.load(index, counts);
      yield* page.store(index, entry & ~dirty, counts);
      return;
    }
    for (let entry = found; ;) {
      const now = yield* page.compareExchange(index, entry, entry & ~dirty, counts);
      if (now === entry) return;
      entry = now;
    }
  }

  *#walk(page: TablePage, first: bigint, last: bigint, visit: (page: WalkedPage) => void): Routine {
    const { format, pages } = this;
    const span = spanOf(page.level);
    for (let at = first; at <= last; at = (at | (span - 1n)) + 1n) {
      const entry = yield* page.load(indexAt(page.level, at), this.meter.paths.walk);
      if (!format.isPresent(entry)) continue;
      const end = at | (span - 1n);
      if (format.isLeaf(entry, page.level)) visit({ iova: at & ~(span - 1n), size: span, entry });
      else yield* this.#walk(pages.at(format.addressIn(entry)), at, end < last ? end : last, visit);
    }
  }

  #collect(
    page: TablePage,
    tables: TablePage[],
    counts: PathCounts,
    options: { readonly anyPages: boolean; readonly who: string },
  ): boolean {
    const { format, pages } = this;
    page.use(options.who);
    this.kernel.touch(page.whole, "write");
    tables.push(page);
    counts.loads += ENTRIES;
    for (let index = 0; index < ENTRIES; index++) {
      const entry = page.peek(index);
      if (!format.isPresent(entry)) continue;
      if (format.isLeaf(entry, page.level)) {
        if (!options.anyPages) return false;
      } else if (!this.#collect(pages.at(format.addressIn(entry)), tables, counts, options)) {
        return false;
      }
    }
    return true;
  }
}

export interface MapResult {
  readonly result: Outcome;
  /** Bytes that were mapped, in front of an error if there was one. */
  readonly mapped: bigint;
}
