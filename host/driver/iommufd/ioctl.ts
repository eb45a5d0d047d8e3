import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { hwptGetDirtyBitmap, hwptSetDirtyTracking } from "./dirty.js";
import { faultQueueAlloc } from "./fault-queue-alloc.js";
import { ioasChangeProcess } from "./change-process.js";
import { getHwInfo } from "./hw-info.js";
import { hwQueueAlloc } from "./hw-queue.js";
import { hwptAlloc } from "./hwpt.js";
import { hwptInvalidate } from "./invalidate.js";
import { ioasCopy } from "./ioas-copy.js";
import { ioasAlloc, ioasMap, ioasUnmap } from "./ioas.js";
import { ioasAllowIovas, ioasIovaRanges } from "./iova-ranges.js";
import { ioasMapFile } from "./map-file.js";
import { option } from "./option.js";
import type { Struct, StructField, StructValues } from "./struct.js";
import {
  IOMMUFD_TYPE,
  iommuDestroy,
  iommuFaultAlloc,
  iommuHwInfo,
  iommuHwptAlloc,
  iommuHwptGetDirtyBitmap,
  iommuHwptInvalidate,
  iommuHwptSetDirtyTracking,
  iommuHwQueueAlloc,
  iommuIoasAlloc,
  iommuIoasAllowIovas,
  iommuIoasChangeProcess,
  iommuIoasCopy,
  iommuIoasIovaRanges,
  iommuIoasMap,
  iommuIoasMapFile,
  iommuIoasUnmap,
  iommuOption,
  iommuVdeviceAlloc,
  iommuVeventqAlloc,
  iommuVfioIoas,
  iommuViommuAlloc,
} from "./uapi.js";
import { userData } from "./user-data.js";
import { veventqAlloc } from "./veventq.js";
import { vfioIoctl } from "./vfio-compat.js";
import { vfioIoas } from "./vfio-ioas.js";
import { vdeviceAlloc, viommuAlloc } from "./viommu.js";

/** Numbers of the kernel's own commands; others may be VFIO's. */
const [FIRST, LAST] = [0x80, 0x94];

/** The number of a command as ioctl(2) takes it: _IO(';', number). */
export const commandOf = (number: number): number => (IOMMUFD_TYPE << 8) | number;

/** Commands by name, as ioctl(2) takes them. */
export const IOMMU = {
  DESTROY: commandOf(0x80),
  IOAS_ALLOC: commandOf(0x81),
  IOAS_ALLOW_IOVAS: commandOf(0x82),
  IOAS_COPY: commandOf(0x83),
  IOAS_IOVA_RANGES: commandOf(0x84),
  IOAS_MAP: commandOf(0x85),
  IOAS_UNMAP: commandOf(0x86),
  OPTION: commandOf(0x87),
  VFIO_IOAS: commandOf(0x88),
  HWPT_ALLOC: commandOf(0x89),
  GET_HW_INFO: commandOf(0x8a),
  HWPT_SET_DIRTY_TRACKING: commandOf(0x8b),
  HWPT_GET_DIRTY_BITMAP: commandOf(0x8c),
  HWPT_INVALIDATE: commandOf(0x8d),
  FAULT_QUEUE_ALLOC: commandOf(0x8e),
  IOAS_MAP_FILE: commandOf(0x8f),
  VIOMMU_ALLOC: commandOf(0x90),
  VDEVICE_ALLOC: commandOf(0x91),
  IOAS_CHANGE_PROCESS: commandOf(0x92),
  VEVENTQ_ALLOC: commandOf(0x93),
  HW_QUEUE_ALLOC: commandOf(0x94),
} as const;

type Fields = Record<string, StructField>;

/** Writes the structure back with these fields changed. */
type Answer<F extends Fields> = (changes: Partial<StructValues<F>>) => Routine<0 | Errno>;

interface Command {
  readonly bytes: number;
  /** Bytes that user space must give at least. */
  readonly least: number;
  run(call: Call): Routine<0 | Errno>;
}

interface Call {
  readonly context: Context;
  readonly destroy: (id: number) => Routine<0 | Errno>;
  readonly bytes: Uint8Array;
  /** Copies to the beginning of the structure, as many bytes as user space has given. */
  readonly write: (bytes: Uint8Array) => Routine<0 | Errno>;
  /** Copies to a place in it, whatever user space has given. */
  readonly writeAt: (offset: number, bytes: Uint8Array) => Routine<0 | Errno>;
}

function command<F extends Fields>(
  struct: Struct<F>,
  least: number,
  run: (call: Call, values: StructValues<F>, answer: Answer<F>) => Routine<unknown>,
): Command {
  return {
    bytes: struct.bytes,
    least,
    *run(call) {
      const values = struct.decode(call.bytes);
      const result = yield* run(call, values, (changes) =>
        call.write(struct.encode({ ...values, ...changes })),
      );
      return result instanceof Errno ? result : 0;
    },
  };
}

