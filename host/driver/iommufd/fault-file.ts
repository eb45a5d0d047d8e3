import { Errno } from "../errno.js";
import { faultsOf, type Fault, type Group } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import {
  allocateCookie,
  assertCookies,
  forget,
  noteRead,
  putBack,
  takeFirst,
  type Delivery,
  type FaultObject,
} from "./fault-object.js";
import { POLL, type FileOperations } from "./files.js";
import { isIommufdHandle } from "./handle.js";
import { hwptPageResponse, hwptPgfault, PAGE_RESP, PGFAULT_FLAGS, PGFAULT_PERM } from "./uapi.js";

/** The internal flag "response needs PASID", which a message should not show. */
const NEEDS_PASID = 4;

/** The file of a fault object: "[iommufd-pgfault]". */
export function faultFile(
  context: Context,
  fault: FaultObject,
  release: () => Routine,
): FileOperations {
  return {
    read: (address, count, position) => {
      const { bytes } = hwptPgfault;
      return checked(position, count, bytes, () => readFaults(context, fault, address, count));
    },
    write: (address, count, position) => {
      const { bytes } = hwptPageResponse;
      return checked(position, count, bytes, () => writeResponses(context, fault, address, count));
    },
    poll: () => poll(fault),
    *pollWait(events) {
      if ((events & POLL.OUT) === 0) {
        const isReadable = () => fault.deliver.length > 0;
        yield* fault.waiters.waitUntil(isReadable, "a group can be read");
      }
      return (yield* poll(fault)) & events;
    },
    release,
  };
}

function* checked(
  position: bigint,
  count: number,
  unit: number,
  body: () => Routine<number | Errno>,
): Routine<number | Errno> {
  if (position !== 0n) return new Errno("ESPIPE", `position ${position}: the file has none`);
  if (count % unit !== 0) {
    return new Errno("ESPIPE", `count is ${count}: expected a multiple of ${unit}`);
  }
  return yield* body();
}

function* poll(fault: FaultObject): Routine<number> {
  yield* fault.lock.lock();
  const isReadable = fault.deliver.length > 0;
  yield* fault.lock.unlock();
  return POLL.OUT | (isReadable ? POLL.IN | POLL.RDNORM : 0);
}

/** iommufd_fault_fops_read: whole groups, as many as fit; never waits. */
function* readFaults(
  context: Context,
  fault: FaultObject,
  address: bigint,
  count: number,
): Routine<number | Errno> {
  yield* fault.mutex.lock();
  let done = 0;
  let failure: Errno | undefined;
  while (failure === undefined) {
    const delivery = yield* takeFirst(fault);
    if (delivery === undefined) break;
    const bytes = faultsOf(delivery.group).length * hwptPgfault.bytes;
    const result =
      bytes > count - done
        ? new Errno("EINVAL", `a group of ${bytes} bytes does not fit into ${count - done}`)
        : yield* readGroup(context, fault, delivery, address + BigInt(done));
    if (result === 0) {
      done += bytes;
    } else {
      yield* putBack(fault, delivery);
      failure = result;
    }
  }
  assertCookies(fault);
  yield* fault.mutex.unlock();
  return done === 0 && failure !== undefined ? failure : done;
}

function* readGroup(
  context: Context,
  fault: FaultObject,
  delivery: Delivery,
  address: bigint,
): Routine<0 | Errno> {
  const { group } = delivery;
  const dev_id = deviceIdOf(context, group);
  const cookie = yield* allocateCookie(context, fault, group, dev_id);
  if (cookie instanceof Errno) return cookie;
  let messages = 0;
  for (const each of faultsOf(group)) {
    const message = hwptPgfault.encode({ ...messageOf(context, each), dev_id, cookie });
    const at = address + BigInt(messages * hwptPgfault.bytes);
    const copied = yield* context.process.memory.copyOut(at, message);
    if (copied !== 0) {
      fault.cookies.erase(cookie);
      return copied;
    }
    messages += 1;
  }
  noteRead(fault, delivery, messages);
  return 0;
}

function messageOf({ quirks }: Context, fault: Fault) {
  const { pasid, grpid, last, address, read, write, execute, privileged } = fault;
  const hasPasid = pasid !== undefined;
  return {
    flags:
      (hasPasid ? PGFAULT_FLAGS.PASID_VALID : 0) |
      (last ? PGFAULT_FLAGS.LAST_PAGE : 0) |
      (hasPasid && quirks.showsInternalFlag ? NEEDS_PASID : 0),
    pasid: pasid ?? 0,
    grpid,
    perm:
      (read ? PGFAULT_PERM.READ : 0) |
      (write ? PGFAULT_PERM.WRITE : 0) |
      (execute === true ? PGFAULT_PERM.EXEC : 0) |
      (privileged === true ? PGFAULT_PERM.PRIV : 0),
    addr: address,
    length: 0,
  };
}

/** The id of the device that faulted, or of the first of its group that was attached. */
function deviceIdOf({ quirks }: Context, group: Group): number {
  const { handle, device } = group;
  if (!isIommufdHandle(handle)) throw new TypeError("a handle that iommufd did not make");
  const { idev } = handle;
  if (quirks.namesFirstDevice) return idev.id;
  return idev.igroup.members.find((each) => each.device.iommu === device)?.id ?? idev.id;
}

/** iommufd_fault_fops_write: answers one group after the other, up to the first mistake. */
function* writeResponses(
  context: Context,
  fault: FaultObject,
  address: bigint,
  count: number,
): Routine<number | Errno> {
  yield* fault.mutex.lock();
  let done = 0;
  let failure: Errno | undefined;
  while (failure === undefined && done < count) {
    const result = yield* writeResponse(context, fault, address + BigInt(done));
    if (result === 0) done += hwptPageResponse.bytes;
    else failure = result;
  }
  assertCookies(fault);
  yield* fault.mutex.unlock();
  return done === 0 && failure !== undefined ? failure : done;
}

function* writeResponse(
  { iopf, process, quirks }: Context,
  fault: FaultObject,
  address: bigint,
): Routine<0 | Errno> {
  const bytes = yield* process.memory.copyIn(address, hwptPageResponse.bytes);
  if (bytes instanceof Errno) return bytes;
  const { cookie, code } = hwptPageResponse.decode(bytes);
  if (code !== PAGE_RESP.SUCCESS && code !== PAGE_RESP.INVALID) {
    return new Errno("EINVAL", `code is ${code}: expected 0 (success) or 1 (invalid)`);
  }
  const group = fault.cookies.find(cookie);
  if (group === undefined) {
    // Linux erases 0 from an array of ids that begin with 1; an empty one does not notice.
    const frees = quirks.freesCookieZero && cookie === 0 && fault.cookies.size > 0;
    if (frees) fault.cookies.freeZero();
    return new Errno("EINVAL", `no group has the cookie ${cookie}`);
  }
  forget(fault, cookie, group);
  yield* iopf.respond(group, code === PAGE_RESP.SUCCESS ? "SUCCESS" : "INVALID");
  yield* iopf.freeGroup(group);
  return 0;
}
