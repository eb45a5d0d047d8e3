import { Errno } from "../../errno.js";
import { assertInvariant, Violation, type Kernel, type Routine } from "../../kernel/index.js";
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
import { makeLink, type ContainerLink, type LinkName } from "./container-link.js";
import { allocateDevice, type Group, type VfioDevice } from "./group.js";
import { GroupList, type GroupListOptions } from "./group-list.js";
import { isViable } from "./viability.js";

export interface Vfio2021Options extends Partial<GroupListOptions> {
  /** Default "atomic". */
  readonly link?: LinkName;
  /** Broken rules of the container link are noted in `broken`, and the run goes on. Default false. */
  readonly goesOn?: boolean;
}

/** An open /dev/vfio/N. */
export interface GroupFile2021 {
  readonly group: Group;
}

/** An open device. */
export interface DeviceFile2021 {
  readonly device: VfioDevice;
}

/** VFIO of autumn 2021 (Linux 5.15 and 5.16): group notifier, unbound list, atomic count of container users. */
export class Vfio2021 implements Vfio<GroupFile2021, DeviceFile2021> {
  readonly kernel: Kernel;
  readonly clock: UnregisterClock;
  /** Rules that were broken, where the run goes on. */
  readonly broken: string[] = [];
  readonly #list: GroupList;
  readonly #link: ContainerLink;
  /** What each vfio driver keeps itself: its device, from registration on. */
  readonly #registered = new Map<HostDevice, VfioDevice>();

