import { Cell, Mutex, Refcount, type Kernel, type Routine } from "../../kernel/index.js";
import type { Container, Member } from "../container.js";
import type { HostDevice } from "../host-device.js";
import type { IommuGroup } from "../iommu-group.js";
import { registration, type DeviceList, type RegisteredDevice } from "../registered-device.js";
import type { DriverHooks } from "../vfio.js";
import type { IommufdContext } from "./iommufd-context.js";

/** An open /dev/vfio/N. */
export interface GroupFile72 {
  readonly group: Group;
  /** 1 for the file, 1 for each device that was opened through it. */
  readonly refs: Refcount;
}

/** A group of Linux 7.2 (struct vfio_group). All but the counts and `devices` is guarded by `groupLock`. */
export interface Group extends Member, DeviceList<VfioDevice> {
  readonly iommuGroup: IommuGroup;
  /** Devices of the group with a vfio driver; with the last one the group is off the list. */
  readonly drivers: Refcount;
  /** Of the memory: 1 for the drivers, 1 for an open file. */
  readonly refs: Refcount;
  readonly groupLock: Mutex;
  container: Container | undefined;
  containerUsers: number;
  /** An iommufd context in place of a container. */
  iommufd: IommufdContext | undefined;
  readonly openedFile: Cell<GroupFile72 | undefined>;
  /** Devices that are bound through their own files, which keeps the group's file closed. */
  readonly cdevDeviceOpenCount: Cell<number>;
  /** False when the last driver has left: the IOMMU group is out of reach then. */
  hasIommuGroup: boolean;
}

/** A device that a vfio driver has registered. */
export interface VfioDevice extends RegisteredDevice<Group> {
  /** Of the memory: 1 until it is unregistered, 1 for whoever has opened the device's own file. */
  readonly memory: Refcount;
  /** The lock of its set of devices; guards what follows. */
  readonly setLock: Mutex;
  openCount: number;
  /** The group's file, which the device keeps in existence while it is open. */
  pin: GroupFile72 | undefined;
  /** Bound through its own file. */
  cdevOpened: boolean;
  /** Whom it was bound to. */
  iommufd: IommufdContext | undefined;
}

export function allocateGroup(kernel: Kernel, iommuGroup: IommuGroup): Routine<Group | undefined> {
  return kernel.heap.allocate<Group>("vfio_group", {
    iommuGroup,
    drivers: new Refcount(kernel, "drivers"),
    refs: new Refcount(kernel, "refs"),
    groupLock: new Mutex(kernel, "group_lock"),
    container: undefined,
    containerUsers: 0,
    iommufd: undefined,
    openedFile: new Cell<GroupFile72 | undefined>(kernel, "opened_file", undefined),
    cdevDeviceOpenCount: new Cell(kernel, "cdev_device_open_cnt", 0),
    hasIommuGroup: true,
    deviceLock: new Mutex(kernel, "device_lock"),
    devices: [],
  });
}

export function allocateDevice(
  kernel: Kernel,
  group: Group,
  device: HostDevice,
  hooks: DriverHooks,
): Routine<VfioDevice | undefined> {
  return kernel.heap.allocate<VfioDevice>("vfio_device", {
    ...registration(kernel, group, device, hooks),
    memory: new Refcount(kernel, "kobj"),
    setLock: new Mutex(kernel, "dev_set.lock"),
    openCount: 0,
    pin: undefined,
    cdevOpened: false,
    iommufd: undefined,
  });
}

/** Drops a reference on the memory of a device. */
export function* putMemory(kernel: Kernel, device: VfioDevice): Routine {
  if (yield* device.memory.put()) yield* kernel.heap.free(device);
}

/** A container or an iommufd context is set. For who holds `groupLock`. */
export function hasIommu(group: Group): boolean {
  return group.container !== undefined || group.iommufd !== undefined;
}
