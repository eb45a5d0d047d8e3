import { Errno } from "../errno.js";
import { Resource, type Kernel, type Routine } from "../kernel/index.js";
import type { DirtyDomain, DirtyScan, Outcome } from "../page-table/index.js";
import type {
  DriverDomain,
  MapRights,
  NestedInvalidation,
  NestedOptions,
  PagingOperations,
} from "./port.js";
import { Struct } from "./struct.js";

/** Addresses of an abstract unit. */
export interface Geometry {
  /** Bytes. */
  readonly pageSize: bigint;
  /** Bytes of the pages that are taken where they fit. Default: none. */
  readonly largePageSize?: bigint;
  readonly start: bigint;
  readonly last: bigint;
}

/** That of the kernel's mock driver. */
export const MOCK_GEOMETRY: Geometry = {
  pageSize: 2048n,
  start: 1n << 24n,
  last: (1n << 31n) - 1n,
};

interface Page {
  readonly physical: bigint;
  readonly size: bigint;
  readonly rights: MapRights;
  dirty: boolean;
}

/** Page tables that are a map, without a unit behind them. */
export class AbstractTable extends Resource implements PagingOperations {
  readonly pageSize: bigint;
  readonly aperture: { readonly start: bigint; readonly last: bigint };
  readonly dirty: DirtyDomain | undefined;
  readonly #largePageSize: bigint;
  /** By the first address. */
  readonly #pages = new Map<bigint, Page>();
  #tracks = false;

  constructor(kernel: Kernel, geometry: Geometry, tracksDirty: boolean) {
    super(kernel, "abstract page table");
    const { pageSize, largePageSize = pageSize, start, last } = geometry;
    this.pageSize = pageSize;
    this.#largePageSize = largePageSize;
    this.aperture = { start, last };
    this.dirty = tracksDirty ? this.#dirtyTracking() : undefined;
  }

  map(iova: bigint, physical: bigint, length: bigint, rights: MapRights): Routine<0 | Errno> {
    return this.act(`map 0x${iova.toString(16)} in`, () => {
      for (let at = 0n; at < length;) {
        const size = this.#bestSize(iova + at, physical + at, length - at);
        this.#pages.set(iova + at, { physical: physical + at, size, rights, dirty: false });
        at += size;
      }
      return 0;
    });
  }

  unmap(iova: bigint, length: bigint): Routine<bigint> {
    return this.act(`unmap 0x${iova.toString(16)} in`, () => {
      let unmapped = 0n;
      for (let at = iova; at < iova + length;) {
        const size = this.#pages.get(at)?.size;
        if (size !== undefined) {
          this.#pages.delete(at);
          unmapped += size;
        }
        at += size ?? this.pageSize;
      }
      return unmapped;
    });
  }

  iovaToPhysical(iova: bigint): Routine<bigint | undefined> {
    const look = () => {
      const found = this.#find(iova);
      return found && found.page.physical + (iova - found.first);
    };
    return this.act(`look 0x${iova.toString(16)} up in`, look, { kind: "read" });
  }

  /** A device writes: the page is dirty if that is tracked. EINVAL: it may not write there. */
  write(iova: bigint): Routine<0 | Errno> {
    return this.act(`write to 0x${iova.toString(16)} through`, () => {
      const page = this.#find(iova)?.page;
      if (page?.rights.write !== true) {
        return new Errno("EINVAL", `0x${iova.toString(16)} is not mapped for writing`);
      }
      if (this.#tracks) page.dirty = true;
      return 0;
    });
  }

  /** Whether writes are being tracked. */
  get tracks(): boolean {
    this.kernel.touch(this, "read");
    return this.#tracks;
  }

  #dirtyTracking(): DirtyDomain {
    return {
      canTrackDirty: true,
      setDirtyTracking: (enable) =>
        this.act(`${enable ? "begin" : "end"} to track writes in`, (): Outcome => {
          this.#tracks = enable;
          return 0;
        }),
      readAndClearDirty: (iova, length, scan) =>
        this.act("read the dirty bits of", () => this.#scan(iova, length, scan)),
      // There are no caches.
      sync: nothing,
    };
  }

  #scan(iova: bigint, length: bigint, { record, clear }: DirtyScan): Outcome {
    for (let at = iova; at < iova + length;) {
      const found = this.#find(at);
      if (found === undefined) return "EINVAL";
      const { first, page } = found;
      const behind = first + page.size;
      const end = behind < iova + length ? behind : iova + length;
      if (page.dirty) record(at, end - at, page.size);
      if (clear !== false) page.dirty = false;
      at = end;
    }
    return 0;
  }

