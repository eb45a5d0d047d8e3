import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { BoundDevice } from "./device.js";
import type { DeviceCapabilities } from "./port.js";
import { accept, type Respond } from "./respond.js";
import { HW_CAP, HW_INFO_FLAG, HW_INFO_TYPE } from "./uapi.js";

export interface HwInfoOptions {
  /** Of `HW_INFO_FLAG`. */
  readonly flags?: number;
  readonly dev_id: number;
  /** Bytes that there is room for at `data_uptr`; what the kernel does not fill is zeroed. */
  readonly data_len?: number;
  readonly data_uptr?: bigint;
  /** With INPUT_TYPE: the type that is asked for, of `HW_INFO_TYPE` or of the driver. */
  readonly in_data_type?: number;
  readonly reserved?: number;
}

export interface HwInfo {
  /** Bytes that the driver has, whether or not there was room for them. */
  readonly data_len: number;
  readonly out_data_type: number;
  /** Bits of a PASID; 0: none. */
  readonly out_max_pasid_log2: number;
  /** Of `HW_CAP`. */
  readonly out_capabilities: bigint;
}

/** IOMMU_GET_HW_INFO. EOPNOTSUPP: flags, or a type that the driver has not; ENOENT; EFAULT. */
export function* getHwInfo(
  context: Context,
  options: HwInfoOptions,
  respond: Respond<HwInfo> = accept,
): Routine<HwInfo | Errno> {
  const { flags = 0, dev_id, in_data_type = 0, reserved = 0 } = options;
  if ((flags & ~HW_INFO_FLAG.INPUT_TYPE) !== 0 || reserved !== 0) {
    return new Errno("EOPNOTSUPP", `flags are ${flags}, reserved is ${reserved}`);
  }
  const { objects } = context;
  const idev = yield* objects.get<BoundDevice>(dev_id, "device");
  if (idev instanceof Errno) return idev;
  const wanted = (flags & HW_INFO_FLAG.INPUT_TYPE) === 0 ? HW_INFO_TYPE.DEFAULT : in_data_type;
  const result = yield* describeDevice(context, idev, { ...options, in_data_type: wanted });
  const told = result instanceof Errno ? result : yield* respond(result);
  yield* objects.put(idev);
  return told === 0 ? result : told;
}

function* describeDevice(
  { kernel, process }: Context,
  { device }: BoundDevice,
  { in_data_type = 0, data_len = 0, data_uptr = 0n }: HwInfoOptions,
): Routine<HwInfo | Errno> {
  const { NONE } = HW_INFO_TYPE;
  const info = device.hwInfo?.(in_data_type) ?? { type: NONE, data: new Uint8Array() };
  if (info instanceof Errno) return info;
  const { type, data } = info;
  const memory = type === NONE ? undefined : yield* kernel.heap.allocate("iommu_hw_info", { data });
  if (type !== NONE && memory === undefined) return new Errno("ENOMEM", "no memory for the answer");
  const known = data.subarray(0, data_len);
  const copied = yield* process.memory.copyOut(data_uptr, known);
  const rest = BigInt(known.length);
  const cleared =
    copied === 0 && data_len > known.length
      ? yield* process.memory.copyOut(data_uptr + rest, new Uint8Array(data_len - known.length))
      : copied;
  if (memory !== undefined) yield* kernel.heap.free(memory);
  if (cleared !== 0) return cleared;
  const { capabilities } = device;
  return {
    data_len: data.length,
    out_data_type: type,
    out_max_pasid_log2: capabilities.pasidWidth,
    out_capabilities: BigInt(bitsOf(capabilities)),
  };
}

function bitsOf(capabilities: DeviceCapabilities): number {
  const { dirtyTracking, pasidWidth, ats = false } = capabilities;
  const { pasidExecute = false, pasidPrivileged = false } = capabilities;
  return (
    (dirtyTracking ? HW_CAP.DIRTY_TRACKING : 0) |
    (ats ? 0 : HW_CAP.PCI_ATS_NOT_SUPPORTED) |
    (pasidWidth > 0 && pasidExecute ? HW_CAP.PCI_PASID_EXEC : 0) |
    (pasidWidth > 0 && pasidPrivileged ? HW_CAP.PCI_PASID_PRIV : 0)
  );
}
