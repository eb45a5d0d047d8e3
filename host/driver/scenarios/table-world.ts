import type { UnitTap } from "../../core/tap.js";
import type { Kernel, Routine } from "../kernel/index.js";
import {
  levelOf,
  TablePages,
  UnitWalks,
  type PagingDomain,
  type TableLevel,
} from "../page-table/index.js";
import { attach, detach, putDevice, release, type Device } from "../vtd/index.js";
import type { DeviceTlbInvalidate } from "../../spec/requests.js";
import { AtsDmaDevice, type AtsDmaDeviceOptions } from "./ats-dma-device.js";
import { DmaDevice, type DmaDeviceOptions } from "./dma-device.js";
import {
  makeUnitWorld,
  UnitRun,
  type PluggedDevice,
  type UnitRunOptions,
  type UnitWorld,
  type UnitWorldOptions,
} from "./unit-world.js";

/** A unit whose walks through tables are seen. */
export interface TableWorld extends UnitWorld {
  readonly walks: UnitWalks;
}

/** Second-stage dirty tracking is announced. */
const TRACKS_DIRTY = { SSADS: 1, SMPWCS: 1 } as const;

export function prepareTables(_variant?: string, tap?: UnitTap): Promise<TableWorld> {
  return makeTableWorld({ tap });
}

export async function makeTableWorld(
  options: Omit<UnitWorldOptions, "seenByUnit"> = {},
): Promise<TableWorld> {
  let walks!: UnitWalks;
  const world = await makeUnitWorld({
    ...options,
    capabilities: { ...TRACKS_DIRTY, ...options.capabilities },
    seenByUnit: (memory) => {
      walks = new UnitWalks(memory);
      return walks;
    },
  });
  return Object.assign(world, { walks });
}

export interface TableRunOptions extends UnitRunOptions {
  /** Frames of tables that were freed are used again: what uses a freed one is not found. Default false. */
  readonly reuseFrames?: boolean;
}

/** One run with tables that the unit walks. No frame of a table is used twice, unless it is told to. */
export class TableRun extends UnitRun {
  readonly pages: TablePages;
  readonly walks: UnitWalks;
  readonly #translating = new Map<number, AtsDmaDevice>();

  constructor(kernel: Kernel, world: TableWorld, options: TableRunOptions = {}) {
    super(kernel, world, options);
    const { frames } = this.unit.booted;
    const { memory } = this;
    this.pages = new TablePages(kernel, {
      memory,
      frames:
        options.reuseFrames === true ? frames : { allocate: (count) => frames.allocate(count) },
    });
    this.walks = world.walks;
    this.walks.pages = this.pages;
  }

  /** A device that does DMA. */
  plugDma(options: DmaDeviceOptions): DmaDevice {
    return new DmaDevice(this, options);
  }

  /** A device that does DMA with translations of its own. */
  plugAtsDma(options: AtsDmaDeviceOptions): AtsDmaDevice {
    const device = new AtsDmaDevice(this, options);
    this.#translating.set(device.sourceId, device);
    return device;
  }

  override invalidate(request: DeviceTlbInvalidate): void {
    const device = this.#translating.get(request.sourceId);
    if (device === undefined) super.invalidate(request);
    else device.invalidate(request);
  }

  /** The kernel finds a device and attaches a domain to it; undefined if there is no memory. */
  *attachTo(domain: PagingDomain, plugged: PluggedDevice): Routine<AttachedDma | undefined> {
    const device = yield* this.discover(plugged);
    if (device === undefined) return undefined;
    const handle = this.kernel.heap.make("attach_handle", { domain });
    if ((yield* attach(this.unit, device, handle)) === 0) return { device, handle };
    yield* this.kernel.heap.free(handle);
    yield* this.#release(device);
    return undefined;
  }

  /** Detaches the domain, and forgets the device. */
  *detachFrom({ device, handle }: AttachedDma): Routine {
    yield* detach(this.unit, device);
    yield* this.kernel.heap.free(handle);
    yield* this.#release(device);
  }

  *#release(device: Device): Routine {
    yield* release(this.unit, device);
    yield* putDevice(this.kernel, device);
  }
}

export interface AttachedDma {
  readonly device: Device;
  readonly handle: { readonly domain: PagingDomain };
}

/**
 * Maps a page at 0 in a table of three levels, with no step of its own; `also`: more bits of its entry. Answers the
 * address of the entry.
 */
export function mapLeaf(
  run: TableRun,
  { table, format }: PagingDomain,
  physical: bigint,
  size: bigint,
  also = 0n,
): bigint {
  const { memory, pages } = run;
  const level = levelOf(size);
  let at = table.top.address;
  for (let above = table.top.level; above > level; above--) {
    const below = pages.make((above - 1) as TableLevel);
    memory.write64(at, format.tableEntry(below.address));
    at = below.address;
  }
  memory.write64(at, format.leafEntry(physical, level, {}) | also);
  return at;
}
