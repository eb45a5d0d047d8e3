import { uapi, vfioUapi, VFIO, IOMMU } from "../../../host/driver/index.js";
import type { Struct, StructField, StructValues } from "../../../host/driver/index.js";
import {
  FOR_PASIDS,
  isError,
  NEST_PARENT,
  type Call,
  type Commanded,
  type System,
} from "./system.js";

type Program = <Step>(system: System<Step>) => Call<Step, void>;

const LAST = (1n << 64n) - 1n;
const PAGE = 0x1000n;
const DEVICE = 1;
const INTERRUPTS = 0xfee0_0000n;
const { FIXED_IOVA, READABLE, WRITEABLE } = uapi.IOAS_MAP;
const BOTH = READABLE | WRITEABLE;

/** A command with the fields that are not 0; the size is right unless it is given. */
function make<F extends Record<string, StructField>>(
  number: number,
  struct: Struct<F>,
  pointerAt?: number,
) {
  return function* <Step>(
    system: System<Step>,
    values: Partial<StructValues<F>>,
    data?: Uint8Array,
  ): Call<Step, Commanded> {
    const isSized = struct.fields["size"]?.[0] === 0;
    const sized = isSized ? { size: struct.bytes, ...values } : values;
    const whole = struct.encode(sized);
    const { size } = sized as { size?: number | bigint };
    const structure = isSized ? resized(whole, Number(size)) : whole;
    const pointer = data === undefined ? undefined : { at: pointerAt!, data };
    return yield* system.command({ number, structure, ...(pointer && { pointer }) });
  };
}

function resized(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(Math.max(size, 4));
  result.set(bytes.subarray(0, result.length));
  return result;
}

const getHwInfo = make(IOMMU.GET_HW_INFO, uapi.iommuHwInfo, 16);
const iovaRanges = make(IOMMU.IOAS_IOVA_RANGES, uapi.iommuIoasIovaRanges, 16);
const allowIovas = make(IOMMU.IOAS_ALLOW_IOVAS, uapi.iommuIoasAllowIovas, 16);
const copy = make(IOMMU.IOAS_COPY, uapi.iommuIoasCopy);
const map = make(IOMMU.IOAS_MAP, uapi.iommuIoasMap, 16);
const mapFile = make(IOMMU.IOAS_MAP_FILE, uapi.iommuIoasMapFile);
const unmap = make(IOMMU.IOAS_UNMAP, uapi.iommuIoasUnmap);
const changeProcess = make(IOMMU.IOAS_CHANGE_PROCESS, uapi.iommuIoasChangeProcess);
const option = make(IOMMU.OPTION, uapi.iommuOption);
const vfioIoas = make(IOMMU.VFIO_IOAS, uapi.iommuVfioIoas);
const viommuAlloc = make(IOMMU.VIOMMU_ALLOC, uapi.iommuViommuAlloc);
const vdeviceAlloc = make(IOMMU.VDEVICE_ALLOC, uapi.iommuVdeviceAlloc);
const veventqAlloc = make(IOMMU.VEVENTQ_ALLOC, uapi.iommuVeventqAlloc);
const hwQueueAlloc = make(IOMMU.HW_QUEUE_ALLOC, uapi.iommuHwQueueAlloc);

function id(result: number | string): number {
  if (isError(result)) throw new Error(`a call failed with ${result}`);
  return result as number;
}

function ranges(...pairs: readonly (readonly [start: bigint, last: bigint])[]): Uint8Array {
  return Uint8Array.from(
    pairs.flatMap(([start, last]) => [...uapi.iommuIovaRange.encode({ start, last })]),
  );
}