  #bestSize(iova: bigint, physical: bigint, left: bigint): bigint {
    const size = this.#largePageSize;
    return (iova | physical) % size === 0n && left >= size ? size : this.pageSize;
  }

  /** The page that an address lies in. */
  #find(iova: bigint): { readonly first: bigint; readonly page: Page } | undefined {
    for (const size of [this.pageSize, this.#largePageSize]) {
      const first = iova - (iova % size);
      const page = this.#pages.get(first);
      if (page !== undefined && page.size >= size) return { first, page };
    }
    return undefined;
  }
}

// eslint-disable-next-line require-yield -- there is nothing to do
export function* nothing(): Routine {
  return;
}

/** Types and structures of the kernel's mock driver. */
export const MOCK_DATA = {
  HWPT: 0xdead,
  INVALIDATE: 0xdead_beef,
  INVALIDATE_FLAG_ALL: 1,
  IOTLB_DEFAULT: 0xbad_beef,
  IOTLB_ENTRIES: 4,
  VIOMMU: 0xdead_beef,
  VEVENTQ: 0xbeef_beef,
  VIOMMU_INVALIDATE: 0xdead_beef,
  CACHE_DEFAULT: 0xba_ddad,
  CACHE_ENTRIES: 4,
  HW_INFO: 0xfeed_beef,
  HW_INFO_REGISTER: 0xdead_beef,
  HW_QUEUE: 0xdead_beef,
  HW_QUEUES: 2,
} as const;

export const mockHwptData = new Struct("iommu_hwpt_selftest", 4, { iotlb: [0, 4] });

export const mockInvalidateData = new Struct("iommu_hwpt_invalidate_selftest", 8, {
  flags: [0, 4],
  iotlb_id: [4, 4],
});

export const mockViommuInvalidateData = new Struct("iommu_viommu_invalidate_selftest", 12, {
  flags: [0, 4],
  vdev_id: [4, 4],
  cache_id: [8, 4],
});

export const mockHwInfo = new Struct("iommu_test_hw_info", 8, {
  flags: [0, 4],
  test_reg: [4, 4],
});

/** What a nested domain of an abstract unit caches: numbers that an invalidation makes 0. */
export class AbstractIotlb extends Resource implements NestedInvalidation {
  readonly type = MOCK_DATA.INVALIDATE;
  readonly #entries: number[];

  constructor(kernel: Kernel, fill: number) {
    super(kernel, "abstract IOTLB");
    this.#entries = Array.from({ length: MOCK_DATA.IOTLB_ENTRIES }, () => fill);
  }

  get entries(): readonly number[] {
    this.kernel.touch(this, "read");
    return this.#entries;
  }

  *entry(data: Parameters<NestedInvalidation["entry"]>[0]): Routine<0 | Errno> {
    if (data.length !== mockInvalidateData.bytes) {
      return new Errno("EINVAL", `an entry has ${data.length} bytes`);
    }
    const bytes = yield* data.copy(mockInvalidateData.bytes);
    if (bytes instanceof Errno) return bytes;
    const { flags, iotlb_id } = mockInvalidateData.decode(bytes);
    const all = MOCK_DATA.INVALIDATE_FLAG_ALL;
    if ((flags & ~all) !== 0) return new Errno("EOPNOTSUPP", `flags are ${flags}`);
    if (iotlb_id >= this.#entries.length) return new Errno("EINVAL", `no entry is ${iotlb_id}`);
    return yield* this.act("invalidate", () => {
      if ((flags & all) !== 0) this.#entries.fill(0);
      else this.#entries[iotlb_id] = 0;
      return 0;
    });
  }
}

/** A domain of an abstract unit. */
export interface AbstractDomain extends DriverDomain {
  readonly paging?: AbstractTable;
  readonly invalidation?: AbstractIotlb;
  /** Attaches only what this knows. */
  readonly viommu?: NestedOptions["viommu"];
}
