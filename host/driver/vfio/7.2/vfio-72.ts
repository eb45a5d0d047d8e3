import { Errno } from "../../errno.js";
import { assertInvariant, Mutex, Refcount, type Kernel, type Routine } from "../../kernel/index.js";
import {
  openContainer,
  putContainer,
  setIommu,
  type1,
  type Container,
  type IommuDriver,
} from "../container.js";
import type { HostDevice } from "../host-device.js";
import type { IommuGroup } from "../iommu-group.js";
import { addDevice, getDevice, putDevice, removeDevice } from "../registered-device.js";
import { UnregisterClock } from "../unregister-clock.js";
import {
  privileged,
  STATUS_SIZE,
  type Credentials,
  type DriverHooks,
  type GroupStatus,
  type Vfio,
} from "../vfio.js";
import { Cdev, type BindRequest } from "./cdev.js";
import { assertLink, attachContainer, detachContainer } from "./container-use.js";
import {
  closeFile,
  freeFile,
  makeFile,
  openThroughGroup,
  type DeviceFile72,
} from "./device-file.js";
import { GroupExclusion, type ExclusionName } from "./group-exclusion.js";
import {
  allocateDevice,
  allocateGroup,
  hasIommu,
  putMemory,
  type Group,
  type GroupFile72,
  type VfioDevice,
} from "./group.js";
import type { IommufdContext } from "./iommufd-context.js";

export interface Vfio72Options {
  /** Default "locked". */
  readonly exclusion?: ExclusionName;
  /** Unregistration waits until the last user has closed the device. Default true; false is wrong. */
  readonly waits?: boolean;
}

/** A file that SET_CONTAINER takes, or that it does not know. */
export type ContainerFile = Container | IommufdContext | "another file";

/** VFIO of Linux 7.2: groups and device files of their own, with ownership of DMA in the IOMMU groups. */
export class Vfio72 implements Vfio<GroupFile72, DeviceFile72> {
  readonly kernel: Kernel;
  readonly clock: UnregisterClock;
  readonly cdev: Cdev;
  readonly #lock: Mutex;
  #groups: readonly Group[] = [];
  readonly #exclusion: GroupExclusion;
  readonly #waits: boolean;
  /** What each vfio driver keeps itself: its device, from registration on. */
  readonly #registered = new Map<HostDevice, VfioDevice>();
  /** Containers among the files: what else is one is no VFIO file. */
  readonly #containers = new Set<unknown>();

