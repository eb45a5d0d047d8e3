import type { IopfHandler, Result } from "../iopf/index.js";
import { Cell, Spinlock, type Kernel, type Routine } from "../kernel/index.js";
import { domainIotlb, pasidCache } from "../vtd/descriptors.js";
import type { AttachedPlace, VtdDomain } from "../vtd/device.js";
import { registerBit } from "../vtd/fields.js";
import { flushDeviceTlb } from "../vtd/pasid-entry.js";
import { bestRun } from "./best-run.js";
import { cachesAbsentPages, flushNewRange, flushRange } from "./cache-flush.js";
import type { Protection, TableFormat } from "./format.js";
import { Gather } from "./gather.js";
import type { Outcome } from "./map-pages.js";
import { PageTable, type DirtyScan, type TableStep, type WalkedPage } from "./page-table.js";
import type { ReclaimOptions } from "./reclaim.js";
import type { TablePages } from "./table-pages.js";

export interface PagingDomainOptions {
  readonly name: string;
  /** Tags what units cache of it: 16 bits. */
  readonly domainId: number;
  readonly pages: TablePages;
  readonly format: TableFormat;
  /** IOMMU_HWPT_ALLOC_DIRTY_TRACKING: only units that can track may have it. Second stage alone. */
  readonly dirtyTracking?: boolean;
  readonly reclaim?: ReclaimOptions;
  readonly clearDirty?: "write" | "exchange";
  /** Never flush addresses between two ranges that were gathered. Default false, as Linux's driver has it. */
  readonly flushesWithoutGaps?: boolean;
  readonly iopfHandler?: IopfHandler;
  /** Part of every flush: invalidates what units cache of the domain's pages under other numbers than `domainId`. */
  readonly flushAlso?: () => Routine;
  /** Steps left out, to see what they are good for. */
  readonly without?: readonly PagingStep[];
}

/**
 * Steps of a domain that can be left out besides those of its table: the flush behind unmap and dirty scan; the care
 * for entries that point to tables in it; the translations that devices keep in it; what nested domains cache (`flushAlso`); the flush behind SSADE; the
 * flush behind map that CM and RWBF ask for.
 */
export type PagingStep =
  | TableStep
  | "flush"
  | "flush-tables"
  | "flush-devices"
  | "flush-nested"
  | "flush-ssade"
  | "flush-new";

const SSADS = registerBit("ECAP", "SSADS");
const SMPWCS = registerBit("ECAP", "SMPWCS");
const SECOND_STAGE = [2n, 3n];

/** An I/O address space with tables of its own, as the driver has it (dmar_domain). */
export class PagingDomain implements VtdDomain {
  readonly name: string;
  readonly domainId: number;
  readonly format: TableFormat;
  readonly table: PageTable;
  readonly kernel: Kernel;
  /** The domain may be told to track, and asked what was written. */
  readonly canTrackDirty: boolean;
  iopfHandler: IopfHandler | undefined;
  readonly #without: ReadonlySet<PagingStep>;
  readonly #flushAlso: PagingDomainOptions["flushAlso"];
  /** Guards `#places` and `#tracking` (domain->lock and cache_lock). */
  readonly #lock: Spinlock;
  readonly #places: Cell<readonly AttachedPlace[]>;
  readonly #tracking: Cell<boolean>;

  /** @throws RangeError for dirty tracking with first-stage tables, which Linux has not. */
  constructor(options: PagingDomainOptions) {
    const { name, pages, format, reclaim, clearDirty, dirtyTracking = false } = options;
    if (dirtyTracking && format.dirty === 0n) {
      throw new RangeError(`${name}: dirty tracking needs second-stage tables, got ${format.name}`);
    }
    this.name = name;
    this.kernel = pages.kernel;
    this.domainId = options.domainId;
    this.format = format;
    this.canTrackDirty = dirtyTracking;
    this.iopfHandler = options.iopfHandler;
    this.#flushAlso = options.flushAlso;
    const { without = [] } = options;
    this.#without = new Set(without);
    this.#lock = new Spinlock(this.kernel, `${name}.lock`);
    this.#places = new Cell<readonly AttachedPlace[]>(this.kernel, `${name}.devices`, []);
    this.#tracking = new Cell(this.kernel, `${name}.dirty_tracking`, false);
    this.table = new PageTable({
      pages,
      format,
      ...(reclaim && { reclaim }),
      ...(clearDirty && { clearDirty }),
      flushesWithoutGaps: options.flushesWithoutGaps ?? false,
      without: without.filter(isTableStep),
      flush: (gather) => this.#flush(gather),
    });
  }

