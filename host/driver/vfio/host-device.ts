import { Errno } from "../errno.js";
import type { IommuDevice } from "../iommufd/port.js";
import { Cell, Mutex, type Kernel, type Routine } from "../kernel/index.js";
import type { IommuGroup } from "./iommu-group.js";

/** A driver as the driver core sees it. */
export interface HostDriver {
  readonly name: string;
  /**
   * It lets its device do no DMA, or none but a user's ("driver managed DMA"): vfio drivers, pci-stub, drivers of
   * bridges. Default false: the device does DMA by the kernel's mappings.
   */
  readonly managesDma?: boolean;
  readonly probe?: (device: HostDevice) => Routine<Errno | undefined>;
  readonly remove?: (device: HostDevice) => Routine;
}

/** Drivers that hold a device and do nothing with it. */
export const pciStub: HostDriver = { name: "pci-stub", managesDma: true };

export interface HostDeviceOptions {
  readonly name: string;
  /** The header type of its PCI function is not NORMAL. Default false. */
  readonly isBridge?: boolean;
  /** What its IOMMU's driver knows it as: one of the group's `deviceGroup`. Default: nothing translates for it. */
  readonly iommu?: IommuDevice;
  /** Bound from the start, without anybody having been told. Default: none. */
  readonly driver?: HostDriver;
}

/** A device of the machine in an IOMMU group, which drivers are bound to. */
export class HostDevice {
  readonly name: string;
  readonly isBridge: boolean;
  readonly group: IommuGroup;
  readonly iommu: IommuDevice | undefined;
  readonly driver: Cell<HostDriver | undefined>;
  /** How often a driver was set or taken off; changes with `driver`. */
  bindings = 0;
  readonly #lock: Mutex;

  constructor(kernel: Kernel, group: IommuGroup, options: HostDeviceOptions) {
    const { name, isBridge = false, driver } = options;
    this.name = name;
    this.isBridge = isBridge;
    this.group = group;
    this.iommu = options.iommu;
    this.#lock = new Mutex(kernel, `${name}.lock`);
    this.driver = new Cell<HostDriver | undefined>(kernel, `${name}.driver`, driver);
  }

  /** Binds a driver: ownership of DMA, notification, probe, notification. */
  *bind(driver: HostDriver): Routine<Errno | undefined> {
    yield* this.#lock.lock();
    const error = yield* this.#bindLocked(driver);
    yield* this.#lock.unlock();
    return error;
  }

  /** Unbinds the driver that there is; the last notification comes when it is gone. */
  *unbind(): Routine {
    yield* this.#lock.lock();
    const driver = this.driver.value;
    if (driver !== undefined) {
      yield* this.group.notify("UNBIND_DRIVER", this);
      if (driver.remove) yield* driver.remove(this);
      yield* this.#set(undefined);
      if (driver.managesDma !== true) yield* this.group.unuseDma();
      yield* this.group.notify("UNBOUND_DRIVER", this);
    }
    yield* this.#lock.unlock();
  }

  /** The device is pulled out: its driver leaves it, which may take until its users have, and then its group. */
  *unplug(): Routine {
    yield* this.unbind();
    yield* this.group.remove(this);
  }

  *#bindLocked(driver: HostDriver): Routine<Errno | undefined> {
    if (this.driver.value !== undefined) {
      return new Errno("EBUSY", `${this.name} has the driver ${this.driver.value.name}`);
    }
    yield* this.#set(driver);
    let error = driver.managesDma === true ? undefined : yield* this.group.useDma();
    if (error === undefined) {
      yield* this.group.notify("BIND_DRIVER", this);
      error = driver.probe && (yield* driver.probe(this));
      if (error && driver.managesDma !== true) yield* this.group.unuseDma();
    }
    if (error) {
      // Of a probe that failed the IOMMU group is told nothing.
      yield* this.#set(undefined);
      return error;
    }
    yield* this.group.notify("BOUND_DRIVER", this);
    return undefined;
  }

  #set(driver: HostDriver | undefined): Routine {
    return this.driver.update(
      () => {
        this.bindings += 1;
        return driver;
      },
      driver === undefined ? "clear" : `set ${driver.name} in`,
    );
  }
}