function* hardware<Step>(system: System<Step>): Call<Step, void> {
  for (const length of [24, 0, 8, 5, 40]) {
    yield* getHwInfo(system, { dev_id: DEVICE, data_len: length }, new Uint8Array(48).fill(0xaa));
  }
  for (const type of [1, 0, 2, 0xffff_ffff]) {
    const fields = { flags: 1, dev_id: DEVICE, data_len: 24, data_type: type };
    yield* getHwInfo(system, fields, new Uint8Array(24));
  }
  // Without the flag the type is not looked at.
  yield* getHwInfo(system, { dev_id: DEVICE, data_type: 2 });
  yield* getHwInfo(system, { dev_id: DEVICE, flags: 2 });
  yield* getHwInfo(system, { dev_id: DEVICE, reserved1: 1 });
  yield* getHwInfo(system, { dev_id: 99 });
  yield* getHwInfo(system, { dev_id: DEVICE, data_len: 24 });
  for (const size of [31, 32, 40, 48]) yield* getHwInfo(system, { dev_id: DEVICE, size });
}

/** What a fresh address space allows, and what a domain and a device leave of it. */
function* addresses<Step>(system: System<Step>): Call<Step, void> {
  const parent = id(yield* system.ioas());
  const room = new Uint8Array(64);
  const look = () => iovaRanges(system, { ioas_id: parent, num_iovas: 4 }, room);
  yield* look();
  yield* iovaRanges(system, { ioas_id: parent, num_iovas: 0 }, room);
  yield* iovaRanges(system, { ioas_id: parent, num_iovas: 1 });
  yield* iovaRanges(system, { ioas_id: DEVICE, num_iovas: 4 }, room);
  yield* iovaRanges(system, { ioas_id: parent, num_iovas: 4, reserved: 1 }, room);
  const table = id(yield* system.hwpt({ parent }));
  yield* look();
  const second = id(yield* system.hwpt({ parent, flags: NEST_PARENT }));
  yield* look();
  yield* system.attach(table);
  yield* look();
  yield* iovaRanges(system, { ioas_id: parent, num_iovas: 1 }, room);
  yield* system.map(parent, INTERRUPTS, 1);
  yield* system.map(parent, INTERRUPTS - PAGE, 2);
  yield* system.map(parent, INTERRUPTS - PAGE, 1);
  yield* system.attach(second);
  yield* look();
  yield* system.detach();
  yield* look();
  yield* system.map(parent, INTERRUPTS, 1);
  yield* system.attach(table);
  yield* look();
  for (const object of [table, second]) yield* system.destroy(object);
  yield* look();
  yield* system.hwpt({ parent });
  yield* unmap(system, { ioas_id: parent, iova: 0n, length: LAST });
  yield* system.destroy(parent + 1);
  yield* system.destroy(parent);
}

/** A replacement that fails, within one address space. */
function* failedReplace<Step>(system: System<Step>): Call<Step, void> {
  const parent = id(yield* system.ioas());
  const flags = FOR_PASIDS;
  const table = id(yield* system.hwpt({ parent, flags }));
  const without = id(yield* system.hwpt({ parent }));
  const room = new Uint8Array(48);
  yield* system.attach(table);
  yield* system.attach(table, 5);
  yield* iovaRanges(system, { ioas_id: parent, num_iovas: 3 }, room);
  yield* system.attach(without);
  yield* iovaRanges(system, { ioas_id: parent, num_iovas: 3 }, room);
  yield* system.detach(5);
  yield* system.detach();
  for (const object of [table, without, parent]) yield* system.destroy(object);
}

