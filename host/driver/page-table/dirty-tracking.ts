import type { DirtyLedger, ReportedRange } from "./dirty-ledger.js";
import type { Behaviour } from "../iopf/index.js";
import type { Routine, Rwsem } from "../kernel/index.js";
import { DirtyBitmap } from "./dirty-bitmap.js";
import { Gather } from "./gather.js";
import type { Outcome } from "./map-pages.js";
import type { DirtyScan } from "./page-table.js";

/** What is mapped, as whoever maps it keeps it: an area of an IOAS. */
export interface MappedArea {
  readonly iova: bigint;
  readonly length: bigint;
}

/** A domain as dirty tracking needs it; a `PagingDomain` is one. */
export interface DirtyDomain {
  readonly canTrackDirty: boolean;
  setDirtyTracking(enable: boolean): Routine<Outcome>;
  readAndClearDirty(
    iova: bigint,
    length: bigint,
    scan: DirtyScan,
    gather: Gather,
  ): Routine<Outcome>;
  sync(gather: Gather): Routine;
}

/** The addresses whose mappings one lock guards (io_pagetable). */
export interface MappedAreas {
  /** Mapping and unmapping hold it for writing; a scan reads. */
  readonly lock: Rwsem;
  /** Areas by address; looked at under the lock. */
  areas(): readonly MappedArea[];
  /** Smallest unit of a mapping, a power of 2. */
  readonly alignment: bigint;
}

/** What IOMMU_HWPT_GET_DIRTY_BITMAP asks for. */
export interface DirtyBitmapRequest {
  readonly iova: bigint;
  readonly length: bigint;
  /** Bytes that a bit stands for. */
  readonly pageSize: bigint;
  readonly data: Uint8Array;
  /** IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR: pages stay dirty, and nothing is flushed. Default false. */
  readonly noClear?: boolean;
}

export interface DirtyTrackingOptions {
  /** In `strictLinux72` a range with a hole answers 0, with the pages in front of it alone. Default "fixed". */
  readonly behaviour?: Behaviour;
  /** Do not clear what is dirty already before tracking begins. Default true. */
  readonly clearsFirst?: boolean;
  /** Keeps account of every scan (D-I2 to D-I4); whoever writes tells it too. */
  readonly ledger?: DirtyLedger;
}

/** IOMMU_HWPT_SET_DIRTY_TRACKING and IOMMU_HWPT_GET_DIRTY_BITMAP on one domain, behind their checks of ids. */
export class DirtyTracking {
  readonly #domain: DirtyDomain;
  readonly #mapped: MappedAreas;
  readonly #options: DirtyTrackingOptions;

  constructor(domain: DirtyDomain, mapped: MappedAreas, options: DirtyTrackingOptions = {}) {
    this.#domain = domain;
    this.#mapped = mapped;
    this.#options = options;
  }

  /** Begins with everything clean, or ends. EOPNOTSUPP: the domain was not made for it. */
  *set(enable: boolean): Routine<Outcome> {
    const { lock } = this.#mapped;
    const { ledger } = this.#options;
    if (!this.#domain.canTrackDirty) return "EOPNOTSUPP";
    yield* lock.downRead();
    if (enable) ledger?.beginTracking();
    else ledger?.endTracking();
    let result: Outcome = 0;
    if (enable && this.#options.clearsFirst !== false) result = yield* this.#clearAll();
    if (result === 0) result = yield* this.#domain.setDirtyTracking(enable);
    if (enable && result === 0) ledger?.tracking();
    yield* lock.upRead();
    return result;
  }

  /**
   * Sets a bit for every page of the range that was written. Data is to be copied after it returns: only then every
   * later write makes its page dirty again. EOVERFLOW, EINVAL: the range; EINVAL also for a hole in it.
   */
  *get(request: DirtyBitmapRequest): Routine<Outcome> {
    const { lock } = this.#mapped;
    if (!this.#domain.canTrackDirty) return "EOPNOTSUPP";
    const refused = this.#refuse(request);
    if (refused !== 0) return refused;
    const { iova, length, pageSize, data, noClear = false } = request;
    const bitmap = new DirtyBitmap(iova, length, pageSize, data);
    const reported: ReportedRange[] = [];
    const scan: DirtyScan = {
      record: (at, bytes, leaf) => {
        bitmap.set(at, bytes);
        reported.push({ iova: at, length: bytes, leaf });
      },
      clear: !noClear,
    };
    const gather = new Gather();
    yield* lock.downRead();
    const open = this.#options.ledger?.beginScan(request);
    const result = yield* this.#scan(iova, iova + length - 1n, scan, gather);
    if (!noClear) yield* this.#domain.sync(gather);
    if (open !== undefined && result === 0) this.#options.ledger!.endScan(open, reported);
    yield* lock.upRead();
    return this.#options.behaviour === "strictLinux72" ? 0 : result;
  }

  /** Area after area, as long as one begins where the last ends. */
  *#scan(first: bigint, last: bigint, scan: DirtyScan, gather: Gather): Routine<Outcome> {
    let at = first;
    for (const area of this.#mapped.areas()) {
      const end = area.iova + area.length - 1n;
      if (end < at) continue;
      if (area.iova > at || at > last) break;
      const until = end < last ? end : last;
      const result = yield* this.#domain.readAndClearDirty(at, until - at + 1n, scan, gather);
      if (result !== 0) return result;
      at = until + 1n;
    }
    return at > last ? 0 : "EINVAL";
  }

  *#clearAll(): Routine<Outcome> {
    const gather = new Gather();
    const scan = { record: () => undefined };
    let result: Outcome = 0;
    for (const { iova, length } of this.#mapped.areas()) {
      result = yield* this.#domain.readAndClearDirty(iova, length, scan, gather);
      if (result !== 0) break;
    }
    yield* this.#domain.sync(gather);
    return result;
  }

  #refuse({ iova, length, pageSize }: DirtyBitmapRequest): Outcome {
    const { alignment } = this.#mapped;
    const end = iova + length;
    if (iova < 0n || length < 0n || end > 1n << 64n) return "EOVERFLOW";
    if (length === 0n) return iova === 0n ? "EINVAL" : "EOVERFLOW";
    const unaligned = (unit: bigint) => ((iova | end) & (unit - 1n)) !== 0n;
    return unaligned(alignment) || pageSize <= 0n || unaligned(pageSize) ? "EINVAL" : 0;
  }
}
