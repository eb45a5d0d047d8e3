import { Errno } from "../errno.js";
import type { IopfHandler, Result } from "../iopf/index.js";
import { Resource, type Routine } from "../kernel/index.js";
import { flushRange } from "../page-table/cache-flush.js";
import {
  firstStageFormat,
  Gather,
  PagingDomain,
  secondStageFormat,
  type DirtyDomain,
  type PagingStep,
  type TablePages,
} from "../page-table/index.js";
import { domainIotlb } from "../vtd/descriptors.js";
import type { AttachedPlace, VtdDomain } from "../vtd/device.js";
import { registerBit } from "../vtd/fields.js";
import { flushDeviceTlb } from "../vtd/pasid-entry.js";
import type { DriverDomain, NestedInvalidation, PagingOperations, UserData } from "./port.js";
import {
  HWPT_INVALIDATE_DATA,
  hwptVtdS1Invalidate,
  VTD_INV,
  VTD_S1,
  type HwptVtdS1,
} from "./uapi.js";

const PAGE = 4096n;
const ADDRESS_LIMIT = 1n << 64n;
const ALL_PAGES = ADDRESS_LIMIT - 1n;

/** A domain of a VT-d unit, for iommufd. */
export interface VtdDriverDomain extends DriverDomain, VtdDomain {
  readonly isNested: boolean;
  iopfHandler?: IopfHandler | undefined;
}

export interface VtdPagingOptions {
  readonly owner: object;
  readonly pages: TablePages;
  readonly domainId: number;
  readonly stage: "first" | "second";
  readonly dirtyTracking: boolean;
  /** Steps left out, to see what they are good for. */
  readonly without?: readonly PagingStep[];
  readonly enforcesCoherency?: boolean;
  /** The number of the domain is free again. */
  readonly onFree: () => void;
}

/** A paging domain with tables in memory, and the nested ones on top of it. */
export class VtdPagingDomain implements VtdDriverDomain {
  readonly name: string;
  readonly owner: object;
  readonly isNested = false;
  readonly enforcesCoherency: boolean;
  readonly tables: PagingDomain;
  readonly paging: PagingOperations;
  iopfHandler?: IopfHandler | undefined;
  readonly #onFree: () => void;
  /** Nested domains on it, by where they are attached: the units cache them under numbers of their own. */
  readonly #nested = new Map<VtdNestedDomain, AttachedPlace[]>();
  /** What steps conflict about that use `#nested`. */
  readonly #children: Resource;

  constructor(options: VtdPagingOptions) {
    const { owner, pages, domainId, stage, dirtyTracking, without = [], onFree } = options;
    this.name = `domain ${domainId}`;
    this.owner = owner;
    this.enforcesCoherency = options.enforcesCoherency ?? false;
    this.#onFree = onFree;
    this.#children = new Resource(pages.kernel, `nested domains on ${this.name}`);
    const format = stage === "second" ? secondStageFormat() : firstStageFormat();
    const { name } = this;
    const flushAlso = () => this.#flushNested();
    this.tables = new PagingDomain({
      ...{ name, domainId, pages, format, dirtyTracking, flushAlso, without },
    });
    // Of a first stage only the lower half is for DMA.
    const bits = BigInt(format.canonical ? format.width - 1 : format.width);
    this.paging = {
      pageSize: PAGE,
      pageSizes: format.pageSizes.reduce((sizes, size) => sizes | size),
      aperture: { start: 0n, last: (1n << bits) - 1n },
      map: (iova, physical, length, rights) => this.#map(iova, physical, length, rights),
      unmap: (iova, length) => this.#unmap(iova, length),
      iovaToPhysical: (iova) => this.tables.iovaToPhys(iova),
      dirty: dirtyTracking ? this.#dirty() : undefined,
    };
  }

  get entry(): VtdDomain["entry"] {
    return this.tables.entry;
  }

  assign(place: AttachedPlace): Routine<Result> {
    return this.tables.assign(place);
  }

  unassign(place: AttachedPlace): Routine {
    return this.tables.unassign(place);
  }

  *assignNested(nested: VtdNestedDomain, place: AttachedPlace): Routine<Result> {
    const result = yield* this.tables.assign(place);
    if (result !== 0) return result;
    yield* this.#children.act(`add ${nested.name} to`, () => {
      this.#nested.set(nested, [...(this.#nested.get(nested) ?? []), place]);
    });
    return 0;
  }

  *unassignNested(nested: VtdNestedDomain, place: AttachedPlace): Routine {
    yield* this.#children.act(`take ${nested.name} out of`, () => {
      const left = (this.#nested.get(nested) ?? []).filter((other) => !isSame(other, place));
      if (left.length > 0) this.#nested.set(nested, left);
      else this.#nested.delete(nested);
    });
    yield* this.tables.unassign(place);
  }

  *free(): Routine {
    yield* this.tables.free();
    this.#onFree();
  }

  *#map(...args: Parameters<PagingOperations["map"]>): Routine<0 | Errno> {
    const [iova] = args;
    const result = yield* this.tables.map(...args);
    return result === 0 ? 0 : new Errno(result, `0x${iova.toString(16)} cannot be mapped`);
  }

  *#unmap(iova: bigint, length: bigint): Routine<bigint> {
    const gather = new Gather();
    const unmapped = yield* this.tables.unmapFast(iova, length, gather);
    yield* this.tables.sync(gather);
    return unmapped;
  }

  #dirty(): DirtyDomain {
    const { tables } = this;
    return {
      canTrackDirty: true,
      setDirtyTracking: (enable) => tables.setDirtyTracking(enable),
      readAndClearDirty: (iova, length, scan, gather) =>
        tables.readAndClearDirty(iova, length, scan, gather),
      sync: (gather) => tables.sync(gather),
    };
  }

  /** Which nested translations lead through a page is not known: all of a nested domain go. */
  *#flushNested(): Routine {
    const children = yield* this.#children.act("look through", () => [...this.#nested], {
      kind: "read",
    });
    for (const [{ domainId }, places] of children) {
      for (const { unit, device, pasid } of places) {
        yield* unit.invalidations.submit([domainIotlb(domainId)], { also: unit.cached });
        yield* flushDeviceTlb(unit, device, pasid);
      }
    }
  }
}