/** What a program wants to keep, and where places are looked for. */
function* allowed<Step>(system: System<Step>): Call<Step, void> {
  const parent = id(yield* system.ioas());
  const allow = (...pairs: readonly (readonly [start: bigint, last: bigint])[]) =>
    allowIovas(system, { ioas_id: parent, num_iovas: pairs.length }, ranges(...pairs));
  const place = (length: bigint, offset = 0n) =>
    map(system, { flags: BOTH, ioas_id: parent, length: length - offset }, new Uint8Array(8));
  yield* place(PAGE);
  yield* place(PAGE);
  yield* place(4n * PAGE);
  yield* unmap(system, { ioas_id: parent, iova: 0x1000n, length: PAGE });
  yield* place(PAGE);
  yield* allowIovas(system, { ioas_id: parent, num_iovas: 1 });
  yield* allowIovas(system, { ioas_id: parent, num_iovas: 1, reserved: 1 });
  yield* allowIovas(system, { ioas_id: 99, num_iovas: 0 });
  yield* allow([PAGE, PAGE]);
  yield* allow([2n * PAGE, PAGE]);
  yield* allow([0n, 8n * PAGE], [4n * PAGE, 9n * PAGE]);
  yield* allow([0x10_0000n, 0x10_2fffn], [0x20_0000n, 0x20_ffffn]);
  yield* place(2n * PAGE);
  yield* place(2n * PAGE);
  yield* place(16n * PAGE);
  yield* place(PAGE);
  // Also where nothing is wanted a program may map by itself.
  yield* system.map(parent, 0x40_0000n, 1);
  yield* allow([INTERRUPTS, INTERRUPTS + PAGE]);
  const table = id(yield* system.hwpt({ parent }));
  yield* system.attach(table);
  yield* allow([0x10_0000n, INTERRUPTS - 1n]);
  yield* system.attach(table);
  yield* allow([INTERRUPTS - PAGE, INTERRUPTS]);
  yield* allow([LAST - PAGE, LAST]);
  yield* allow();
  yield* place(PAGE);
  yield* system.detach();
  yield* system.destroy(table);
  yield* allow([LAST - PAGE, LAST]);
  yield* system.hwpt({ parent });
  yield* system.destroy(parent);
}

function* copies<Step>(system: System<Step>): Call<Step, void> {
  const from = id(yield* system.ioas());
  const to = id(yield* system.ioas());
  yield* system.map(from, 0x10_0000n, 4);
  yield* system.map(from, 0x10_4000n, 2);
  const base = { dst_ioas_id: to, src_ioas_id: from, src_iova: 0x10_0000n, length: PAGE };
  const fixed = (dst_iova: bigint) => ({ ...base, flags: BOTH | FIXED_IOVA, dst_iova });
  yield* copy(system, { ...base, flags: BOTH });
  yield* copy(system, { ...base, flags: BOTH, length: 6n * PAGE });
  yield* copy(system, fixed(0x50_0000n));
  yield* copy(system, fixed(0x50_0000n));
  yield* copy(system, { ...fixed(0x60_0000n), src_iova: 0x10_3000n, length: 2n * PAGE });
  yield* copy(system, { ...fixed(0x70_0000n), src_iova: 0x10_5000n, length: 2n * PAGE });
  yield* copy(system, { ...fixed(0x70_0000n), src_iova: 0x20_0000n });
  yield* copy(system, { ...fixed(0x70_0000n), length: 0n });
  yield* copy(system, { ...fixed(0x70_0000n), length: LAST });
  yield* copy(system, { ...fixed(0x70_0000n), length: LAST - 1n });
  yield* copy(system, { ...fixed(LAST) });
  yield* copy(system, { ...base, flags: FIXED_IOVA });
  yield* copy(system, { ...base, flags: 8 | BOTH });
  yield* copy(system, { ...fixed(0x70_0000n), dst_ioas_id: 99 });
  yield* copy(system, { ...fixed(0x70_0000n), src_ioas_id: 99 });
  // Once more in the same one; what was mapped for reading is not copied for writing.
  yield* copy(system, { ...fixed(0x70_0000n), dst_ioas_id: from });
  const reading = { flags: READABLE | FIXED_IOVA, ioas_id: from, length: PAGE, iova: 0x80_0000n };
  yield* map(system, reading, new Uint8Array(8));
  yield* copy(system, { ...fixed(0x90_0000n), src_iova: 0x80_0000n });
  yield* copy(system, { ...fixed(0x90_0000n), src_iova: 0x80_0000n, flags: READABLE | FIXED_IOVA });
  // The copy stays when its source goes.
  yield* system.unmap(from, 0x10_0000n, 4);
  yield* system.unmap(to, 0x50_0000n, 1);
  yield* system.unmap(to, 0x60_0000n, 1);
  yield* system.unmap(to, 0x60_0000n, 2);
  yield* system.destroy(from);
  yield* system.destroy(to);
}

