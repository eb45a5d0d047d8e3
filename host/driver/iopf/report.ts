import type { Routine } from "../kernel/index.js";
import type { AttachHandle, IopfDevice } from "./device.js";
import { describeFault, type Fault, type Result } from "./fault.js";
import type { FaultParam, Partial } from "./fault-param.js";
import { allocateGroup, assertGroup, move } from "./group.js";
import type { IopfContext } from "./iopf.js";
import type { Hold } from "./lifetime.js";
import { freeGroup, respond } from "./response.js";

/** iommu_report_device_fault: one page request, in the order in which the device sent it. */
export function* report(context: IopfContext, device: IopfDevice, fault: Fault): Routine<Result> {
  const handle = yield* findHandle(device, fault);
  if (handle?.domain.iopfHandler === undefined) return yield* reject(context, device, fault);
  const hold = yield* context.lifetime.beginReport(device);
  if (hold === undefined) {
    context.kernel.warn(`${device.name} is in no queue: ${describeFault(fault)}`);
    return yield* reject(context, device, fault);
  }
  if (!fault.last) {
    const result = yield* addPartial(context, hold.param, fault);
    yield* context.lifetime.endReport(device, hold);
    return result;
  }
  return yield* reportLast(context, device, { fault, handle, hold });
}

/** What is attached for the request: to its PASID, or to requests without, if that has a PASID table. */
function* findHandle(device: IopfDevice, { pasid }: Fault): Routine<AttachHandle | undefined> {
  const { attachments } = device.group;
  const handle = yield* attachments.find(pasid);
  if (handle !== undefined || pasid === undefined || !device.userPasidTable) return handle;
  const ofAll = yield* attachments.find();
  return ofAll?.domain.isNested === true ? ofAll : undefined;
}

/** Nobody handles it. */
function* reject({ quirks }: IopfContext, device: IopfDevice, fault: Fault): Routine<Result> {
  if (fault.last || quirks.answersPartials) yield* device.pageResponse!(fault, "INVALID");
  return "EINVAL";
}

function* addPartial(context: IopfContext, param: FaultParam, fault: Fault): Routine<Result> {
  const { kernel, quirks } = context;
  const partial = yield* kernel.heap.allocate<Partial>("iopf_fault", { fault });
  yield* param.lock.lock();
  const tooLate = isTooLate(context, param, fault);
  if (partial !== undefined && !tooLate) param.partial.push(partial);
  if (partial === undefined && !quirks.losesPartials) param.broken.push(groupKey(fault, false));
  yield* param.lock.unlock();
  if (partial === undefined) return "ENOMEM";
  if (!tooLate) return 0;
  yield* kernel.heap.free(partial);
  return "EINVAL";
}

interface LastReport {
  readonly fault: Fault;
  readonly handle: AttachHandle;
  readonly hold: Hold;
}

function* reportLast(context: IopfContext, device: IopfDevice, last: LastReport): Routine<Result> {
  const { kernel, lifetime } = context;
  const { handle, hold, fault } = last;
  const { param } = hold;
  const made = yield* allocateGroup(kernel, { last: fault, param, handle, device });
  yield* param.lock.lock();
  const tooLate = isTooLate(context, param, fault);
  const collected = tooLate ? NOTHING : collect(context, param, fault);
  const group = collected.complete ? made : undefined;
  if (group !== undefined) {
    group.partials = collected.partials;
    assertGroup(group);
    move(group, ["new"], "faults");
    param.faults.push(group);
    lifetime.beginGroup(group, hold);
  }
  yield* param.lock.unlock();
  if (group === undefined) {
    if (made !== undefined) yield* kernel.heap.free(made);
    for (const partial of collected.partials) yield* kernel.heap.free(partial);
    if (!tooLate) yield* device.pageResponse!(fault, "FAILURE");
    yield* lifetime.endReport(device, hold);
    return tooLate ? yield* reject(context, device, fault) : 0;
  }
  const accepted = yield* handle.domain.iopfHandler!(group);
  yield* lifetime.handOver(device, hold);
  if (accepted) return 0;
  yield* respond(context, group, "FAILURE");
  yield* freeGroup(context, group);
  return 0;
}

interface Collected {
  readonly partials: readonly Partial[];
  /** No request of the group was lost. */
  readonly complete: boolean;
}

const NOTHING: Collected = { partials: [], complete: false };

/** Takes the requests of the same group out of those that wait, in the order of their arrival. */
function collect({ quirks }: IopfContext, param: FaultParam, last: Fault): Collected {
  const key = groupKey(last, quirks.matchesByIndexAlone);
  const isOfGroup = ({ fault }: Partial) => groupKey(fault, quirks.matchesByIndexAlone) === key;
  const partials = param.partial.filter(isOfGroup);
  param.partial = param.partial.filter((partial) => !isOfGroup(partial));
  const exact = groupKey(last, false);
  const complete = !param.broken.includes(exact);
  param.broken = param.broken.filter((each) => each !== exact);
  return { partials, complete };
}

function groupKey({ grpid, pasid }: Fault, byIndexAlone: boolean): string {
  return byIndexAlone ? `${grpid}` : `${grpid} of ${pasid ?? "none"}`;
}

/**
 * A-I7: after removal nothing is added. Version 7.2 does not look: there, whoever could still report must
 * have been stopped before, and what is added all the same leads to worse.
 */
function isTooLate({ kernel, quirks }: IopfContext, param: FaultParam, fault: Fault): boolean {
  if (param.published) return false;
  if (!quirks.addsAfterRemoval) return true;
  kernel.warn(`${describeFault(fault)} is added to data of a removed device`, "A-I7");
  return false;
}
