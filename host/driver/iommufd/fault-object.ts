import { Errno } from "../errno.js";
import { faultsOf, type Group } from "../iopf/index.js";
import {
  assertInvariant,
  Mutex,
  perform,
  Spinlock,
  WaitQueue,
  type Routine,
} from "../kernel/index.js";
import type { Context } from "./context.js";
import { Cookies } from "./cookies.js";
import type { IommufdHandle } from "./handle.js";
import type { IommufdObject } from "./objects.js";
import { References } from "./references.js";

/** A group that waits to be read. */
export interface Delivery {
  readonly group: Group;
  /** How many came before it. */
  readonly arrival: number;
}

/** Page requests on their way to user space and back (iommufd_fault). */
export interface FaultObject extends IommufdObject {
  readonly type: "fault";
  /** Held by reads, writes and automatic answers. */
  readonly mutex: Mutex;
  /** Guards `deliver`, `arrivals` and `taken`. */
  readonly lock: Spinlock;
  readonly waiters: WaitQueue;
  /** Groups that wait to be read, in the order of their arrival. */
  deliver: Delivery[];
  arrivals: number;
  /** How many of them were taken from `deliver`, to be read or answered, and not put back. */
  taken: number;
  /** Groups that were read and not answered. */
  readonly cookies: Cookies;
  /** Groups that were read whole: what `cookies` must hold outside of the mutex. */
  readonly read: Set<Group>;
  /** Arrival of the group that was read last. */
  lastRead: number;
}

/** An object with nothing in it and without an id; undefined if there is no memory. */
export function makeFaultObject(context: Context): Routine<FaultObject | undefined> {
  const { kernel } = context;
  let fault: FaultObject | undefined = undefined;
  const destroy = () => destroyFaults(context, fault!);
  return (function* () {
    fault = yield* kernel.heap.allocate<FaultObject>("iommufd_fault", {
      type: "fault",
      id: 0,
      refs: new References(kernel),
      destroy,
      mutex: new Mutex(kernel, "mutex"),
      lock: new Spinlock(kernel, "lock"),
      waiters: new WaitQueue(kernel, "waiters"),
      deliver: [],
      arrivals: 0,
      taken: 0,
      cookies: new Cookies(kernel, context.cookies),
      read: new Set(),
      lastRead: -1,
    });
    return fault;
  })();
}

/** iommufd_fault_iopf_handler: takes a group over. */
export function* deliver(context: Context, fault: FaultObject, group: Group): Routine<boolean> {
  yield* context.iopf.dequeue(group);
  yield* fault.lock.lock();
  assertHandle(context, group);
  fault.deliver.push({ group, arrival: fault.arrivals });
  fault.arrivals += 1;
  assertDelivered(fault);
  yield* fault.lock.unlock();
  yield* fault.waiters.wakeAll();
  return true;
}

/** Takes the first group that waits, or undefined. */
export function* takeFirst(fault: FaultObject): Routine<Delivery | undefined> {
  yield* fault.lock.lock();
  const first = fault.deliver.shift();
  if (first !== undefined) fault.taken += 1;
  assertDelivered(fault);
  yield* fault.lock.unlock();
  return first;
}

/** Puts a group back to where it was taken from. */
export function* putBack(fault: FaultObject, delivery: Delivery): Routine {
  yield* fault.lock.lock();
  fault.deliver.unshift(delivery);
  fault.taken -= 1;
  assertDelivered(fault);
  yield* fault.lock.unlock();
}