const commands: Readonly<Record<number, Command>> = {
  [IOMMU.DESTROY]: command(iommuDestroy, 8, ({ destroy }, { id }) => destroy(id)),
  [IOMMU.IOAS_ALLOC]: command(iommuIoasAlloc, 12, ({ context }, values, answer) =>
    ioasAlloc(context, values, answer),
  ),
  [IOMMU.IOAS_MAP]: command(iommuIoasMap, 40, function* ({ context }, values, answer) {
    const result = yield* ioasMap(context, values);
    return result instanceof Errno ? result : yield* answer(result);
  }),
  [IOMMU.IOAS_UNMAP]: command(iommuIoasUnmap, 24, function* ({ context }, values, answer) {
    const result = yield* ioasUnmap(context, values);
    return result instanceof Errno ? result : yield* answer(result);
  }),
  [IOMMU.IOAS_COPY]: command(iommuIoasCopy, 40, function* ({ context }, values, answer) {
    const result = yield* ioasCopy(context, values);
    return result instanceof Errno ? result : yield* answer(result);
  }),
  [IOMMU.IOAS_MAP_FILE]: command(iommuIoasMapFile, 40, function* ({ context }, values, answer) {
    const result = yield* ioasMapFile(context, values);
    return result instanceof Errno ? result : yield* answer(result);
  }),
  [IOMMU.IOAS_IOVA_RANGES]: command(iommuIoasIovaRanges, 32, ({ context }, values, answer) =>
    ioasIovaRanges(context, values, answer),
  ),
  [IOMMU.IOAS_ALLOW_IOVAS]: command(iommuIoasAllowIovas, 24, ({ context }, values) =>
    ioasAllowIovas(context, values),
  ),
  [IOMMU.IOAS_CHANGE_PROCESS]: command(iommuIoasChangeProcess, 8, ({ context }, values) =>
    ioasChangeProcess(context, values),
  ),
  [IOMMU.OPTION]: command(iommuOption, 24, ({ context, writeAt }, values) =>
    option(context, values, ({ val64 }) =>
      writeAt(iommuOption.fields.val64[0], new Uint8Array(BigUint64Array.of(val64).buffer)),
    ),
  ),
  [IOMMU.VFIO_IOAS]: command(iommuVfioIoas, 12, ({ context }, values, answer) =>
    vfioIoas(context, values, answer),
  ),
  [IOMMU.GET_HW_INFO]: command(iommuHwInfo, 32, ({ context }, values, answer) => {
    const { reserved0, reserved1, reserved2, data_type } = values;
    const reserved = reserved0 | reserved1 | reserved2;
    return getHwInfo(context, { ...values, in_data_type: data_type, reserved }, (info) => {
      const { out_data_type, data_len, out_max_pasid_log2, out_capabilities } = info;
      return answer({ data_type: out_data_type, data_len, out_max_pasid_log2, out_capabilities });
    });
  }),
  [IOMMU.HW_QUEUE_ALLOC]: command(iommuHwQueueAlloc, 40, ({ context }, values, answer) =>
    hwQueueAlloc(context, values, answer),
  ),
  [IOMMU.HWPT_ALLOC]: command(iommuHwptAlloc, 24, ({ context }, values, answer) =>
    hwptAlloc(context, values, answer),
  ),
  [IOMMU.HWPT_SET_DIRTY_TRACKING]: command(iommuHwptSetDirtyTracking, 16, ({ context }, values) =>
    hwptSetDirtyTracking(context, values),
  ),
  [IOMMU.HWPT_GET_DIRTY_BITMAP]: command(iommuHwptGetDirtyBitmap, 48, ({ context }, values) =>
    hwptGetDirtyBitmap(context, values),
  ),
  [IOMMU.HWPT_INVALIDATE]: command(iommuHwptInvalidate, 32, function* (call, values, answer) {
    const { entry_num, error } = yield* hwptInvalidate(call.context, values);
    const told = yield* answer({ entry_num });
    return told === 0 ? error : told;
  }),
  [IOMMU.FAULT_QUEUE_ALLOC]: command(iommuFaultAlloc, 16, ({ context }, values, answer) =>
    faultQueueAlloc(context, values, answer),
  ),
  [IOMMU.VIOMMU_ALLOC]: command(iommuViommuAlloc, 24, ({ context }, values, answer) =>
    viommuAlloc(context, values, answer),
  ),
  [IOMMU.VDEVICE_ALLOC]: command(iommuVdeviceAlloc, 24, ({ context }, values, answer) =>
    vdeviceAlloc(context, values, answer),
  ),
  [IOMMU.VEVENTQ_ALLOC]: command(iommuVeventqAlloc, 32, ({ context }, values, answer) =>
    veventqAlloc(context, values, answer),
  ),
};

/**
 * ioctl(2) on /dev/iommu: the structure lies at `address`, and begins with its size as user space knows it; commands of VFIO's
 * containers are as VFIO has them. ENOTTY: no such command; EFAULT; EINVAL: the size is too small; E2BIG: something is set behind what the kernel knows.
 */
export function* ioctl(
  context: Context,
  destroy: (id: number) => Routine<0 | Errno>,
  { number, address }: { readonly number: number; readonly address: bigint },
): Routine<number | Errno> {
  const { memory } = context.process;
  const place = number & 0xff;
  if (place < FIRST || place > LAST) return yield* vfioIoctl(context, number, address);
  const first = yield* memory.copyIn(address, 4);
  if (first instanceof Errno) return first;
  const found = commands[number];
  if (found === undefined) return new Errno("ENOTTY", `0x${number.toString(16)} is no command`);
  const size = new DataView(first.buffer).getUint32(0, true);
  if (size < found.least) {
    return new Errno("EINVAL", `the structure has ${size} bytes: expected ${found.least}`);
  }
  if (size > MOST_BYTES) return new Errno("E2BIG", `the structure has ${size} bytes`);
  const bytes = yield* userData(memory, { type: 0, length: size, address }).copy(found.bytes, 0);
  if (bytes instanceof Errno) return bytes;
  const write = (changed: Uint8Array) =>
    memory.copyOut(address, changed.subarray(0, Math.min(size, found.bytes)));
  const writeAt = (offset: number, changed: Uint8Array) =>
    memory.copyOut(address + BigInt(offset), changed);
  return yield* found.run({ context, destroy, bytes, write, writeAt });
}

/** What a kernel takes at once: a page. */
const MOST_BYTES = 4096;
