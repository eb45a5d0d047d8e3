import { Mutex, Refcount, type Kernel, type Routine } from "../kernel/index.js";
import type { IopfDevice } from "./device.js";
import type { Fault } from "./fault.js";
import type { Group } from "./group.js";
import type { IopfQueue } from "./queue.js";

/** A request that waits for the last one of its group. */
export interface Partial {
  readonly fault: Fault;
}

/**
 * Fault data of a device, from the addition to a queue until removal and until the last group has been
 * answered (iommu_fault_param). `partial` and `faults` are guarded by `lock`.
 */
export interface FaultParam {
  readonly lock: Mutex;
  readonly users: Refcount;
  /** No reference is held on it. */
  readonly device: IopfDevice;
  readonly queue: IopfQueue;
  partial: Partial[];
  /** Groups that wait for a response. */
  faults: Group[];
  /** Groups of which a request was lost, by index and PASID. */
  broken: string[];
  /** The device points to it. */
  published: boolean;
  /** What the count of users consists of: 1 until removal, */
  base: number;
  /** one for each group that was not freed, */
  groups: number;
  /** one for each report under way. */
  reporters: number;
}

export function allocateFaultParam(
  kernel: Kernel,
  queue: IopfQueue,
  device: IopfDevice,
): Routine<FaultParam | undefined> {
  return kernel.heap.allocate<FaultParam>("FaultParam", {
    lock: new Mutex(kernel, "lock"),
    users: new Refcount(kernel, "users"),
    device,
    queue,
    partial: [],
    faults: [],
    broken: [],
    published: false,
    base: 1,
    groups: 0,
    reporters: 0,
  });
}
