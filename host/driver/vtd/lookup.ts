import { Epochs, Mutex, Resource, Spinlock, type Kernel, type Routine } from "../kernel/index.js";
import type { Device } from "./device.js";

/**
 * How the page request thread finds the device of a request, and what keeps it in existence meanwhile:
 * - "list-scan": through all devices of the machine, with a reference (before there was a tree).
 * - "get-device": in the unit's tree, with a reference on the device (a version under review).
 * - "ordering": in the tree, and hot removal has stopped and drained page requests before (likewise).
 * - "mutex": the unit's mutex around lookup and report, and around removal (merged; the default).
 * - "epoch": a read section around lookup and report, and a grace period at removal.
 */
export type LookupName = "list-scan" | "get-device" | "ordering" | "mutex" | "epoch";

/** The devices of a unit by source-id. */
export interface DeviceLookup {
  /** Answers false if there is a device with that source-id. */
  insert(device: Device): Routine<boolean>;
  /** When it is done, no report begins any more, and nobody is in one that needs the device's data. */
  remove(device: Device): Routine;
  /** Lets `use` have the device of a source-id; answers false if there is none. */
  report(sourceId: number, use: (device: Device) => Routine): Routine<boolean>;
  /** The device as it is, outside any step. */
  peek(sourceId: number): Device | undefined;
}

/** Devices of all units of a machine, in the order in which they were found. */
export class DeviceList extends Resource {
  devices: readonly Device[] = [];

  constructor(kernel: Kernel) {
    super(kernel, "device list");
  }

  add(device: Device): Routine {
    return this.act(`add ${device.name} to`, () => {
      this.devices = [...this.devices, device];
    });
  }

  remove(device: Device): Routine {
    return this.act(`take ${device.name} off`, () => {
      this.devices = this.devices.filter((other) => other !== device);
    });
  }
}

/** Drops a reference on a device, and frees it with the last. */
export function* putDevice(kernel: Kernel, device: Device): Routine {
  if (yield* device.refs.put()) yield* kernel.heap.free(device);
}

export function makeLookup(kernel: Kernel, name: LookupName, list: DeviceList): DeviceLookup {
  switch (name) {
    case "list-scan":
      return new ListScan(kernel, list);
    case "get-device":
      return new CountedLookup(kernel);
    case "ordering":
      return new DeviceTree(kernel);
    case "mutex":
      return new MutexLookup(kernel);
    case "epoch":
      return new EpochLookup(kernel);
  }
}

/** The tree alone: a lookup is a step, and nothing keeps what it finds. */
class DeviceTree extends Resource implements DeviceLookup {
  readonly #devices = new Map<number, Device>();

  constructor(kernel: Kernel) {
    super(kernel, "device tree");
  }

  insert(device: Device): Routine<boolean> {
    const { sourceId, name } = device;
    return this.act(`insert ${name} into`, () => {
      if (this.#devices.has(sourceId)) return false;
      this.#devices.set(sourceId, device);
      return true;
    });
  }

  *remove(device: Device): Routine {
    const { sourceId, name } = device;
    yield* this.act(`remove ${name} from`, () => {
      this.#devices.delete(sourceId);
    });
  }

  *report(sourceId: number, use: (device: Device) => Routine): Routine<boolean> {
    const device = yield* this.find(sourceId);
    if (device !== undefined) yield* use(device);
    return device !== undefined;
  }

  peek(sourceId: number): Device | undefined {
    this.kernel.touch(this, "read");
    return this.#devices.get(sourceId);
  }

  protected find(sourceId: number): Routine<Device | undefined> {
    const find = () => this.#devices.get(sourceId);
    return this.act(`look source-id 0x${sourceId.toString(16)} up in`, find, { kind: "read" });
  }
}

class CountedLookup extends DeviceTree {
  readonly #lock: Spinlock;

  constructor(kernel: Kernel) {
    super(kernel);
    this.#lock = new Spinlock(kernel, "device tree lock");
  }

  override *remove(device: Device): Routine {
    yield* this.#lock.lock();
    yield* super.remove(device);
    yield* this.#lock.unlock();
  }

  override *report(sourceId: number, use: (device: Device) => Routine): Routine<boolean> {
    yield* this.#lock.lock();
    const device = yield* this.find(sourceId);
    if (device !== undefined) yield* device.refs.get();
    yield* this.#lock.unlock();
    if (device === undefined) return false;
    yield* use(device);
    yield* putDevice(this.kernel, device);
    return true;
  }
}

class ListScan extends DeviceTree {
  readonly #list: DeviceList;

  constructor(kernel: Kernel, list: DeviceList) {
    super(kernel);
    this.#list = list;
  }

  override *report(sourceId: number, use: (device: Device) => Routine): Routine<boolean> {
    const scan = () => this.#list.devices.find((device) => device.sourceId === sourceId);
    const device = yield* this.#list.act("scan", scan, { kind: "read" });
    if (device === undefined || !(yield* device.refs.getUnlessZero())) return false;
    yield* use(device);
    yield* putDevice(this.kernel, device);
    return true;
  }
}

class MutexLookup extends DeviceTree {
  readonly #lock: Mutex;

  constructor(kernel: Kernel) {
    super(kernel);
    this.#lock = new Mutex(kernel, "iopf_lock");
  }

  override remove(device: Device): Routine {
    return this.#lock.hold(() => super.remove(device));
  }

  override report(sourceId: number, use: (device: Device) => Routine): Routine<boolean> {
    return this.#lock.hold(() => super.report(sourceId, use));
  }
}

class EpochLookup extends DeviceTree {
  readonly #epochs: Epochs;

  constructor(kernel: Kernel) {
    super(kernel);
    this.#epochs = new Epochs(kernel, "lookup epochs");
  }

  override *remove(device: Device): Routine {
    yield* super.remove(device);
    yield* this.#epochs.synchronize();
  }

  override *report(sourceId: number, use: (device: Device) => Routine): Routine<boolean> {
    const section = yield* this.#epochs.enter();
    const found = yield* super.report(sourceId, use);
    yield* this.#epochs.leave(section);
    return found;
  }
}
