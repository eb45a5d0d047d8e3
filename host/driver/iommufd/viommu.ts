import { Errno } from "../errno.js";
import { Mutex, type Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { BoundDevice } from "./device.js";
import { holderOf, type PagingHwpt } from "./hwpt.js";
import type { IommufdObject } from "./objects.js";
import type { IommuDevice, ViommuDriver } from "./port.js";
import { References } from "./references.js";
import { accept, type Respond } from "./respond.js";
import type { EventQueue } from "./veventq.js";

/** A remapping unit that user space shows to a guest (iommufd_viommu). */
export interface Viommu extends IommufdObject {
  readonly type: "viommu";
  readonly hwpt: PagingHwpt;
  readonly driver: ViommuDriver;
  /** Guards the two below. */
  readonly lock: Mutex;
  /** By type. */
  readonly queues: Map<number, EventQueue>;
  /** By the number that the guest knows the device by. */
  readonly vdevices: Map<bigint, Vdevice>;
}

/** A device as a vIOMMU has it (iommufd_vdevice). */
export interface Vdevice extends IommufdObject {
  readonly type: "vdevice";
  readonly viommu: Viommu;
  readonly idev: BoundDevice;
  readonly virtId: bigint;
}

export function isViommu(object: IommufdObject): object is Viommu {
  return object.type === "viommu";
}

/** Whether a vDEVICE stands for the device. */
export function knows({ vdevices }: Viommu, device: IommuDevice): boolean {
  return [...vdevices.values()].some(({ idev }) => idev.device === device);
}

export interface ViommuAllocOptions {
  readonly flags?: number;
  /** Of the driver. */
  readonly type: number;
  readonly dev_id: number;
  /** A paging HWPT made as a parent of nested ones. */
  readonly hwpt_id: number;
}

/** IOMMU_VIOMMU_ALLOC. EOPNOTSUPP: flags or type; ENOENT: device or HWPT; EINVAL: no parent of nested ones; ENOMEM. */
export function* viommuAlloc(
  context: Context,
  { flags = 0, type, dev_id, hwpt_id }: ViommuAllocOptions,
  respond: Respond<{ readonly out_viommu_id: number }> = accept,
): Routine<{ readonly out_viommu_id: number } | Errno> {
  const { objects } = context;
  if (flags !== 0 || type === 0) {
    return new Errno("EOPNOTSUPP", `flags are ${flags} and the type ${type}`);
  }
  const idev = yield* objects.get<BoundDevice>(dev_id, "device");
  if (idev instanceof Errno) return idev;
  const hwpt =
    idev.device.viommuTypes?.includes(type) !== false && idev.device.allocViommu !== undefined
      ? yield* objects.get<PagingHwpt>(hwpt_id, "hwpt-paging")
      : new Errno("EOPNOTSUPP", `the driver of ${idev.device.name} has no vIOMMUs of type ${type}`);
  const viommu =
    hwpt instanceof Errno ? hwpt : yield* makeViommu(context, idev, hwpt, { type, respond });
  if (!(hwpt instanceof Errno)) yield* objects.put(hwpt);
  yield* objects.put(idev);
  return viommu instanceof Errno ? viommu : { out_viommu_id: viommu.id };
}

interface MakeViommu {
  readonly type: number;
  readonly respond: Respond<{ readonly out_viommu_id: number }>;
}

function* makeViommu(
  { kernel, objects }: Context,
  { device }: BoundDevice,
  hwpt: PagingHwpt,
  { type, respond }: MakeViommu,
): Routine<Viommu | Errno> {
  if (!hwpt.nestParent || hwpt.domain.owner !== device.driver) {
    return new Errno("EINVAL", `${holderOf(hwpt)} is no parent for ${device.name}`);
  }
  const made: { viommu?: Viommu } = {};
  const driver = yield* device.allocViommu!(type, {
    parent: hwpt.domain,
    find: (virtId) => made.viommu?.vdevices.get(virtId)?.idev.device,
  });
  if (driver instanceof Errno) return driver;
  const viommu = yield* kernel.heap.allocate<Viommu>("iommufd_viommu", {
    ...{ type: "viommu", id: 0, refs: new References(kernel), hwpt, driver },
    lock: new Mutex(kernel, "lock"),
    queues: new Map<number, EventQueue>(),
    vdevices: new Map<bigint, Vdevice>(),
    destroy: () => hwpt.refs.put(holderOf(made.viommu!)),
  });
  if (viommu === undefined) return new Errno("ENOMEM", "no memory for a vIOMMU");
  made.viommu = viommu;
  yield* objects.reserve(viommu);
  yield* hwpt.refs.get(holderOf(viommu));
  const told = yield* respond({ out_viommu_id: viommu.id });
  if (told !== 0) {
    yield* viommu.destroy();
    yield* objects.abort(viommu);
    yield* kernel.heap.free(viommu);
    return told;
  }
  yield* objects.finalise(viommu);
  return viommu;
}

export interface VdeviceAllocOptions {
  readonly viommu_id: number;
  readonly dev_id: number;
  readonly virt_id: bigint;
}

/** IOMMU_VDEVICE_ALLOC. ENOENT; EINVAL: a device of another driver; EEXIST: the number, or the device, is taken. */
export function* vdeviceAlloc(
  context: Context,
  { viommu_id, dev_id, virt_id }: VdeviceAllocOptions,
  respond: Respond<{ readonly out_vdevice_id: number }> = accept,
): Routine<{ readonly out_vdevice_id: number } | Errno> {
  const { objects } = context;
  const viommu = yield* objects.get<Viommu>(viommu_id, "viommu");
  if (viommu instanceof Errno) return viommu;
  const idev = yield* objects.get<BoundDevice>(dev_id, "device");
  const vdevice =
    idev instanceof Errno
      ? idev
      : yield* viommu.lock.hold(() => makeVdevice(context, viommu, idev, { virt_id, respond }));
  if (!(idev instanceof Errno)) yield* objects.put(idev);
  yield* objects.put(viommu);
  return vdevice instanceof Errno ? vdevice : { out_vdevice_id: vdevice.id };
}

interface MakeVdevice {
  readonly virt_id: bigint;
  readonly respond: Respond<{ readonly out_vdevice_id: number }>;
}

/** With the lock of the vIOMMU held. */
function* makeVdevice(
  { kernel, objects }: Context,
  viommu: Viommu,
  idev: BoundDevice,
  { virt_id, respond }: MakeVdevice,
): Routine<Vdevice | Errno> {
  const { vdevices, hwpt } = viommu;
  if (hwpt.domain.owner !== idev.device.driver) {
    return new Errno("EINVAL", `${idev.device.name} is not behind ${holderOf(viommu)}`);
  }
  if (vdevices.has(virt_id) || idev.vdevice !== undefined) {
    return new Errno("EEXIST", `${virt_id} or ${idev.device.name} is known to ${holderOf(viommu)}`);
  }
  const made: { vdevice?: Vdevice } = {};
  const vdevice = yield* kernel.heap.allocate<Vdevice>("iommufd_vdevice", {
    ...{ type: "vdevice", id: 0, refs: new References(kernel), viommu, idev, virtId: virt_id },
    destroy: () => destroyVdevice(made.vdevice!),
  });
  if (vdevice === undefined) return new Errno("ENOMEM", "no memory for a vDEVICE");
  made.vdevice = vdevice;
  yield* objects.reserve(vdevice);
  yield* viommu.refs.get(holderOf(vdevice));
  vdevices.set(virt_id, vdevice);
  idev.vdevice = vdevice;
  const told = yield* respond({ out_vdevice_id: vdevice.id });
  if (told !== 0) {
    unlinkVdevice(vdevice);
    yield* viommu.refs.put(holderOf(vdevice));
    yield* objects.abort(vdevice);
    yield* kernel.heap.free(vdevice);
    return told;
  }
  yield* objects.finalise(vdevice);
  return vdevice;
}

function unlinkVdevice({ viommu, idev, virtId }: Vdevice): void {
  viommu.vdevices.delete(virtId);
  idev.vdevice = undefined;
}

function* destroyVdevice(vdevice: Vdevice): Routine {
  const { viommu } = vdevice;
  yield* viommu.lock.lock();
  unlinkVdevice(vdevice);
  yield* viommu.lock.unlock();
  yield* viommu.refs.put(holderOf(vdevice));
}

/** A device is about to be unbound: its vDEVICE goes, and the id of that stays taken. */
export function* buryVdevice({ kernel, objects }: Context, idev: BoundDevice): Routine {
  const { vdevice } = idev;
  if (vdevice === undefined) return;
  const owner = "its device";
  yield* vdevice.refs.get(owner);
  const removed = yield* objects.removeOwned(vdevice, owner, "tombstone");
  if (removed !== 0) {
    kernel.warn(`${holderOf(vdevice)} is used: ${removed.message}`);
    return;
  }
  yield* vdevice.destroy();
  yield* kernel.heap.free(vdevice);
}
