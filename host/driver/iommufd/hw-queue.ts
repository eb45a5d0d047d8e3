import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import { pinRange, unpin, type PinnedRange } from "./access.js";
import type { Context } from "./context.js";
import { holderOf } from "./hwpt.js";
import { LAST } from "./iova-space.js";
import type { IommufdObject } from "./objects.js";
import type { DriverHwQueue } from "./port.js";
import { References } from "./references.js";
import { accept, type Respond } from "./respond.js";
import { HW_QUEUE_TYPE } from "./uapi.js";
import type { Viommu } from "./viommu.js";

/** A queue in a guest's memory that a unit works on by itself (iommufd_hw_queue). */
export interface HwQueue extends IommufdObject {
  readonly type: "hw-queue";
  readonly viommu: Viommu;
}

export interface HwQueueAllocOptions {
  readonly flags?: number;
  readonly viommu_id: number;
  /** Of `HW_QUEUE_TYPE`, or of the driver. */
  readonly type: number;
  readonly index: number;
  /** Where the queue lies: an address of what the vIOMMU's parent maps. */
  readonly nesting_parent_iova: bigint;
  /** Bytes. */
  readonly length: bigint;
}

/**
 * IOMMU_HW_QUEUE_ALLOC: memory of the queue stays mapped as long as the queue is there. EOPNOTSUPP: flags, or a type that the
 * driver has not; EINVAL: length; EOVERFLOW; ENOENT: the vIOMMU, or what is mapped; EFAULT: not in one piece;
 * ENOMEM; and what the driver says of the index.
 */
export function* hwQueueAlloc(
  context: Context,
  options: HwQueueAllocOptions,
  respond: Respond<{ readonly out_hw_queue_id: number }> = accept,
): Routine<{ readonly out_hw_queue_id: number } | Errno> {
  const { flags = 0, viommu_id, type, nesting_parent_iova: iova, length } = options;
  if (flags !== 0 || type === HW_QUEUE_TYPE.DEFAULT) {
    return new Errno("EOPNOTSUPP", `flags are ${flags} and the type ${type}`);
  }
  if (length === 0n) return new Errno("EINVAL", "the length is 0");
  if (iova + length - 1n > LAST) return new Errno("EOVERFLOW", "the queue goes beyond 2^64");
  const { objects } = context;
  const viommu = yield* objects.get<Viommu>(viommu_id, "viommu");
  if (viommu instanceof Errno) return viommu;
  const queue = yield* make(context, viommu, options, respond);
  yield* objects.put(viommu);
  return queue instanceof Errno ? queue : { out_hw_queue_id: queue.id };
}

function* make(
  context: Context,
  viommu: Viommu,
  { type, index, nesting_parent_iova: iova, length }: HwQueueAllocOptions,
  respond: Respond<{ readonly out_hw_queue_id: number }>,
): Routine<HwQueue | Errno> {
  const { kernel, objects } = context;
  const queues = viommu.driver.hwQueues;
  if (queues?.types.includes(type) !== true) {
    return new Errno("EOPNOTSUPP", `${holderOf(viommu)} has no hardware queues of type ${type}`);
  }
  const refs = new References(kernel);
  const made: Made = {};
  const destroy = () => destroyQueue(context, made);
  const queue = yield* kernel.heap.allocate<HwQueue>("iommufd_hw_queue", {
    ...{ type: "hw-queue", id: 0, refs, destroy, viommu },
  });
  if (queue === undefined) return new Errno("ENOMEM", "no memory for a hardware queue");
  made.queue = queue;
  yield* objects.reserve(queue);
  yield* viommu.refs.get(holderOf(queue));
  const pinned = yield* pinRange(context, viommu.hwpt.ioas, { iova, length });
  if (!(pinned instanceof Errno)) made.pinned = pinned;
  const driver =
    pinned instanceof Errno
      ? pinned
      : yield* queues.init({ index, iova, physical: pinned.physical, refs });
  if (!(driver instanceof Errno)) made.driver = driver;
  const told = driver instanceof Errno ? driver : yield* respond({ out_hw_queue_id: queue.id });
  if (told === 0) {
    yield* objects.finalise(queue);
    return queue;
  }
  yield* queue.destroy();
  yield* objects.abort(queue);
  yield* kernel.heap.free(queue);
  return told;
}

/** What there is of a queue so far. */
interface Made {
  queue?: HwQueue;
  driver?: DriverHwQueue;
  pinned?: PinnedRange;
}

function* destroyQueue(context: Context, { queue, driver, pinned }: Made): Routine {
  if (driver !== undefined) yield* driver.destroy();
  if (pinned !== undefined) yield* unpin(context, pinned);
  yield* queue!.viommu.refs.put(holderOf(queue!));
}
