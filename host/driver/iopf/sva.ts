import { Work, type Kernel, type Routine } from "../kernel/index.js";
import type { Domain } from "./device.js";
import type { Fault } from "./fault.js";
import { faultsOf, type Group } from "./group.js";
import type { Iopf } from "./iopf.js";

export interface SvaOptions {
  readonly kernel: Kernel;
  readonly iopf: Iopf;
  /** The address space: answers whether it could map what the request asks for. */
  readonly handleFault: (fault: Fault, group: Group) => Routine<boolean>;
}

/** A domain whose faults a work queue handles, as faults of a process (iommu-sva.c). */
export function svaDomain(name: string, { kernel, iopf, handleFault }: SvaOptions): Domain {
  const work = (group: Group) => handleGroup(iopf, handleFault, group);
  return { name, iopfHandler: (group) => queueWork(kernel, group, work) };
}

function* handleGroup(iopf: Iopf, handleFault: SvaOptions["handleFault"], group: Group): Routine {
  let code: "SUCCESS" | "INVALID" = "SUCCESS";
  for (const fault of faultsOf(group)) {
    // The first failure stands for the group; what follows is not tried.
    if (fault.pasid === undefined || !(yield* handleFault(fault, group))) {
      code = "INVALID";
      break;
    }
  }
  yield* iopf.respond(group, code);
  yield* iopf.freeGroup(group);
}

/** Lets the work queue of a group's unit handle it; false if it cannot. */
export function* queueWork(
  kernel: Kernel,
  group: Group,
  work: (group: Group) => Routine,
): Routine<boolean> {
  group.work = new Work(kernel, "work", () => work(group));
  return yield* group.param.queue.work.queue(group.work);
}
