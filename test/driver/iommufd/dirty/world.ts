import {
  DeviceGroup,
  type DirtyLedger,
  Errno,
  Iommufd,
  Iopf,
  Kernel,
  TablePages,
  uapi,
  UserProcess,
  vtd,
  VtdDriver,
  VtdIommuDevice,
  type PagingStep,
  type Routine,
} from "viommu/driver";
import { Machine } from "viommu";
import { FrameAllocator } from "viommu/tables";
import { Resource } from "../../../../host/driver/kernel/index.js";
import { complete } from "../../vtd/complete.js";
import { discover } from "../../vtd/discover.js";
import { EngineQueue } from "./engine.js";

export const { HWPT_ALLOC, HWPT_SET_DIRTY_TRACKING, HWPT_GET_DIRTY_BITMAP } = uapi;
export const PAGE = 0x1000n;
export const LARGE = 0x20_0000n;
/** What engines write lies here in memory; everything below 16 MiB belongs to the tests. */
export const DATA = 0x40_0000n;
/** Where an IOAS has it. */
export const IOVA = 0x1_0000_0000n;
/** Rings: where they lie, and where the engines find them. */
export const RING_IOVA = 0x10_0000n;
const RINGS = RING_IOVA;
const TABLES = { start: 0x100_0000n, end: 0x180_0000n };
const FIRST_DEVICE = 2;
const { READABLE, WRITEABLE, FIXED_IOVA } = uapi.IOAS_MAP;
/** Accessed and dirty flags of second-stage tables (§3.7.1). */
const TRACKS = { SSADS: 1, SMPWCS: 1 };

export interface DirtyWorldOptions {
  /** Default 1. */
  readonly engines?: number;
  /** On top of the preset "linux" with second-stage dirty tracking. */
  readonly capabilities?: Readonly<Record<string, number>>;
  /** Another engine, behind a unit of its own with these capabilities. Default: none. */
  readonly other?: Readonly<Record<string, number>>;
  /** Steps that domains leave out. */
  readonly without?: readonly PagingStep[];
}