export interface VtdNestedOptions {
  readonly parent: VtdPagingDomain;
  readonly domainId: number;
  readonly data: HwptVtdS1;
  readonly onFree: () => void;
}

const FS5LP = registerBit("CAP", "FS5LP");
const SRS = registerBit("ECAP", "SRS");
const EAFS = registerBit("ECAP", "EAFS");

/** A first stage of user space on top of a paging domain's second. */
export class VtdNestedDomain implements VtdDriverDomain {
  readonly name: string;
  readonly owner: object;
  readonly isNested = true;
  readonly domainId: number;
  readonly invalidation: NestedInvalidation;
  iopfHandler?: IopfHandler | undefined;
  readonly #parent: VtdPagingDomain;
  readonly #data: HwptVtdS1;
  readonly #onFree: () => void;
  #places: readonly AttachedPlace[] = [];

  constructor({ parent, domainId, data, onFree }: VtdNestedOptions) {
    this.name = `nested domain ${domainId}`;
    this.owner = parent.owner;
    this.domainId = domainId;
    this.#parent = parent;
    this.#data = data;
    this.#onFree = onFree;
    this.invalidation = {
      type: HWPT_INVALIDATE_DATA.VTD_S1,
      entry: (entry) => this.#invalidate(entry),
    };
  }

  get entry(): VtdDomain["entry"] {
    const { tables } = this.#parent;
    const { flags, pgtbl_addr, addr_width } = this.#data;
    const has = (flag: number) => (flags & BigInt(flag)) !== 0n;
    return {
      kind: "nested",
      domain: this.domainId,
      firstStage: { pointer: pgtbl_addr, levels: addr_width === 57 ? 5 : 4 },
      secondStage: { pointer: tables.table.pointer, levels: tables.format.levels },
      sre: has(VTD_S1.SRE),
      eafe: has(VTD_S1.EAFE),
      wpe: has(VTD_S1.WPE),
      ssade: tables.isTrackingDirty,
    };
  }

  /** EINVAL: the unit has not what the first stage asks for. */
  *assign(place: AttachedPlace): Routine<Result> {
    const { capability, extendedCapability } = place.unit.booted;
    const { flags, addr_width } = this.#data;
    const asks = (flag: number) => (flags & BigInt(flag)) !== 0n;
    const fits =
      (addr_width === 48 || (addr_width === 57 && (capability & FS5LP) !== 0n)) &&
      (!asks(VTD_S1.SRE) || (extendedCapability & SRS) !== 0n) &&
      (!asks(VTD_S1.EAFE) || (extendedCapability & EAFS) !== 0n);
    if (!fits) return "EINVAL";
    const result = yield* this.#parent.assignNested(this, place);
    if (result === 0) this.#places = [...this.#places, place];
    return result;
  }

  *unassign(place: AttachedPlace): Routine {
    this.#places = this.#places.filter((other) => !isSame(other, place));
    yield* this.#parent.unassignNested(this, place);
  }

  // eslint-disable-next-line require-yield -- its tables are of user space
  *free(): Routine {
    this.#onFree();
  }

  /** intel_nested_cache_invalidate_user: one entry, and what it names is gone from the caches when it is done. */
  *#invalidate(data: UserData): Routine<0 | Errno> {
    const { bytes: size } = hwptVtdS1Invalidate;
    // Linux 7.2 takes no longer ones, not even with zeros behind.
    if (data.length !== size) {
      return new Errno("EINVAL", `an entry has ${data.length} bytes: expected ${size}`);
    }
    const bytes = yield* data.copy(size);
    if (bytes instanceof Errno) return bytes;
    const { addr, npages, flags, reserved } = hwptVtdS1Invalidate.decode(bytes);
    if ((flags & ~VTD_INV.LEAF) !== 0 || reserved !== 0) {
      return new Errno("EOPNOTSUPP", `flags are ${flags}: expected 0 or ${VTD_INV.LEAF}`);
    }
    if (addr % PAGE !== 0n || (npages === ALL_PAGES && addr !== 0n)) {
      return new Errno("EINVAL", `addr is 0x${addr.toString(16)}, npages ${npages}`);
    }
    if (npages === 0n) return 0;
    const end = addr + npages * PAGE;
    const last = (end < ADDRESS_LIMIT ? end : ADDRESS_LIMIT) - 1n;
    const leavesOnly = (flags & VTD_INV.LEAF) !== 0;
    const format = firstStageFormat();
    yield* flushRange(format, this.domainId, this.#places, { first: addr, last, leavesOnly });
    return 0;
  }
}

function isSame(one: AttachedPlace, other: AttachedPlace): boolean {
  return one.unit === other.unit && one.device === other.device && one.pasid === other.pasid;
}
