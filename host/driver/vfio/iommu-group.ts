import type { Errno } from "../errno.js";
import { DeviceGroup } from "../iommufd/port.js";
import { Mutex, type Kernel, type Routine } from "../kernel/index.js";
import { DmaOwnership } from "./dma-ownership.js";
import { HostDevice, type HostDeviceOptions } from "./host-device.js";
import { NotifierChain, type GroupAction } from "./notifier-chain.js";

/**
 * How the kernel keeps drivers off a group that a user has: it tells VFIO of them ("notifier", until Linux 5.18), or
 * asks who owns DMA before a driver is probed ("dma-ownership", since 5.19).
 */
export type GroupGuard = "notifier" | "dma-ownership";

export interface IommuGroupOptions {
  readonly name: string;
  readonly guard: GroupGuard;
  /** Devices without an IOMMU, for which VFIO made a group up. Default false. */
  readonly noiommu?: boolean;
}

/** Devices that the IOMMU cannot keep apart. */
export class IommuGroup {
  readonly kernel: Kernel;
  readonly name: string;
  readonly noiommu: boolean;
  readonly #lock: Mutex;
  /** Guarded by the lock. */
  #devices: readonly HostDevice[] = [];
  readonly #chain: NotifierChain | undefined;
  readonly #ownership: DmaOwnership | undefined;
  /** What its devices share for their IOMMU's driver: give it to each `IommuDevice` of them. */
  readonly deviceGroup: DeviceGroup;

  constructor(kernel: Kernel, { name, guard, noiommu = false }: IommuGroupOptions) {
    this.kernel = kernel;
    this.name = name;
    this.noiommu = noiommu;
    this.#lock = new Mutex(kernel, `${name}.devices_lock`);
    if (guard === "notifier") this.#chain = new NotifierChain(kernel, `${name}.notifier`);
    else this.#ownership = new DmaOwnership(kernel, name);
    this.deviceGroup = new DeviceGroup(kernel, name, this.#ownership);
  }

  /** @throws TypeError for a group of the other guard. */
  get chain(): NotifierChain {
    if (this.#chain) return this.#chain;
    throw new TypeError(`${this.name} has no notifier chain: make it with guard "notifier"`);
  }

  /** @throws TypeError for a group of the other guard. */
  get ownership(): DmaOwnership {
    if (this.#ownership) return this.#ownership;
    throw new TypeError(`${this.name} has no DMA ownership: make it with guard "dma-ownership"`);
  }

  /** As they are, outside any step: for who holds the lock, and for invariants at the end. */
  get devices(): readonly HostDevice[] {
    return this.#devices;
  }

  /** A device that is not there yet. */
  describe(options: HostDeviceOptions): HostDevice {
    return new HostDevice(this.kernel, this, options);
  }

  /** A device that is there from the start: no step, and nobody is told. */
  make(options: HostDeviceOptions): HostDevice {
    const device = this.describe(options);
    this.#devices = [...this.#devices, device];
    return device;
  }

  /** A device appears, or comes back. */
  *add(device: HostDevice): Routine {
    yield* this.#lock.lock();
    this.#devices = [...this.#devices, device];
    yield* this.#lock.unlock();
    yield* this.notify("ADD_DEVICE", device);
  }

  *remove(device: HostDevice): Routine {
    yield* this.notify("DEL_DEVICE", device);
    yield* this.#lock.lock();
    this.#devices = this.#devices.filter((other) => other !== device);
    if (device.iommu !== undefined) this.deviceGroup.remove(device.iommu);
    yield* this.#lock.unlock();
  }

  /** Whether `test` holds for each device, one after the other, with the list locked. */
  *every(test: (device: HostDevice) => Routine<boolean>): Routine<boolean> {
    yield* this.#lock.lock();
    let holds = true;
    for (const device of this.#devices) {
      holds = yield* test(device);
      if (!holds) break;
    }
    yield* this.#lock.unlock();
    return holds;
  }

  *notify(action: GroupAction, device: HostDevice): Routine {
    if (this.#chain) yield* this.#chain.call(action, device);
  }

  *useDma(): Routine<Errno | undefined> {
    return this.#ownership && (yield* this.#ownership.useDefaultDomain());
  }

  *unuseDma(): Routine {
    if (this.#ownership) yield* this.#ownership.unuseDefaultDomain();
  }
}