  constructor(kernel: Kernel, { exclusion = "locked", waits = true }: Vfio72Options = {}) {
    this.kernel = kernel;
    this.clock = new UnregisterClock(kernel);
    this.#lock = new Mutex(kernel, "vfio.group_lock");
    this.#exclusion = new GroupExclusion(exclusion);
    this.#waits = waits;
    this.cdev = new Cdev(kernel, this.#exclusion);
  }

  *openGroup(iommuGroup: IommuGroup, who: Credentials = privileged): Routine<GroupFile72 | Errno> {
    const group = yield* this.#withList(function* (groups) {
      const found = groups.find((each) => each.iommuGroup === iommuGroup);
      if (found !== undefined) yield* found.refs.get();
      return found;
    });
    if (group === undefined) return new Errno("ENODEV", `${iommuGroup.name} has no vfio device`);
    const result = yield* this.#openFile(group, who);
    if (result instanceof Errno) yield* this.#putGroup(group);
    return result;
  }

  closeGroup(file: GroupFile72): Routine {
    return this.#putFile(file);
  }

  *openContainer(name: string): Routine<Container | Errno> {
    const container = yield* openContainer(this.kernel, name);
    if (container === undefined) return new Errno("ENOMEM", "no memory");
    this.#containers.add(container);
    return container;
  }

  closeContainer(container: Container): Routine {
    return putContainer(this.kernel, container);
  }

  setIommu(container: Container, driver: IommuDriver = type1): Routine<Errno | undefined> {
    return setIommu(container, driver);
  }

  *setContainer(
    { group }: GroupFile72,
    file: ContainerFile | undefined,
    who: Credentials = privileged,
  ): Routine<Errno | undefined> {
    if (file === undefined) return new Errno("EBADF", "no open file has that number");
    yield* group.groupLock.lock();
    const error = yield* this.#set(group, file, who);
    assertLink(group);
    yield* group.groupLock.unlock();
    return error;
  }

  *unsetContainer({ group }: GroupFile72): Routine<Errno | undefined> {
    yield* group.groupLock.lock();
    const error = yield* this.#unset(group);
    assertLink(group);
    yield* group.groupLock.unlock();
    return error;
  }

  *status({ group }: GroupFile72, argsz = STATUS_SIZE): Routine<GroupStatus | Errno> {
    if (argsz < STATUS_SIZE) return new Errno("EINVAL", `argsz is ${argsz}`);
    yield* group.groupLock.lock();
    let status: GroupStatus | Errno;
    if (!group.hasIommuGroup) status = gone();
    else if (hasIommu(group)) status = { viable: true, containerSet: true };
    else status = { viable: !(yield* isOwned(group)), containerSet: false };
    yield* group.groupLock.unlock();
    return status;
  }

  *deviceFile(
    { group }: GroupFile72,
    name: string,
    who: Credentials = privileged,
  ): Routine<DeviceFile72 | Errno> {
    const device = yield* getDevice(group, (host) => host.name === name);
    if (device === undefined) return new Errno("ENODEV", `the group has no device ${name}`);
    const file = yield* makeFile(this.kernel, device, group);
    if (file === undefined) {
      yield* putDevice(device);
      return new Errno("ENOMEM", "no memory");
    }
    yield* group.groupLock.lock();
    const error = hasIommu(group)
      ? yield* openThroughGroup(file, who)
      : new Errno("EINVAL", "the group has no container");
    yield* group.groupLock.unlock();
    if (error === undefined) return file;
    yield* freeFile(this.kernel, file);
    return error;
  }

  *closeDevice(file: DeviceFile72): Routine {
    if (file.group === undefined) {
      yield* this.cdev.close(file);
      return;
    }
    const { device, group } = file;
    yield* group.groupLock.lock();
    yield* device.setLock.lock();
    const pin = yield* closeFile(file);
    yield* device.setLock.unlock();
    assertLink(group);
    yield* group.groupLock.unlock();
    if (pin !== undefined) yield* this.#putFile(pin);
    yield* freeFile(this.kernel, file);
  }

  /** VFIO_DEVICE_BIND_IOMMUFD. */
  bindIommufd(file: DeviceFile72, request: BindRequest): Routine<number | Errno> {
    return this.cdev.bind(file, request);
  }

  *register(device: HostDevice, hooks: DriverHooks = {}): Routine<Errno | undefined> {
    const group = yield* this.#join(device.group);
    if (group instanceof Errno) return group;
    yield* group.deviceLock.lock();
    const isKnown = group.devices.some((each) => each.device === device);
    yield* group.deviceLock.unlock();
    if (isKnown) {
      this.kernel.warn(`${device.name} is registered twice`);
      yield* this.#leave(group);
      return new Errno("EINVAL", "registered already");
    }
    const made = yield* allocateDevice(this.kernel, group, device, hooks);
    if (made === undefined) {
      yield* this.#leave(group);
      return new Errno("ENOMEM", "no memory");
    }
    this.#registered.set(device, made);
    yield* addDevice(group, made);
    yield* this.cdev.add(made);
    return undefined;
  }

  *unregister(hostDevice: HostDevice): Routine {
    const device = this.#registered.get(hostDevice);
    if (device === undefined) throw new TypeError(`${hostDevice.name} is not registered`);
    const { group, hooks } = device;
    // Neither path opens it any more.
    yield* removeDevice(group, device);
    yield* this.cdev.remove(device);
    yield* putDevice(device);
    if (this.#waits) yield* this.clock.await(device.comp, hooks.request);
    yield* this.#leave(group);
    yield* putMemory(this.kernel, device);
  }

  *#openFile(group: Group, who: Credentials): Routine<GroupFile72 | Errno> {
    yield* this.#exclusion.lock(group);
    const error = yield* this.#exclusion.groupRefusal(group, who);
    const file = error ?? { group, refs: new Refcount(this.kernel, "file.refs") };
    if (!(file instanceof Errno)) yield* this.#exclusion.openGroup(group, file);
    yield* this.#exclusion.unlock(group);
    return file;
  }

  /** Drops a reference on a group's file; the last one closes it, when no device is open. */
  *#putFile(file: GroupFile72): Routine {
    if (!(yield* file.refs.put())) return;
    const { group } = file;
    yield* group.groupLock.lock();
    if (group.container !== undefined) yield* detachContainer(this.kernel, group);
    yield* letGo(group);
    yield* group.openedFile.store(undefined);
    assertLink(group);
    yield* group.groupLock.unlock();
    yield* this.#putGroup(group);
  }

  *#set(group: Group, file: ContainerFile, who: Credentials): Routine<Errno | undefined> {
    if (hasIommu(group)) return new Errno("EINVAL", "the group has a container or an iommufd");
    if (!group.hasIommuGroup) return gone();
    if (file === "another file") return new Errno("EBADFD", "no container and no iommufd");
    if (isContainer(file, this.#containers)) return yield* attachContainer(group, file, who);
    yield* file.get();
    const { noiommu } = group.iommuGroup;
    const error = yield* noiommu ? file.setNoIommu() : file.createCompatIoas();
    if (error) yield* file.put();
    else group.iommufd = file;
    return error;
  }

  *#unset(group: Group): Routine<Errno | undefined> {
    if (!hasIommu(group)) return new Errno("EINVAL", "the group has no container");
    if (group.iommufd !== undefined) {
      yield* letGo(group);
      return undefined;
    }
    if (group.containerUsers !== 1) {
      return new Errno("EBUSY", `the group has ${group.containerUsers} container users`);
    }
    yield* detachContainer(this.kernel, group);
    return undefined;
  }

  /** A driver of the group more; the group is made for the first one. */
  *#join(iommuGroup: IommuGroup): Routine<Group | Errno> {
    yield* this.#lock.lock();
    let group = this.#groups.find((each) => each.iommuGroup === iommuGroup);
    if (group !== undefined) yield* group.drivers.get();
    else {
      group = yield* allocateGroup(this.kernel, iommuGroup);
      if (group !== undefined) this.#groups = [...this.#groups, group];
    }
    yield* this.#lock.unlock();
    return group ?? new Errno("ENOMEM", `no memory for ${iommuGroup.name}`);
  }

  /** A driver leaves; with the last one the group is gone, although its file may be open. */
  *#leave(group: Group): Routine {
    if (yield* group.drivers.putUnlessLast()) return;
    yield* this.#lock.lock();
    if (!(yield* group.drivers.put())) {
      yield* this.#lock.unlock();
      return;
    }
    this.#groups = this.#groups.filter((other) => other !== group);
    yield* group.groupLock.lock();
    assertInvariant(
      group.devices.length === 0,
      "E-release-devices",
      "the last driver leaves a group that has devices",
    );
    if (group.container !== undefined) yield* detachContainer(this.kernel, group);
    group.hasIommuGroup = false;
    assertLink(group);
    yield* group.groupLock.unlock();
    yield* this.#lock.unlock();
    yield* this.#putGroup(group);
  }

  *#putGroup(group: Group): Routine {
    if (!(yield* group.refs.put())) return;
    assertInvariant(!group.hasIommuGroup, "E-release-iommu-group", "the IOMMU group is leaked");
    const count = group.cdevDeviceOpenCount.value;
    assertInvariant(count === 0, "E-release-cdev", () => `${count} devices block the group's file`);
    yield* this.kernel.heap.free(group);
  }

  *#withList<T>(body: (groups: readonly Group[]) => Routine<T>): Routine<T> {
    yield* this.#lock.lock();
    const result = yield* body(this.#groups);
    yield* this.#lock.unlock();
    return result;
  }
}

function isContainer(file: unknown, containers: ReadonlySet<unknown>): file is Container {
  return containers.has(file);
}

/** A group that an iommufd context served as its container. */
function* letGo(group: Group): Routine {
  const { iommufd } = group;
  group.iommufd = undefined;
  if (iommufd !== undefined) yield* iommufd.put();
}

function gone(): Errno {
  return new Errno("ENODEV", "the last driver has left the group");
}

function* isOwned({ iommuGroup }: Group): Routine<boolean> {
  return iommuGroup.noiommu ? false : yield* iommuGroup.ownership.isClaimed();
}
