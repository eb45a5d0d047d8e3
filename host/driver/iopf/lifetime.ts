import {
  assertInvariant,
  Epochs,
  type Kernel,
  type ReadSection,
  type Routine,
} from "../kernel/index.js";
import type { IopfDevice } from "./device.js";
import type { FaultParam } from "./fault-param.js";
import type { Group } from "./group.js";

/**
 * - "mutex": reports and responses take the device's lock and look the data up again (before Linux 6.9).
 * - "refcount-grace": a count, and a grace period before the memory is freed (merged; the default).
 * - "refcount": the count without the grace period.
 * - "epoch": no count; a read section from the report to the response.
 * - "reobtain": a count, but the response looks the data up again (a mistake of a version under review).
 */
export type LifetimeName = "mutex" | "refcount-grace" | "refcount" | "epoch" | "reobtain";

/** Fault data that a report found, and what keeps it in existence. */
export interface Hold {
  readonly param: FaultParam;
  readonly section?: ReadSection;
}

/** What keeps fault data in existence while somebody uses it. */
export interface Lifetime {
  /** The data for a report; undefined if the device has none. */
  beginReport(device: IopfDevice): Routine<Hold | undefined>;
  /** The report is over, and no group of it is left. */
  endReport(device: IopfDevice, hold: Hold): Routine;
  /** The report has made a group, which keeps the data from now on, where groups do. */
  beginGroup(group: Group, hold: Hold): void;
  /** The report is over, and the handler has the group. */
  handOver(device: IopfDevice, hold: Hold): Routine;
  /** The data for a response; undefined if there is none any more, and the group has been answered. */
  beginResponse(group: Group): Routine<FaultParam | undefined>;
  endResponse(group: Group, param: FaultParam): Routine;
  /** A group is about to be freed, with the section that it has. */
  endGroup(param: FaultParam, section: ReadSection | undefined): Routine;
  /** The data is not published any more. */
  retire(param: FaultParam): Routine;
}

export function makeLifetime(kernel: Kernel, name: LifetimeName): Lifetime {
  switch (name) {
    case "mutex":
      return new MutexLifetime(kernel);
    case "epoch":
      return new EpochLifetime(kernel);
    case "refcount-grace":
      return new CountedLifetime(kernel, true);
    case "refcount":
      return new CountedLifetime(kernel, false);
    case "reobtain":
      return new ReobtainLifetime(kernel);
  }
}

/* eslint-disable-next-line require-yield -- a routine without steps */
function* nothing(): Routine {
  return;
}

class CountedLifetime implements Lifetime {
  readonly #kernel: Kernel;
  readonly #grace: boolean;

  constructor(kernel: Kernel, grace: boolean) {
    this.#kernel = kernel;
    this.#grace = grace;
  }

  *beginReport(device: IopfDevice): Routine<Hold | undefined> {
    const { rcu } = this.#kernel;
    yield* rcu.readLock();
    let param = yield* device.faultParam.dereference();
    if (param !== undefined && !(yield* param.users.getUnlessZero())) param = undefined;
    if (param !== undefined) {
      param.reporters += 1;
      assertUsers(param);
    }
    yield* rcu.readUnlock();
    return param && { param };
  }

  endReport(_device: IopfDevice, { param }: Hold): Routine {
    return this.#put(param, "reporters");
  }

  /** The group inherits the reference of its report. */
  beginGroup({ param }: Group): void {
    param.reporters -= 1;
    param.groups += 1;
    assertUsers(param);
  }

  handOver(): Routine {
    return nothing();
  }

  // eslint-disable-next-line require-yield -- the group has the reference
  *beginResponse(group: Group): Routine<FaultParam | undefined> {
    return group.param;
  }

  endResponse(): Routine {
    return nothing();
  }

  endGroup(param: FaultParam): Routine {
    return this.#put(param, "groups");
  }

  retire(param: FaultParam): Routine {
    return this.#put(param, "base");
  }

