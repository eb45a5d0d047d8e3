import { Cell, Mutex, Refcount, WaitQueue, type Kernel, type Routine } from "../../kernel/index.js";
import type { Container, Member } from "../container.js";
import type { HostDevice } from "../host-device.js";
import type { IommuGroup } from "../iommu-group.js";
import type { NotifierBlock } from "../notifier-chain.js";
import { registration, type DeviceList, type RegisteredDevice } from "../registered-device.js";
import type { DriverHooks } from "../vfio.js";

/** A device that a vfio driver has registered. */
export interface VfioDevice extends RegisteredDevice<Group> {
  /** Device files that are open. */
  readonly opens: Cell<number>;
}

/** A device whose vfio driver is about to be gone, and which is therefore no foreign one yet. */
export interface UnboundDevice {
  readonly device: HostDevice;
}

/** A group of autumn 2021 (struct vfio_group). */
export interface Group extends Member, NotifierBlock, DeviceList<VfioDevice> {
  readonly iommuGroup: IommuGroup;
  readonly users: Refcount;
  /** 1 for being in a container, 1 for each open device file, 1 for each external user. */
  readonly containerUsers: Cell<number>;
  readonly container: Cell<Container | undefined>;
  /** Group files that are open: 0 or 1. */
  readonly opened: Cell<number>;
  /** Those that wait until the group is in no container. */
  readonly containerQ: WaitQueue;
  /** What the repair of May 2022 locks the link to the container with. */
  readonly linkLock: Mutex;
  readonly unboundLock: Mutex;
  /** Guarded by `unboundLock`. */
  unbound: readonly UnboundDevice[];
  /** Notifiers that drivers have registered for a user's group. */
  userNotifiers: number;
  /** On the list of groups; guarded by its lock. */
  listed: boolean;
}

export function allocateGroup(
  kernel: Kernel,
  iommuGroup: IommuGroup,
  notifierCall: NotifierBlock["notifierCall"],
): Routine<Group | undefined> {
  return kernel.heap.allocate<Group>("vfio_group", {
    iommuGroup,
    notifierCall,
    users: new Refcount(kernel, "users"),
    containerUsers: new Cell(kernel, "container_users", 0),
    container: new Cell<Container | undefined>(kernel, "container", undefined),
    opened: new Cell(kernel, "opened", 0),
    containerQ: new WaitQueue(kernel, "container_q"),
    linkLock: new Mutex(kernel, "group_lock"),
    deviceLock: new Mutex(kernel, "device_lock"),
    devices: [],
    unboundLock: new Mutex(kernel, "unbound_lock"),
    unbound: [],
    userNotifiers: 0,
    listed: false,
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
    opens: new Cell(kernel, "open_count", 0),
  });
}