/** Arguments of mapping and unmapping that are looked at one after the other. */
function* mappings<Step>(system: System<Step>): Call<Step, void> {
  const parent = id(yield* system.ioas());
  const data = new Uint8Array(8);
  const fixed = { flags: BOTH | FIXED_IOVA, ioas_id: parent, length: PAGE, iova: 0x10_0000n };
  yield* map(system, { ...fixed, length: 0n }, data);
  yield* map(system, { ...fixed, length: LAST }, data);
  yield* map(system, { ...fixed, length: LAST, ioas_id: 99, flags: 1 }, data);
  yield* map(system, { ...fixed, flags: FIXED_IOVA, ioas_id: 99 }, data);
  yield* map(system, { ...fixed, length: 0n, ioas_id: 99 }, data);
  yield* map(system, { ...fixed, length: LAST - 1n }, data);
  yield* map(system, { ...fixed, iova: LAST - PAGE, length: 2n * PAGE }, data);
  yield* map(system, { ...fixed, iova: 0x10_0001n, length: 7n }, data);
  yield* map(system, { ...fixed, iova: 0x10_0004n, length: 7n }, data);
  yield* system.hwpt({ parent });
  yield* unmap(system, { ioas_id: parent, iova: 0x10_0001n, length: 3n });
  yield* unmap(system, { ioas_id: parent, iova: 0x10_0001n, length: 7n });
  const table = id(yield* system.hwpt({ parent }));
  yield* map(system, { ...fixed, iova: 0x10_0001n }, data);
  yield* map(system, { ...fixed, length: 7n }, data);
  yield* map(system, { ...fixed, user_va: 1n });
  // Nothing is there that could be pinned.
  yield* map(system, { ...fixed, user_va: 0x1000n });
  for (const page of [0n, 1n, 2n]) yield* system.map(parent, 0x20_0000n + 2n * page * PAGE, 2);
  yield* unmap(system, { ioas_id: 99, iova: 0n, length: 0n });
  yield* unmap(system, { ioas_id: parent, iova: 0n, length: 0n });
  yield* unmap(system, { ioas_id: parent, iova: LAST, length: PAGE });
  yield* unmap(system, { ioas_id: parent, iova: LAST - 1n, length: PAGE });
  yield* unmap(system, { ioas_id: parent, iova: 0x30_0000n, length: PAGE });
  // What lies ahead of the cut is gone.
  yield* unmap(system, { ioas_id: parent, iova: 0x20_0000n, length: 5n * PAGE });
  yield* unmap(system, { ioas_id: parent, iova: 0x20_0000n, length: 4n * PAGE });
  yield* unmap(system, { ioas_id: parent, iova: 0n, length: LAST });
  yield* unmap(system, { ioas_id: parent, iova: 0n, length: LAST });
  yield* mapFile(system, { flags: BOTH, ioas_id: parent, fd: 99, length: PAGE });
  yield* mapFile(system, { flags: BOTH, ioas_id: parent, fd: 99 });
  yield* mapFile(system, { flags: 0, ioas_id: parent, fd: 99, length: PAGE });
  yield* system.destroy(table);
  yield* system.destroy(parent);
}