  *#put(param: FaultParam, whose: "base" | "groups" | "reporters"): Routine {
    param[whose] -= 1;
    if (!(yield* param.users.put())) return;
    yield* this.#grace ? this.#kernel.rcu.kfree(param) : this.#kernel.heap.free(param);
  }
}

/** A-I3: the base reference, one for each group, one for each report under way; who drops one says so first. */
function assertUsers(param: FaultParam): void {
  const expected = param.base + param.groups + param.reporters;
  assertInvariant(
    param.users.value >= expected,
    "A-I3",
    () => `${param.users.name} is ${param.users.value}, expected at least ${expected}`,
  );
}

/** Reports and responses each count for themselves; a group in between does not. */
class ReobtainLifetime implements Lifetime {
  readonly #counted: CountedLifetime;

  constructor(kernel: Kernel) {
    this.#counted = new CountedLifetime(kernel, true);
  }

  beginReport(device: IopfDevice): Routine<Hold | undefined> {
    return this.#counted.beginReport(device);
  }

  endReport(device: IopfDevice, hold: Hold): Routine {
    return this.#counted.endReport(device, hold);
  }

  beginGroup(): void {
    return;
  }

  handOver(device: IopfDevice, hold: Hold): Routine {
    return this.endReport(device, hold);
  }

  *beginResponse(group: Group): Routine<FaultParam | undefined> {
    return (yield* this.beginReport(group.device))?.param;
  }

  endResponse(group: Group, param: FaultParam): Routine {
    return this.endReport(group.device, { param });
  }

  endGroup(): Routine {
    return nothing();
  }

  retire(param: FaultParam): Routine {
    return this.#counted.retire(param);
  }
}

class MutexLifetime implements Lifetime {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  *beginReport(device: IopfDevice): Routine<Hold | undefined> {
    yield* device.lock.lock();
    const param = yield* device.faultParam.load();
    if (param === undefined) yield* device.lock.unlock();
    return param && { param };
  }

  endReport(device: IopfDevice): Routine {
    return device.lock.unlock();
  }

  beginGroup(): void {
    return;
  }

  handOver(device: IopfDevice): Routine {
    return device.lock.unlock();
  }

  *beginResponse(group: Group): Routine<FaultParam | undefined> {
    const hold = yield* this.beginReport(group.device);
    if (hold === undefined || group.place !== "withdrawn") return hold?.param;
    // Removal has answered it. The data that is there now is of another time.
    yield* group.device.lock.unlock();
    return undefined;
  }

  endResponse(group: Group): Routine {
    return group.device.lock.unlock();
  }

  endGroup(): Routine {
    return nothing();
  }

  retire(param: FaultParam): Routine {
    return this.#kernel.heap.free(param);
  }
}

class EpochLifetime implements Lifetime {
  readonly #epochs: Epochs;

  constructor(kernel: Kernel) {
    this.#epochs = new Epochs(kernel, "iopf epochs");
  }

  *beginReport(device: IopfDevice): Routine<Hold | undefined> {
    const section = yield* this.#epochs.enter();
    const param = yield* device.faultParam.load();
    if (param !== undefined) return { param, section };
    yield* this.#epochs.leave(section);
    return undefined;
  }

  endReport(_device: IopfDevice, { section }: Hold): Routine {
    return section ? this.#epochs.leave(section) : nothing();
  }

  beginGroup(group: Group, { section }: Hold): void {
    group.section = section;
  }

  handOver(): Routine {
    return nothing();
  }

  // eslint-disable-next-line require-yield -- the group has the section
  *beginResponse(group: Group): Routine<FaultParam | undefined> {
    return group.param;
  }

  endResponse(): Routine {
    return nothing();
  }

  endGroup(_param: FaultParam, section: ReadSection | undefined): Routine {
    return section ? this.#epochs.leave(section) : nothing();
  }

  retire(param: FaultParam): Routine {
    return this.#epochs.kfree(param);
  }
}