  constructor(kernel: Kernel, options: Vfio2021Options = {}) {
    const { notifier = "no-ref", link = "atomic", goesOn = false, onNotify } = options;
    this.kernel = kernel;
    this.clock = new UnregisterClock(kernel);
    this.#list = new GroupList(kernel, { notifier, onNotify });
    this.#link = makeLink(kernel, link, (rule, message) => {
      if (!goesOn) throw new Violation(rule, message);
      this.broken.push(rule);
    });
  }

  *openGroup(
    iommuGroup: IommuGroup,
    who: Credentials = privileged,
  ): Routine<GroupFile2021 | Errno> {
    const group = yield* this.#list.find(iommuGroup);
    if (group === undefined) return new Errno("ENODEV", `${iommuGroup.name} has no vfio device`);
    const error = yield* this.#open(group, who);
    if (error === undefined) return { group };
    yield* this.#list.put(group);
    return error;
  }

  *closeGroup({ group }: GroupFile2021): Routine {
    yield* this.#link.dropUser(group);
    yield* group.opened.update((opened) => opened - 1);
    yield* this.#list.put(group);
  }

  *openContainer(name: string): Routine<Container | Errno> {
    return (yield* openContainer(this.kernel, name)) ?? new Errno("ENOMEM", "no memory");
  }

  closeContainer(container: Container): Routine {
    return putContainer(this.kernel, container);
  }

  setIommu(container: Container, driver: IommuDriver = type1): Routine<Errno | undefined> {
    return setIommu(container, driver);
  }

  *setContainer(
    { group }: GroupFile2021,
    container: Container | undefined,
    who: Credentials = privileged,
  ): Routine<Errno | undefined> {
    if (container === undefined) return new Errno("EBADF", "no open file has that number");
    if (group.iommuGroup.noiommu && !who.rawIo) return withoutRawIo();
    return yield* this.#link.set(group, container);
  }

  unsetContainer({ group }: GroupFile2021): Routine<Errno | undefined> {
    return this.#link.unset(group);
  }

  *status({ group }: GroupFile2021, argsz = STATUS_SIZE): Routine<GroupStatus | Errno> {
    if (argsz < STATUS_SIZE) return new Errno("EINVAL", `argsz is ${argsz}`);
    if ((yield* group.container.load()) !== undefined) {
      return { viable: true, containerSet: true };
    }
    return { viable: yield* isViable(group), containerSet: false };
  }

  *deviceFile(
    { group }: GroupFile2021,
    name: string,
    who: Credentials = privileged,
  ): Routine<DeviceFile2021 | Errno> {
    const error = yield* this.#link.admit(group);
    if (error) return error;
    const file =
      group.iommuGroup.noiommu && !who.rawIo
        ? withoutRawIo()
        : yield* this.#openDevice(group, name);
    yield* file instanceof Errno ? this.#link.refused(group) : this.#link.admitted(group);
    return file;
  }

  *closeDevice({ device }: DeviceFile2021): Routine {
    yield* device.opens.update((opens) => {
      assertInvariant(opens > 0, "E-open-count", "a device is closed more often than opened");
      return opens - 1;
    });
    yield* this.#link.dropUser(device.group);
    yield* putDevice(device);
  }

  /** A user outside of VFIO, such as KVM, keeps the group in its container. */
  *getExternalUser({ group }: GroupFile2021): Routine<Errno | undefined> {
    const error = yield* this.#link.addUser(group);
    if (error === undefined) yield* group.users.get();
    return error;
  }

  *putExternalUser({ group }: GroupFile2021): Routine {
    yield* this.#link.dropUser(group);
    yield* this.#list.put(group);
  }

  /** A driver watches what happens to a user's group, and has to stop before the user is gone. */
  watchGroup({ group }: GroupFile2021, change: 1 | -1): void {
    group.userNotifiers += change;
  }

  *register(device: HostDevice, hooks: DriverHooks = {}): Routine<Errno | undefined> {
    const group = yield* this.#list.findOrCreate(device.group);
    if (group instanceof Errno) return group;
    const known = yield* getDevice(group, (other) => other === device);
    const made = known ? undefined : yield* allocateDevice(this.kernel, group, device, hooks);
    if (known !== undefined) {
      this.kernel.warn(`${device.name} is registered twice`);
      yield* putDevice(known);
    }
    if (made === undefined) {
      yield* this.#list.put(group);
      return known ? new Errno("EBUSY", "registered already") : new Errno("ENOMEM", "no memory");
    }
    this.#registered.set(device, made);
    yield* addDevice(group, made);
    return undefined;
  }

  *unregister(hostDevice: HostDevice): Routine {
    const device = this.#registered.get(hostDevice);
    if (device === undefined) throw new TypeError(`${hostDevice.name} is not registered`);
    const { group, hooks } = device;
    yield* this.#noteUnbound(device);
    yield* putDevice(device);
    yield* this.clock.await(device.comp, hooks.request);
    if (yield* removeDevice(group, device)) {
      const isOut = () => group.container.value === undefined;
      yield* group.containerQ.waitUntil(isOut, "the group is in no container");
    }
    yield* this.kernel.heap.free(device);
    yield* this.#list.put(group);
  }

  *#open(group: Group, who: Credentials): Routine<Errno | undefined> {
    if (group.iommuGroup.noiommu && !who.rawIo) return withoutRawIo();
    if (!(yield* group.opened.compareExchange(0, 1)))
      return new Errno("EBUSY", "the group is open");
    if ((yield* group.container.load()) !== undefined) {
      yield* group.opened.store(0);
      return new Errno("EBUSY", "the group is in a container since an earlier open");
    }
    if (group.userNotifiers > 0) {
      this.kernel.warn("a driver watches the group of a user that is gone");
      group.userNotifiers = 0;
    }
    return undefined;
  }

  *#openDevice(group: Group, name: string): Routine<DeviceFile2021 | Errno> {
    const device = yield* getDevice(group, (host) => host.name === name);
    if (device === undefined) return new Errno("ENODEV", `the group has no device ${name}`);
    const { isUnloading = false, openDevice } = device.hooks;
    let error = isUnloading ? new Errno("ENODEV", "the driver is being unloaded") : undefined;
    if (error === undefined && (yield* device.opens.load()) === 0) {
      error = openDevice && (yield* openDevice());
    }
    if (error === undefined) {
      yield* device.opens.update((opens) => opens + 1);
      return { device };
    }
    yield* putDevice(device);
    return error;
  }

  /** The driver is still bound when its device is off the list: until it is not, the device is no foreign one. */
  *#noteUnbound({ group, device }: VfioDevice): Routine {
    const entry = yield* this.kernel.heap.allocate("vfio_unbound_dev", { device });
    if (entry === undefined) {
      this.kernel.warn(`there is no memory to note that ${device.name} is being unbound`);
      return;
    }
    yield* group.unboundLock.lock();
    group.unbound = [...group.unbound, entry];
    yield* group.unboundLock.unlock();
  }
}

function withoutRawIo(): Errno {
  return new Errno("EPERM", "devices without an IOMMU need CAP_SYS_RAWIO");
}
