import { Completion, Refcount, type Kernel, type Mutex, type Routine } from "../kernel/index.js";
import type { HostDevice } from "./host-device.js";
import type { DriverHooks } from "./vfio.js";

/** What a device that a vfio driver has registered is in every version (struct vfio_device). */
export interface RegisteredDevice<Group> {
  readonly device: HostDevice;
  readonly group: Group;
  readonly hooks: DriverHooks;
  /** 1 for the registration, 1 for each open file. */
  readonly refs: Refcount;
  /** Nobody uses it any more. */
  readonly comp: Completion;
}

/** What a group of every version keeps its devices in. */
export interface DeviceList<Device> {
  readonly deviceLock: Mutex;
  /** Guarded by `deviceLock`. */
  devices: readonly Device[];
}

/** The fields of a device that is about to be registered; it is to be allocated together with those of its version. */
export function registration<Group>(
  kernel: Kernel,
  group: Group,
  device: HostDevice,
  hooks: DriverHooks,
): RegisteredDevice<Group> {
  const refs = new Refcount(kernel, "refs");
  return { device, group, hooks, refs, comp: new Completion(kernel, "comp") };
}

export function* addDevice<Device>(group: DeviceList<Device>, device: Device): Routine {
  yield* group.deviceLock.lock();
  group.devices = [...group.devices, device];
  yield* group.deviceLock.unlock();
}

/** Takes the device off the list; answers whether it was the last. */
export function* removeDevice<Device>(group: DeviceList<Device>, device: Device): Routine<boolean> {
  yield* group.deviceLock.lock();
  group.devices = group.devices.filter((other) => other !== device);
  const isLast = group.devices.length === 0;
  yield* group.deviceLock.unlock();
  return isLast;
}

/** The group's device of that description with a reference, if it has one and that is not about to go. */
export function* getDevice<Device extends RegisteredDevice<unknown>>(
  group: DeviceList<Device>,
  isWanted: (device: HostDevice) => boolean,
): Routine<Device | undefined> {
  yield* group.deviceLock.lock();
  let found = group.devices.find(({ device }) => isWanted(device));
  if (found !== undefined && !(yield* found.refs.getUnlessZero())) found = undefined;
  yield* group.deviceLock.unlock();
  return found;
}

/** Drops a reference on a device; the last one lets its driver unregister it. */
export function* putDevice({ refs, comp }: RegisteredDevice<unknown>): Routine {
  if (yield* refs.put()) yield* comp.complete();
}
