import { Mutex, WorkQueue, type Kernel, type Routine } from "../kernel/index.js";
import type { IopfDevice } from "./device.js";
import type { Result } from "./fault.js";
import { allocateFaultParam, type FaultParam } from "./fault-param.js";
import type { IopfContext } from "./iopf.js";
import { freeGroup } from "./response.js";
import { move } from "./group.js";

/** The devices of one remapping unit, and the work queue for their groups (iopf_queue). */
export interface IopfQueue {
  readonly name: string;
  readonly lock: Mutex;
  readonly work: WorkQueue;
  devices: FaultParam[];
}

/** Allocates a queue; `freeQueue` frees it. */
export function makeQueue(kernel: Kernel, name: string): IopfQueue {
  return kernel.heap.make<IopfQueue>("iopf_queue", {
    name,
    lock: new Mutex(kernel, "lock"),
    work: new WorkQueue(kernel, name),
    devices: [],
  });
}

/** iopf_queue_add_device: from now on the device's page requests are handled. */
export function* addDevice(
  context: IopfContext,
  queue: IopfQueue,
  device: IopfDevice,
): Routine<Result> {
  if (device.pageResponse === undefined) return "ENODEV";
  yield* queue.lock.lock();
  yield* device.lock.lock();
  const result = yield* publish(context, queue, device);
  yield* device.lock.unlock();
  yield* queue.lock.unlock();
  return result;
}

function* publish({ kernel }: IopfContext, queue: IopfQueue, device: IopfDevice): Routine<Result> {
  if ((yield* device.faultParam.load()) !== undefined) return "EBUSY";
  const param = yield* allocateFaultParam(kernel, queue, device);
  if (param === undefined) return "ENOMEM";
  queue.devices.push(param);
  param.published = true;
  yield* device.faultParam.store(param);
  return 0;
}

/**
 * iopf_queue_remove_device: answers what is pending and lets go of the fault data. It cannot fail. Page
 * requests must have been stopped and drained before.
 */
export function* removeDevice(context: IopfContext, queue: IopfQueue, device: IopfDevice): Routine {
  yield* queue.lock.lock();
  yield* device.lock.lock();
  const param = yield* device.faultParam.load();
  if (param === undefined || param.queue !== queue) {
    context.kernel.warn(`${device.name} is removed from ${queue.name}, where it is not`);
  } else {
    yield* param.lock.lock();
    for (const partial of param.partial.splice(0)) yield* context.kernel.heap.free(partial);
    yield* answerAll(context, device, param);
    queue.devices = queue.devices.filter((other) => other !== param);
    param.published = false;
    yield* param.lock.unlock();
    yield* device.faultParam.store(undefined);
    yield* context.lifetime.retire(param);
  }
  yield* device.lock.unlock();
  yield* queue.lock.unlock();
}

/** Answers INVALID to every group that waits. Version 7.2 frees them too, whoever may be at work on one. */
function* answerAll(context: IopfContext, device: IopfDevice, param: FaultParam): Routine {
  for (const group of param.faults.splice(0)) {
    move(group, ["faults", "handler"], "withdrawn");
    yield* device.pageResponse!(group.last, "INVALID");
    if (context.quirks.removalFreesGroups) yield* freeGroup(context, group);
  }
}

/** iopf_queue_flush_dev: waits for the work of all devices of the queue; the hardware was drained before. */
export function* flushDevice({ kernel }: IopfContext, device: IopfDevice): Routine<Result> {
  const param = yield* device.faultParam.load();
  if (param === undefined) {
    kernel.warn(`${device.name} is flushed, and is in no queue`);
    return "ENODEV";
  }
  yield* param.queue.work.flush();
  return 0;
}

/** iopf_queue_discard_partial, after the page request queue overflowed: nothing is reported meanwhile. */
export function* discardPartials({ kernel }: IopfContext, queue: IopfQueue): Routine {
  yield* queue.lock.lock();
  for (const param of queue.devices) {
    yield* param.lock.lock();
    for (const partial of param.partial.splice(0)) yield* kernel.heap.free(partial);
    param.broken = [];
    yield* param.lock.unlock();
  }
  yield* queue.lock.unlock();
}

/**
 * A PASID of a device gets another domain: what waits for the rest of its group was meant for the old one.
 * Version 7.2 has no such call, and puts it into the next group of that index.
 */
export function* forgetPartials(
  { kernel, quirks }: IopfContext,
  device: IopfDevice,
  pasid: number | undefined,
): Routine {
  const param = quirks.keepsPartials ? undefined : yield* device.faultParam.load();
  if (param === undefined) return;
  yield* param.lock.lock();
  const meant = param.partial.filter(({ fault }) => fault.pasid === pasid);
  param.partial = param.partial.filter(({ fault }) => fault.pasid !== pasid);
  for (const partial of meant) yield* kernel.heap.free(partial);
  yield* param.lock.unlock();
}

/** iopf_queue_free: removes the devices that are left, and destroys the work queue. */
export function* freeQueue(context: IopfContext, queue: IopfQueue): Routine {
  for (const { device } of [...queue.devices]) yield* removeDevice(context, queue, device);
  yield* queue.work.destroy();
  yield* context.kernel.heap.free(queue);
}
