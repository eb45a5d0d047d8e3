import { Iommu, type IommuOptions } from "../../iommu.js";
import type { UnitTap } from "../../core/tap.js";
import { GuestMemory } from "../../memory/guest-memory.js";
import type { MemoryPort } from "../../memory/port.js";
import type { DeviceTlbInvalidate, PageGroupResponse } from "../../spec/requests.js";
import { FrameAllocator } from "../../tables/frames.js";
import type { TableMemory } from "../../tables/table-memory.js";
import { AttachTable, Iopf, type IopfOptions } from "../iopf/index.js";
import type { Kernel, Routine } from "../kernel/index.js";
import {
  bootSequence,
  enableDevice,
  pageRequestThread,
  probe,
  runAccesses,
  VtdUnit,
  type ConfigAccess,
  type Device,
  type VtdUnitOptions,
} from "../vtd/index.js";
import { placeOf } from "../vtd/access.js";
import { PageDevice, type PageDeviceOptions } from "./page-device.js";
import { tapBehind } from "./tap-behind.js";

/** A remapping unit that all runs of a scenario share: each resets it. */
export interface UnitWorld {
  readonly iommu: Iommu;
  readonly memory: GuestMemory;
  /** The run that hears what the unit sends. */
  current: UnitRun | undefined;
}

const MEMORY = 2 ** 17;
const PAGE_REQUEST_MESSAGE = 0x21;
/** One page: 128 entries. */
const QUEUE_SIZE = 0;
const TIMEOUT = 1000;
/** An entry of type 1 with LPIG, and neither read nor write asked for (§7.4.1.1). */
const STOP_MARKER = Uint8Array.from({ length: 32 }, (_, byte) => ({ 0: 1, 8: 4 })[byte] ?? 0);

export interface UnitWorldOptions {
  /** Fields of CAP and ECAP on top of the preset "linux". */
  readonly capabilities?: NonNullable<IommuOptions["capabilities"]>;
  /** Entries of the unit's caches. Default: one each, so that little state is left behind in them. */
  readonly caches?: NonNullable<IommuOptions["caches"]>;
  /** Bytes of memory from 0 on. Default 128 KiB. */
  readonly size?: number;
  /** The memory as the unit sees it. Default: the memory itself. */
  readonly seenByUnit?: (memory: MemoryPort) => MemoryPort;
  /** Of the unit: a `Recorder`, for a recording. What it reads by itself is not seen by the unit. Default: none. */
  readonly tap?: UnitTap | undefined;
}

const ONE_ENTRY = { context: 1, pasid: 1, iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };

/** A unit with caches of one entry each. */
export function prepareUnit(_variant?: string, tap?: UnitTap): Promise<UnitWorld> {
  return makeUnitWorld({ tap });
}

export async function makeUnitWorld(options: UnitWorldOptions = {}): Promise<UnitWorld> {
  const memory = GuestMemory.create({ size: options.size ?? MEMORY });
  const { tap, seenByUnit } = options;
  const iommu = await Iommu.create({
    ...(tap === undefined
      ? { memory: seenByUnit?.(memory) ?? memory }
      : { memory, tap: seenByUnit === undefined ? tap : tapBehind(tap, seenByUnit) }),
    preset: "linux",
    ...(options.capabilities && { capabilities: options.capabilities }),
    invalidationTimeout: TIMEOUT,
    caches: options.caches ?? ONE_ENTRY,
  });
  const world: UnitWorld = { iommu, memory, current: undefined };
  iommu.on("interrupt", ({ data }) => {
    if (data === PAGE_REQUEST_MESSAGE) world.current?.unit.pageRequestInterrupt.raise();
  });
  iommu.on("pageGroupResponse", (response) => {
    world.current?.respond(response);
  });
  iommu.on("deviceTlbInvalidate", (request) => {
    world.current?.invalidate(request);
  });
  return world;
}

