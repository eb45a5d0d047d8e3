import { Errno } from "../errno.js";
import { perform, Spinlock, WaitQueue, type Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { POLL, type FileOperations } from "./files.js";
import { holderOf } from "./hwpt.js";
import { openObjectFile } from "./object-file.js";
import type { IommufdObject } from "./objects.js";
import { References } from "./references.js";
import { accept, type Respond } from "./respond.js";
import { VEVENTQ_FLAG, veventHeader } from "./uapi.js";
import type { Viommu } from "./viommu.js";

/** An event, or the one header that says that events were lost (`data` undefined). */
interface QueuedEvent {
  readonly sequence: number;
  readonly data: Uint8Array | undefined;
}

/** Events of a vIOMMU on their way to user space (iommufd_veventq). */
export interface EventQueue extends IommufdObject {
  readonly type: "veventq";
  readonly viommu: Viommu;
  readonly eventType: number;
  /** Events that it holds at most; the header of lost ones does not count. */
  readonly depth: number;
  /** Guards the four below. */
  readonly lock: Spinlock;
  readonly waiters: WaitQueue;
  events: QueuedEvent[];
  /** The number of the next event, lost or not. */
  sequence: number;
}

export interface VeventqAllocOptions {
  readonly flags?: number;
  readonly viommu_id: number;
  /** Of the driver. */
  readonly type: number;
  /** 1 to 2^19. */
  readonly depth: number;
  readonly reserved?: number;
}

const MOST_EVENTS = 2 ** 19;
/** Sequence numbers go up to 2^31 - 1, and then begin again. */
const SEQUENCES = 2 ** 31;

export interface VeventqIds {
  readonly out_veventq_id: number;
  readonly out_veventq_fd: number;
}

/**
 * IOMMU_VEVENTQ_ALLOC. EOPNOTSUPP: flags, or a type that the driver has not; EINVAL: depth; ENOENT; EEXIST: there is
 * one of the type.
 */
export function* veventqAlloc(
  context: Context,
  { flags = 0, viommu_id, type, depth, reserved = 0 }: VeventqAllocOptions,
  respond: Respond<VeventqIds> = accept,
): Routine<VeventqIds | Errno> {
  if (flags !== 0 || reserved !== 0 || type === 0) {
    return new Errno("EOPNOTSUPP", `flags are ${flags} and the type ${type}`);
  }
  if (depth === 0 || depth > MOST_EVENTS) {
    return new Errno("EINVAL", `depth is ${depth}: expected 1 to ${MOST_EVENTS}`);
  }
  const { objects } = context;
  const viommu = yield* objects.get<Viommu>(viommu_id, "viommu");
  if (viommu instanceof Errno) return viommu;
  const result = yield* viommu.lock.hold(() => make(context, viommu, { type, depth, respond }));
  yield* objects.put(viommu);
  return result;
}

interface Make {
  readonly type: number;
  readonly depth: number;
  readonly respond: Respond<VeventqIds>;
}

/** With the lock of the vIOMMU held. */
function* make(
  context: Context,
  viommu: Viommu,
  { type, depth, respond }: Make,
): Routine<VeventqIds | Errno> {
  const { kernel } = context;
  if (!viommu.driver.eventTypes.includes(type)) {
    return new Errno("EOPNOTSUPP", `${holderOf(viommu)} has no events of type ${type}`);
  }
  if (viommu.queues.has(type)) {
    return new Errno("EEXIST", `${holderOf(viommu)} has a queue of type ${type}`);
  }
  const made: { queue?: EventQueue } = {};
  const queue = yield* kernel.heap.allocate<EventQueue>("iommufd_veventq", {
    ...{ type: "veventq", id: 0, refs: new References(kernel), viommu, eventType: type, depth },
    lock: new Spinlock(kernel, "lock"),
    waiters: new WaitQueue(kernel, "waiters"),
    events: [],
    sequence: 0,
    destroy: () => destroyQueue(made.queue!),
  });
  if (queue === undefined) return new Errno("ENOMEM", "no memory for an event queue");
  made.queue = queue;
  yield* viommu.refs.get("an event queue");
  const opened = yield* openObjectFile(context, queue, {
    name: "[iommufd-viommu-event]",
    operations: (release) => eventFile(context, queue, release),
    respond: (fd) => respond({ out_veventq_id: queue.id, out_veventq_fd: fd }),
    beforeShown: () => viommu.queues.set(type, queue),
  });
  if (opened instanceof Errno) {
    yield* viommu.refs.put("an event queue");
    return opened;
  }
  return { out_veventq_id: opened.id, out_veventq_fd: opened.fd };
}

function* destroyQueue({ viommu, eventType }: EventQueue): Routine {
  yield* viommu.lock.lock();
  viommu.queues.delete(eventType);
  yield* viommu.lock.unlock();
  yield* viommu.refs.put("an event queue");
}

/**
 * iommufd_viommu_report_event: the driver has an event for user space. EOPNOTSUPP: nobody asked for the type; EINVAL:
 * no data; ENOMEM: it is lost, and the reader will see that. A full queue loses it too, and answers 0.
 */
export function* reportEvent(
  { kernel }: Context,
  viommu: Viommu,
  { type, data }: { readonly type: number; readonly data: Uint8Array },
): Routine<0 | Errno> {
  if (data.length === 0) {
    kernel.warn(`${holderOf(viommu)} reports an event without data`);
    return new Errno("EINVAL", "an event without data");
  }
  yield* viommu.lock.lock();
  const queue = viommu.queues.get(type);
  const result =
    queue === undefined
      ? new Errno("EOPNOTSUPP", `${holderOf(viommu)} has no queue of type ${type}`)
      : yield* queueEvent(queue, data);
  yield* viommu.lock.unlock();
  return result;
}

function* queueEvent(queue: EventQueue, data: Uint8Array): Routine<0 | Errno> {
  const { kernel } = queue.lock;
  yield* queue.lock.lock();
  const isFull = queue.events.filter((event) => event.data !== undefined).length >= queue.depth;
  const hasMemory =
    isFull ||
    (yield* perform({
      verb: "allocate an event of",
      object: queue.lock,
      kind: "read",
      run: (task) => !kernel.injection.fails(task, "allocate iommufd_vevent"),
    }));
  // The header of lost events is one: whatever comes behind it, or is lost again, takes its place at the end.
  const tail = queue.events.at(-1);
  if (tail !== undefined && tail.data === undefined) queue.events.pop();
  const lost = isFull || !hasMemory;
  queue.events.push({ sequence: queue.sequence, data: lost ? undefined : data.slice() });
  queue.sequence = (queue.sequence + 1) % SEQUENCES;
  yield* queue.lock.unlock();
  yield* queue.waiters.wakeAll();
  return hasMemory ? 0 : new Errno("ENOMEM", "no memory for an event");
}

function eventFile(context: Context, queue: EventQueue, release: () => Routine): FileOperations {
  return {
    *read(address, count, position) {
      if (position !== 0n) return new Errno("ESPIPE", `position ${position}: the file has none`);
      if (count < veventHeader.bytes) {
        return new Errno("EINVAL", `count is ${count}: expected a header of ${veventHeader.bytes}`);
      }
      return yield* readEvents(context, queue, address, count);
    },
    poll: () => poll(queue),
    *pollWait(events) {
      yield* queue.waiters.waitUntil(() => queue.events.length > 0, "an event can be read");
      return (yield* poll(queue)) & events;
    },
    release,
  };
}

function* poll(queue: EventQueue): Routine<number> {
  yield* queue.lock.lock();
  const isReadable = queue.events.length > 0;
  yield* queue.lock.unlock();
  return isReadable ? POLL.IN | POLL.RDNORM : 0;
}

/** iommufd_veventq_fops_read: whole events, as many as fit; never waits. */
function* readEvents(
  { process }: Context,
  queue: EventQueue,
  address: bigint,
  count: number,
): Routine<number | Errno> {
  let done = 0;
  while (count - done >= veventHeader.bytes) {
    const event = yield* takeEvent(queue);
    if (event === undefined) break;
    const bytes = encode(event);
    const result =
      bytes.length > count - done
        ? new Errno("EINVAL", `an event of ${bytes.length} bytes does not fit into ${count - done}`)
        : yield* process.memory.copyOut(address + BigInt(done), bytes);
    if (result !== 0) {
      yield* putBack(queue, event);
      return done > 0 ? done : result;
    }
    done += bytes.length;
  }
  return done;
}

function* takeEvent(queue: EventQueue): Routine<QueuedEvent | undefined> {
  yield* queue.lock.lock();
  const event = queue.events.shift();
  yield* queue.lock.unlock();
  return event;
}

/** A header of lost events goes back only where nothing came meanwhile: what did shows the gap by itself. */
function* putBack(queue: EventQueue, event: QueuedEvent): Routine {
  yield* queue.lock.lock();
  if (event.data !== undefined || queue.events.length === 0) queue.events.unshift(event);
  yield* queue.lock.unlock();
}

function encode({ sequence, data }: QueuedEvent): Uint8Array {
  const flags = data === undefined ? VEVENTQ_FLAG.LOST_EVENTS : 0;
  const header = veventHeader.encode({ flags, sequence });
  return data === undefined ? header : Uint8Array.of(...header, ...data);
}