  /** What the PASID table entry says: with SSADE while pages are tracked. */
  get entry(): VtdDomain["entry"] {
    const { format, table, domainId } = this;
    return format.pasidEntry(table.pointer, domainId, this.#tracking.value);
  }

  /** Where it is attached. */
  get places(): readonly AttachedPlace[] {
    return this.#places.value;
  }

  /** EINVAL: the domain tracks dirty pages, and the unit cannot. */
  *assign(place: AttachedPlace): Routine<Result> {
    if (this.canTrackDirty && !tracksDirty(place)) return "EINVAL";
    yield* this.#lock.lock();
    yield* this.#places.store([...this.#places.value, place]);
    yield* this.#lock.unlock();
    return 0;
  }

  *unassign(place: AttachedPlace): Routine {
    yield* this.#lock.lock();
    const at = this.#places.value.findIndex((other) => isSame(place, other));
    yield* this.#places.store(this.#places.value.filter((_, index) => index !== at));
    yield* this.#lock.unlock();
  }

  /**
   * iommu_map: in pages as large as fit. What was mapped in front of an error is unmapped again. The caller holds the
   * range for writing.
   */
  *map(
    iova: bigint,
    physical: bigint,
    length: bigint,
    protection: Protection = {},
  ): Routine<Outcome> {
    let mapped = 0n;
    let result: Outcome = length > 0n ? 0 : "EINVAL";
    while (result === 0 && mapped < length) {
      const run = bestRun(this.format, iova + mapped, physical + mapped, length - mapped);
      if (run === undefined) {
        result = "EINVAL";
        break;
      }
      const done = yield* this.table.mapPages(run, protection);
      mapped += done.mapped;
      result = done.result;
    }
    if (result !== 0 && mapped > 0n) yield* this.unmap(iova, mapped);
    if (result === 0) yield* this.#flushNew(iova, iova + length - 1n);
    return result;
  }

  /** iommu_unmap: with the flush. Answers the bytes that were unmapped. The caller holds the range for writing. */
  *unmap(iova: bigint, length: bigint): Routine<bigint> {
    const gather = new Gather();
    const unmapped = yield* this.unmapFast(iova, length, gather);
    yield* this.sync(gather);
    return unmapped;
  }

  /** iommu_unmap_fast: `sync` is to follow, until which devices may still reach the pages. */
  unmapFast(iova: bigint, length: bigint, gather: Gather): Routine<bigint> {
    return this.table.unmapPages(iova, length, gather);
  }

  /** Flushes what was gathered, then frees the tables that waited for it (iommu_iotlb_sync). */
  sync(gather: Gather): Routine {
    return this.table.sync(gather);
  }

  /** The caller holds the address for reading. */
  iovaToPhys(iova: bigint): Routine<bigint | undefined> {
    return this.table.iovaToPhys(iova);
  }

  /** EOPNOTSUPP: the domain was not made for it. `sync` is to follow. The caller holds the range for reading. */
  *readAndClearDirty(
    iova: bigint,
    length: bigint,
    scan: DirtyScan,
    gather: Gather,
  ): Routine<Outcome> {
    if (!this.canTrackDirty) return "EOPNOTSUPP";
    return yield* this.table.readAndClearDirty(iova, length, scan, gather);
  }

  /** What debugfs shows of the tables: behind a lock of its own, in an RCU read section, and with no lock over the range. */
  *dump(first: bigint, last: bigint, visit: (page: WalkedPage) => void): Routine {
    const { rcu } = this.kernel;
    yield* rcu.readLock();
    yield* this.table.walk(first, last, visit);
    yield* rcu.readUnlock();
  }

  /**
   * The driver's set_dirty_tracking: SSADE in every entry that leads here, and the flush that makes the units see it.
   * What is attached later inherits it. EOPNOTSUPP: not made for it, or an entry is of another kind; all is as before
   * then.
   */
  *setDirtyTracking(enable: boolean): Routine<Outcome> {
    if (!this.canTrackDirty) return "EOPNOTSUPP";
    yield* this.#lock.lock();
    let result: Outcome = 0;
    if (this.#tracking.value !== enable) {
      result = yield* this.#setAll(enable);
      if (result === 0) yield* this.#tracking.store(enable);
    }
    yield* this.#lock.unlock();
    return result;
  }

  get isTrackingDirty(): boolean {
    return this.#tracking.value;
  }

  /** Gives the tables back. The domain is attached nowhere. */
  free(): Routine {
    return this.table.free();
  }

  *#setAll(enable: boolean): Routine<Outcome> {
    const places = this.#places.value;
    for (const [at, place] of places.entries()) {
      const result = yield* this.#setSsade(place, enable);
      if (result === 0) continue;
      for (const done of places.slice(0, at)) yield* this.#setSsade(done, !enable);
      return result;
    }
    return 0;
  }