/** A device as the kernel finds it on the bus. */
export interface PluggedDevice {
  readonly name: string;
  readonly sourceId: number;
  readonly bus: ConfigAccess;
}

export interface UnitRunOptions extends Pick<VtdUnitOptions, "behaviour" | "quirks" | "lookup"> {
  readonly iopf?: IopfOptions;
}

/** One run: the unit after reset and boot, its driver with the page request thread, and devices. */
export class UnitRun {
  readonly kernel: Kernel;
  readonly iommu: Iommu;
  readonly memory: GuestMemory;
  readonly unit: VtdUnit;
  readonly iopf: Iopf;
  readonly #devices = new Map<number, PageDevice>();

  constructor(kernel: Kernel, world: UnitWorld, options: UnitRunOptions = {}) {
    const { iommu, memory } = world;
    this.kernel = kernel;
    this.iommu = iommu;
    this.memory = memory;
    iommu.reset("power-good");
    const end = memory.regions[0]!.size;
    memory.fill(0n, end);
    const booted = runAccesses(
      iommu,
      bootSequence({
        memory: tableMemory(memory),
        frames: new FrameAllocator({ start: 0x1000n, end: BigInt(end) }),
        pageRequestQueueSize: QUEUE_SIZE,
      }),
    );
    const { behaviour } = options;
    this.iopf = new Iopf(kernel, { ...(behaviour && { behaviour }), ...options.iopf });
    this.unit = new VtdUnit(kernel, {
      ...options,
      ...{ window: iommu, memory, booted, iopf: this.iopf },
    });
    kernel.spawn("page request thread", () => pageRequestThread(this.unit), { daemon: true });
    world.current = this;
  }

  /** A device with the source-id of the options takes its place on the bus. */
  plug(options: PageDeviceOptions): PageDevice {
    const device = new PageDevice(this, options);
    this.#devices.set(device.sourceId, device);
    return device;
  }

  /** The kernel finds a device, and enables PASID, ATS and PRI; undefined if there is no memory. */
  *discover({ name, sourceId, bus: config }: PluggedDevice): Routine<Device | undefined> {
    const group = { attachments: new AttachTable(this.kernel, `${name}.pasid_array`) };
    const device = yield* probe(this.unit, { name, sourceId, config, group });
    if (typeof device === "string") return undefined;
    yield* enableDevice(device);
    return device;
  }

  /** Fills the page request queue with stop markers, which the thread skips, up to the last `room` entries. */
  fillPageRequestQueue(room: number): void {
    const { base, bytes } = this.unit.booted.pageRequestQueue!;
    const step = STOP_MARKER.length;
    const head = this.unit.pointer("PQH");
    const tail = (head + bytes - step * (1 + room)) % bytes;
    for (let at = head; at !== tail; at = (at + step) % bytes) {
      this.memory.writeBytes(base + BigInt(at), STOP_MARKER);
    }
    this.iommu.write64(placeOf("PQT").offset, BigInt(tail));
  }

  /** Time-outs of the unit happen, at any moment. */
  startClock(): void {
    this.kernel.spawn("clock", () => this.#clock(), { daemon: true });
  }

  *#clock(): Routine {
    const { iommu, unit } = this;
    const tick = () => {
      iommu.advance(iommu.nextDeadline() ?? 0n);
    };
    const ready = () => iommu.nextDeadline() !== undefined;
    for (;;) yield* unit.invalidations.act("time out in", tick, { ready });
  }

  respond(response: PageGroupResponse): void {
    this.#devices.get(response.sourceId)?.receive(response);
  }

  invalidate(request: DeviceTlbInvalidate): void {
    this.#devices.get(request.sourceId)?.invalidate(request);
  }
}

/** New tables are cleared at once. */
function tableMemory(memory: GuestMemory): TableMemory {
  return {
    read64: (address) => memory.read64(address),
    write64: (address, value) => memory.write64(address, value),
    clear: (address, length) => {
      memory.fill(address, length);
    },
  };
}