function* options<Step>(system: System<Step>): Call<Step, void> {
  const parent = id(yield* system.ioas());
  const huge = { option_id: uapi.OPTION.HUGE_PAGES, object_id: parent };
  const { SET, GET } = uapi.OPTION_OP;
  const room = new Uint8Array(32);
  yield* option(system, { option_id: uapi.OPTION.RLIMIT_MODE, op: GET, val64: 7n });
  yield* option(system, { option_id: uapi.OPTION.RLIMIT_MODE, op: SET, val64: 1n });
  yield* option(system, { option_id: uapi.OPTION.RLIMIT_MODE, op: GET, object_id: parent });
  yield* option(system, { option_id: uapi.OPTION.RLIMIT_MODE, op: 2 });
  yield* option(system, { option_id: 7, op: GET });
  yield* option(system, { ...huge, op: GET, reserved: 1 });
  yield* option(system, { ...huge, op: GET, object_id: DEVICE });
  yield* option(system, { ...huge, op: GET });
  yield* option(system, { ...huge, op: SET, val64: 2n });
  yield* option(system, { ...huge, op: 2 });
  yield* option(system, { ...huge, op: SET, val64: 0n });
  yield* option(system, { ...huge, op: GET });
  yield* iovaRanges(system, { ioas_id: parent, num_iovas: 2 }, room);
  yield* option(system, { ...huge, op: SET, val64: 1n });
  yield* iovaRanges(system, { ioas_id: parent, num_iovas: 2 }, room);
  const odd = { flags: BOTH | FIXED_IOVA, ioas_id: parent, length: 7n, iova: 0x10_0000n };
  yield* map(system, odd, new Uint8Array(8));
  yield* option(system, { ...huge, op: SET, val64: 0n });
  yield* changeProcess(system, {});
  yield* changeProcess(system, { reserved: 1 });
  yield* unmap(system, { ioas_id: parent, iova: 0x10_0000n, length: 7n });
  yield* changeProcess(system, {});
  const table = id(yield* system.hwpt({ parent }));
  yield* system.map(parent, 0x10_0000n, 1);
  yield* option(system, { ...huge, op: SET, val64: 0n });
  yield* system.unmap(parent, 0x10_0000n, 1);
  yield* option(system, { ...huge, op: SET, val64: 0n });
  yield* system.map(parent, 0x20_0000n, 4);
  yield* system.unmap(parent, 0x20_0000n, 4);
  yield* system.destroy(table);
  yield* system.destroy(parent);
}

/** A unit of Intel has neither vIOMMUs nor queues. */
function* virtualUnits<Step>(system: System<Step>): Call<Step, void> {
  const parent = id(yield* system.ioas());
  const nest = id(yield* system.hwpt({ parent, flags: NEST_PARENT }));
  for (const type of [0, 1, 2, 0xdead_beef]) {
    yield* viommuAlloc(system, { type, dev_id: DEVICE, hwpt_id: nest });
  }
  yield* viommuAlloc(system, { type: 1, dev_id: DEVICE, hwpt_id: 99 });
  yield* viommuAlloc(system, { type: 1, dev_id: 99, hwpt_id: nest });
  yield* viommuAlloc(system, { type: 1, dev_id: DEVICE, hwpt_id: nest, flags: 1 });
  yield* vdeviceAlloc(system, { viommu_id: nest, dev_id: DEVICE, virt_id: 5n });
  yield* vdeviceAlloc(system, { viommu_id: 99, dev_id: DEVICE, virt_id: 5n });
  yield* veventqAlloc(system, { viommu_id: 99, type: 1, depth: 2 });
  yield* veventqAlloc(system, { viommu_id: 99, type: 1 });
  yield* veventqAlloc(system, { viommu_id: 99, depth: 2 });
  const queue = { viommu_id: nest, type: 1, length: PAGE };
  yield* hwQueueAlloc(system, queue);
  yield* hwQueueAlloc(system, { ...queue, viommu_id: 99 });
  yield* hwQueueAlloc(system, { ...queue, type: 0 });
  yield* hwQueueAlloc(system, { ...queue, flags: 1 });
  yield* hwQueueAlloc(system, { ...queue, length: 0n });
  yield* hwQueueAlloc(system, { ...queue, nesting_parent_iova: LAST });
  yield* hwQueueAlloc(system, { ...queue, size: 39 });
  yield* system.destroy(nest);
  yield* system.destroy(parent);
}