  *#setSsade(place: AttachedPlace, enable: boolean): Routine<Outcome> {
    const { unit, device, pasid } = place;
    const { sourceId, name } = device;
    const verb = `${enable ? "set" : "clear"} SSADE of PASID ${pasid} of ${name} in`;
    const domainId = yield* unit.translation.act(verb, () => {
      const entry = unit.booted.tables.pasidEntry(sourceId, pasid);
      if (!SECOND_STAGE.includes(entry.get("PGTT"))) return undefined;
      entry.set({ SSADE: enable });
      return Number(entry.get("DID"));
    });
    if (domainId === undefined) return "EOPNOTSUPP";
    if (this.#without.has("flush-ssade")) return 0;
    const descriptors = [pasidCache(domainId, pasid), domainIotlb(domainId)];
    yield* unit.invalidations.submit(descriptors, { also: unit.cached });
    yield* flushDeviceTlb(unit, device, pasid);
    return 0;
  }

  *#flush({ range, leavesOnly }: Gather): Routine<boolean> {
    if (this.#without.has("flush")) return false;
    if (range === undefined) return true;
    if (this.#flushAlso !== undefined && !this.#without.has("flush-nested")) {
      yield* this.#flushAlso();
    }
    const hint = leavesOnly || this.#without.has("flush-tables");
    yield* this.#lock.lock();
    const { format, domainId } = this;
    const keepsDevices = this.#without.has("flush-devices");
    const whole = { ...range, leavesOnly: hint, keepsDevices };
    yield* flushRange(format, domainId, this.#places.value, whole);
    yield* this.#lock.unlock();
    return true;
  }

  /** iotlb_sync_map, for units that ask for it. */
  *#flushNew(first: bigint, last: bigint): Routine {
    if (this.#without.has("flush-new")) return;
    const { format, domainId } = this;
    const units = this.#places.value.map(({ unit }) => unit);
    const caches = units.some((unit) => cachesAbsentPages(format, unit));
    if (!caches && !units.some(({ buffersWrites }) => buffersWrites)) return;
    if (caches && this.#flushAlso !== undefined) yield* this.#flushAlso();
    yield* this.#lock.lock();
    yield* flushNewRange(format, domainId, this.#places.value, { first, last });
    yield* this.#lock.unlock();
  }
}

function isTableStep(step: PagingStep): step is TableStep {
  return step === "exchange" || step === "free-loser";
}

function tracksDirty({ unit: { booted } }: AttachedPlace): boolean {
  const needed = SSADS | SMPWCS;
  return (booted.extendedCapability & needed) === needed;
}

function isSame(a: AttachedPlace, b: AttachedPlace): boolean {
  return a.unit === b.unit && a.device === b.device && a.pasid === b.pasid;
}