/** A machine whose dma-engines belong to a program with /dev/iommu, and an IOAS with rings and `pages` of data. */
export async function dirtyWorld(options: DirtyWorldOptions = {}) {
  const { engines = 1, capabilities, other, without } = options;
  const count = engines + (other === undefined ? 0 : 1);
  const places = Array.from({ length: count }, (_, n) => (FIRST_DEVICE + n) << 3);
  const kinds = [capabilities, ...(other === undefined ? [] : [other])];
  const machine = await Machine.create({
    memory: { size: Number(TABLES.end) },
    units: kinds.map((kind, n) => ({
      ...{ preset: "linux", capabilities: { ...TRACKS, ...kind } },
      scope: n === kinds.length - 1 ? "all" : places.slice(0, engines),
    })),
    endpoints: places.map((bdf) => ({ kind: "dma-engine", bdf })),
  });
  const { memory } = machine;
  const iommu = machine.units[0]!;
  const kernel = new Kernel();
  const frames = new FrameAllocator(TABLES);
  const iopf = new Iopf(kernel);
  const units = machine.units.map((window) => {
    const booted = vtd.runAccesses(window, vtd.bootSequence({ memory, frames }));
    return new vtd.VtdUnit(kernel, { window, memory, booted, iopf });
  });
  const { booted } = units[0]!;
  const process = new UserProcess(kernel);
  const ledgers = new Map<number, DirtyLedger>();
  const dirtyLedger = (id: number) => ledgers.get(id);
  const iommufd = new Iommufd(kernel, { iopf, process, dirtyLedger });
  const pages = new TablePages(kernel, { memory, frames });
  const driver = new VtdDriver(pages, { ...(without && { without }) });

  /** Devices answer invalidations in their own time. */
  const clock = new Resource(kernel, "engines");
  const endpoints = machine.bus.topology.endpoints();
  const tick = () => {
    machine.run(1);
  };
  const ready = () => endpoints.some(({ endpoint }) => endpoint.busy);
  const advance = function* (): Routine {
    for (;;) yield* clock.act("advance", tick, { ready });
  };
  kernel.spawn("engines", advance, { daemon: true });

  const run = <T>(code: () => Routine<T>): T => complete(kernel, code);
  function call<T>(code: () => Routine<T | Errno>): T | string {
    const result = run(code);
    return result instanceof Errno ? result.name : result;
  }
  function ok<T>(code: () => Routine<T | Errno>): T {
    const result = run(code);
    if (result instanceof Errno) throw result;
    return result;
  }

  const bind = (sourceId: number, at: number) =>
    ok(function* () {
      const unit = units[at < engines ? 0 : 1]!;
      const name = `engine ${sourceId}`;
      machine.config.write16(sourceId, 4, 6);
      const { config } = machine.endpoint(sourceId);
      const group = new DeviceGroup(kernel, name);
      const device = yield* discover(unit, { name, sourceId, config, group });
      return yield* iommufd.bind(new VtdIommuDevice({ driver, unit, device, group }));
    });
  const idevs = places.map(bind);
  const ioas = ok(() => iommufd.ioasAlloc()).out_ioas_id;
  const map = (iova: bigint, user_va: bigint, length: bigint, { write = true } = {}) => {
    const flags = FIXED_IOVA | READABLE | (write ? WRITEABLE : 0);
    return ok(() => iommufd.ioasMap({ ioas_id: ioas, flags, iova, user_va, length }));
  };
  const unmap = (iova: bigint, length: bigint) =>
    ok(() => iommufd.ioasUnmap({ ioas_id: ioas, iova, length }));
  map(RING_IOVA, RINGS, BigInt(count) * 4n * PAGE);

  const hwpt = (flags: number = HWPT_ALLOC.DIRTY_TRACKING, more: object = {}) =>
    ok(() => iommufd.hwptAlloc({ dev_id: idevs[0]!.id, pt_id: ioas, flags, ...more })).out_hwpt_id;
  const attach = (id: number, { pasid = 0, engine = 0 } = {}) =>
    call(() => iommufd.attach(idevs[engine]!, id, pasid));
  const replace = (id: number, { pasid = 0, engine = 0 } = {}) =>
    call(() => iommufd.replace(idevs[engine]!, id, pasid));
  const detach = ({ pasid = 0, engine = 0 } = {}) => {
    run(() => iommufd.detach(idevs[engine]!, pasid));
  };
  const sourceId = (engine = 0) => places[engine]!;
  /** Queue `number` of an engine, with its ring. */
  const queue = ({ engine = 0, number = 0, pasid = undefined as number | undefined } = {}) => {
    const at = BigInt(4 * engine + number) * PAGE;
    const place = { ring: RINGS + at, ringIova: RING_IOVA + at, queue: number, pasid };
    return new EngineQueue(machine, places[engine]!, place);
  };
  const track = (hwpt_id: number, flags: number = HWPT_SET_DIRTY_TRACKING.ENABLE) =>
    call(() => iommufd.hwptSetDirtyTracking({ hwpt_id, flags }));

  /** Which pages of a range are dirty, from 0 up; or the error. */
  function dirty(
    hwpt_id: number,
    range: { iova?: bigint; length: bigint; pageSize?: bigint; noClear?: boolean },
  ): number[] | string {
    const { iova = IOVA, length, pageSize = PAGE, noClear = false } = range;
    const count = Number((length + pageSize - 1n) / pageSize);
    const buffer = process.memory.map(Math.ceil(count / 8));
    const request = { iova, length, page_size: pageSize, data: buffer.address };
    const flags = noClear ? HWPT_GET_DIRTY_BITMAP.NO_CLEAR : 0;
    const result = call(() => iommufd.hwptGetDirtyBitmap({ hwpt_id, flags, ...request }));
    if (result !== 0) return String(result);
    return Array.from({ length: count }, (_, page) => page).filter(
      (page) => (buffer.bytes[page >> 3]! & (1 << (page & 7))) !== 0,
    );
  }

  /** The PASID table entry of an engine. */
  const entry = ({ pasid = 0, engine = 0 } = {}) =>
    booted.tables.pasidEntry(places[engine]!, pasid);
  /** The entries that translate an address from a table at `pointer`, from the top down to the leaf. */
  function walk(pointer: bigint, iova: bigint, levels = 4): bigint[] {
    const entries: bigint[] = [];
    let table = pointer;
    for (let level = levels; level > 0; level--) {
      const index = (iova >> BigInt(12 + 9 * (level - 1))) & 0x1ffn;
      const found = memory.read64(table + 8n * index)!;
      entries.push(found);
      if ((found & (1n << 7n)) !== 0n || (found & 3n) === 0n) break;
      table = found & 0xf_ffff_ffff_f000n;
    }
    return entries;
  }

  /** The leaf of an address in the second stage of engine 0. */
  const leaf = (iova: bigint) => walk(entry().get("SSPTPTR"), iova).at(-1);

  return {
    ...{ unmap, replace, detach, sourceId, leaf, run },
    ...{
      ledgers,
      machine,
      memory,
      iommu,
      kernel,
      units,
      iommufd,
      process,
      driver,
      frames,
      idevs,
      ioas,
    },
    ...{ ok, call, map, hwpt, attach, queue, track, dirty, entry, walk },
  };
}

export type DirtyWorld = Awaited<ReturnType<typeof dirtyWorld>>;