/** Commands of a VFIO container. */
function* vfioCommands<Step>(system: System<Step>): Call<Step, void> {
  const parent = id(yield* system.ioas());
  const { GET, SET, CLEAR } = uapi.VFIO_IOAS_OP;
  const dma = make(VFIO.IOMMU_MAP_DMA, vfioUapi.vfioDmaMap, 8);
  const undo = make(VFIO.IOMMU_UNMAP_DMA, vfioUapi.vfioDmaUnmap);
  const data = new Uint8Array(8);
  const info = function* (argsz: number, length = argsz): Call<Step, void> {
    const structure = new Uint8Array(Math.max(length, 4)).fill(0xaa);
    new DataView(structure.buffer).setUint32(0, argsz, true);
    yield* system.command({ number: VFIO.IOMMU_GET_INFO, structure });
  };
  const [minsz, gone] = [32, 24];
  yield* system.command({ number: VFIO.GET_API_VERSION });
  yield* system.command({ number: VFIO.CHECK_EXTENSION });
  yield* system.command({ number: VFIO.SET_IOMMU });
  yield* system.command({ number: 0x3b75 });
  yield* system.command({ number: 0x3b95 });
  yield* system.command({ number: 0x3a80 });
  yield* vfioIoas(system, { op: GET });
  yield* info(24);
  yield* vfioIoas(system, { op: SET, ioas_id: 99 });
  yield* vfioIoas(system, { op: SET, ioas_id: parent, reserved: 1 });
  yield* vfioIoas(system, { op: 3 });
  yield* vfioIoas(system, { op: SET, ioas_id: parent });
  yield* vfioIoas(system, { op: GET });
  yield* info(15, 16);
  for (const argsz of [16, 24, 36, 40, 56, 60, 72, 80]) yield* info(argsz);
  const table = id(yield* system.hwpt({ parent }));
  yield* system.attach(table);
  for (const argsz of [24, 72, 88, 96]) yield* info(argsz);
  const page = { flags: 3, iova: 0x10_0000n, size: PAGE };
  yield* dma(system, { argsz: minsz, ...page }, data);
  yield* dma(system, { argsz: minsz, ...page }, data);
  yield* dma(system, { argsz: 31, ...page }, data);
  yield* dma(system, { argsz: minsz, ...page, flags: 4 }, data);
  yield* dma(system, { argsz: minsz, ...page, iova: INTERRUPTS }, data);
  yield* system.map(parent, 0x30_0000n, 2);
  yield* undo(system, { argsz: gone, iova: 0x30_0000n, size: PAGE });
  yield* undo(system, { argsz: gone, iova: 0x40_0000n, size: PAGE });
  yield* undo(system, { argsz: gone, iova: 0x10_0000n, size: 0n });
  yield* undo(system, { argsz: gone, iova: 0x10_0000n, size: PAGE, flags: 1 });
  yield* undo(system, { argsz: gone, iova: 0x10_0000n, size: PAGE });
  yield* undo(system, { argsz: gone, iova: 0x10_0000n, flags: 2 });
  yield* undo(system, { argsz: gone, flags: 2 });
  yield* undo(system, { argsz: 23, flags: 2 });
  yield* vfioIoas(system, { op: CLEAR });
  yield* undo(system, { argsz: gone, flags: 2 });
  yield* vfioIoas(system, { op: SET, ioas_id: parent });
  yield* system.detach();
  yield* system.destroy(table);
  yield* system.destroy(parent);
  yield* vfioIoas(system, { op: GET });
}

export const commandPrograms: readonly (readonly [title: string, program: Program])[] = [
  ["hardware information", hardware],
  ["addresses", addresses],
  ["a replacement that fails", failedReplace],
  ["allowed addresses", allowed],
  ["copies", copies],
  ["mappings", mappings],
  ["options", options],
  ["virtual units", virtualUnits],
  ["commands of VFIO", vfioCommands],
];
