import { assertInvariant, type Routine } from "../kernel/index.js";
import type { ResponseCode } from "./fault.js";
import { move, type Group } from "./group.js";
import type { IopfContext } from "./iopf.js";

/**
 * iopf_group_response: answers a group, with the PASID and the index of its last request. The handler does
 * so once, and frees the group then.
 */
export function* respond(context: IopfContext, group: Group, code: ResponseCode): Routine {
  const { lifetime, quirks } = context;
  const param = yield* lifetime.beginResponse(group);
  if (param === undefined) return;
  yield* param.lock.lock();
  assertInvariant(
    param === group.param,
    "A-I4",
    () => `a group of ${name(context, group.param)} is answered as one of ${name(context, param)}`,
  );
  // Version 7.2 does not look whether the device is still in its queue; a repaired removal has answered.
  if (quirks.respondsAfterRemoval || group.place !== "withdrawn") {
    move(group, ["new", "faults", "handler"], "answered");
    yield* group.device.pageResponse!(group.last, code);
    param.faults = param.faults.filter((other) => other !== group);
  }
  yield* param.lock.unlock();
  yield* lifetime.endResponse(group, param);
}

/** iopf_free_group: frees a group that was answered, and what its requests took. */
export function* freeGroup({ kernel, lifetime }: IopfContext, group: Group): Routine {
  const { param, section } = group;
  for (const partial of group.partials) yield* kernel.heap.free(partial);
  yield* kernel.heap.free(group);
  yield* lifetime.endGroup(param, section);
}

/**
 * iopf_group_dequeue: a handler that keeps groups itself takes one off the list of its device. From then on
 * it alone answers it, also when the device goes; a repaired core keeps it in sight.
 */
export function* dequeue({ quirks }: IopfContext, group: Group): Routine {
  const { param } = group;
  yield* param.lock.lock();
  if (group.place === "faults") {
    move(group, ["faults"], "handler");
    if (quirks.respondsAfterRemoval) {
      param.faults = param.faults.filter((other) => other !== group);
    }
  }
  yield* param.lock.unlock();
}

function name({ kernel }: IopfContext, param: object): string {
  return kernel.heap.label(param);
}