/** iommufd_auto_response_faults: answers INVALID to every group of a handle, read or not. */
export function* autoRespond(context: Context, fault: FaultObject, handle: IommufdHandle): Routine {
  yield* fault.mutex.lock();
  yield* fault.lock.lock();
  const isOfHandle = ({ handle: other }: Group) => other === handle;
  const unread = fault.deliver.filter(({ group }) => isOfHandle(group));
  fault.deliver = fault.deliver.filter(({ group }) => !isOfHandle(group));
  fault.taken += unread.length;
  assertDelivered(fault);
  yield* fault.lock.unlock();
  for (const { group } of unread) yield* answer(context, group);
  for (const [cookie, group] of fault.cookies.entries) {
    if (!isOfHandle(group)) continue;
    forget(fault, cookie, group);
    yield* answer(context, group);
  }
  assertCookies(fault);
  yield* fault.mutex.unlock();
}

/** A group that was read is not waited for any more. */
export function forget(fault: FaultObject, cookie: number, group: Group): void {
  fault.cookies.erase(cookie);
  fault.read.delete(group);
}

/** C-I2: who takes a group from the list reads it, or answers it; part of a step under the lock. */
function assertDelivered({ deliver, arrivals, taken }: FaultObject): void {
  assertInvariant(
    deliver.length === arrivals - taken,
    "C-I2",
    () => `${arrivals} groups arrived and ${taken} were taken: ${deliver.length} are left`,
  );
}

/** C-I5: before a handle is freed, no group points to it. */
export function assertUnused(fault: FaultObject, handle: IommufdHandle): void {
  const groups = [...fault.deliver.map(({ group }) => group), ...fault.cookies.groups];
  const left = groups.filter((group) => group.handle === handle).length;
  assertInvariant(left === 0, "C-I5", () => `a handle is freed, and ${left} groups point to it`);
}

/** C-I1: outside of the mutex, what has a cookie was read whole and not answered, and the other way round. */
export function assertCookies({ cookies, read }: FaultObject): void {
  let holds = cookies.size === read.size;
  for (const group of cookies.groups) holds &&= read.has(group);
  assertInvariant(
    holds,
    "C-I1",
    () => `${read.size} groups were read and not answered, and ${cookies.size} have a cookie`,
  );
}

/** Where nobody else can reach the object any more: no locks. */
function* destroyFaults(context: Context, fault: FaultObject): Routine {
  assertDelivered(fault);
  const unread = fault.deliver.splice(0);
  fault.taken += unread.length;
  for (const { group } of unread) yield* answer(context, group);
  for (const [cookie, group] of fault.cookies.entries) {
    forget(fault, cookie, group);
    yield* answer(context, group);
  }
}

function* answer({ iopf }: Context, group: Group): Routine {
  yield* iopf.respond(group, "INVALID");
  yield* iopf.freeGroup(group);
}

function assertHandle({ kernel }: Context, { handle }: Group): void {
  assertInvariant(
    kernel.heap.isLive(handle),
    "C-I5",
    () => `a group is delivered that points to ${kernel.heap.label(handle)}, which was freed`,
  );
}

/** For a step of its own on the cookies: user space gets a number for a group. */
export function allocateCookie(
  { kernel }: Context,
  { cookies }: FaultObject,
  group: Group,
  deviceId: number,
): Routine<number | Errno> {
  return perform({
    verb: "give a group one of",
    object: cookies,
    kind: "write",
    run: (task) => {
      const none = kernel.injection.fails(task, "allocate a cookie");
      const cookie = none ? undefined : cookies.insert(group, deviceId);
      task.remark = String(cookie ?? "none");
      if (none) return new Errno("ENOMEM", "no memory for a cookie");
      return cookie ?? new Errno("EBUSY", "no cookie is free");
    },
  });
}

/** C-I4: groups are read in the order of their arrival, whatever was put back meanwhile. */
export function noteRead(fault: FaultObject, { group, arrival }: Delivery, messages: number): void {
  assertInvariant(
    arrival > fault.lastRead,
    "C-I4",
    () => `arrival ${arrival} is read after arrival ${fault.lastRead}`,
  );
  assertInvariant(
    messages === faultsOf(group).length,
    "C-I3",
    () => `${messages} messages of a group of ${faultsOf(group).length} are read`,
  );
  fault.lastRead = arrival;
  fault.read.add(group);
}
