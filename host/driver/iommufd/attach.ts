import { Errno } from "../errno.js";
import { NO_PASID } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { describePlace, type BoundDevice } from "./device.js";
import { assertUnused, autoRespond } from "./fault-object.js";
import { attachGroup, detachGroup, replaceGroup, type Attachment } from "./group.js";
import type { IommufdHandle } from "./handle.js";
import { holderOf, type Hwpt } from "./hwpt.js";
import { moveReserved, releaseFor, reserveFor } from "./reserved.js";

/** What a change of an attachment leaves to the caller: the reference of this one is to be dropped. */
export type Released = Hwpt | undefined;

/** iommufd_hw_pagetable_attach. EBUSY: the device is attached there; EINVAL: its group is, to another. */
export function* attachHwpt(
  context: Context,
  idev: BoundDevice,
  hwpt: Hwpt,
  pasid: number,
): Routine<Released | Errno> {
  const { igroup } = idev;
  return yield* igroup.lock.hold(function* () {
    const place = describePlace(idev, pasid);
    const attachment = igroup.attached.get(pasid);
    if (attachment?.devices.has(idev) === true) {
      return new Errno("EBUSY", `${place} is attached`);
    }
    if (attachment !== undefined && attachment.hwpt !== hwpt) {
      return new Errno("EINVAL", `the group of ${place} has another domain`);
    }
    const reserved = yield* reserveFor(idev, hwpt, pasid);
    if (reserved !== 0) return reserved;
    if (attachment !== undefined) {
      attachment.devices.add(idev);
    } else {
      const handle = yield* attachFirst(context, idev, hwpt, pasid);
      if (handle instanceof Errno) {
        yield* releaseFor(idev, hwpt, pasid);
        return handle;
      }
      igroup.attached.set(pasid, { hwpt, handle, devices: new Set([idev]) });
    }
    yield* hwpt.refs.get(holderOf(idev));
    return undefined;
  });
}

/** The hardware is told of the first device of a group. */
function* attachFirst(
  context: Context,
  idev: BoundDevice,
  hwpt: Hwpt,
  pasid: number,
): Routine<IommufdHandle | Errno> {
  const handle = yield* makeHandle(context, idev, hwpt, pasid);
  if (handle instanceof Errno) return handle;
  const result = yield* attachGroup(idev.igroup.group, handle, pasid);
  if (result === 0) return handle;
  yield* freeHandle(context, hwpt, handle);
  return new Errno(result, `the driver does not attach ${describePlace(idev, pasid)}`);
}

/** iommufd_device_do_replace; the groups of the old handle get INVALID. EINVAL: nothing is attached there. */
export function* replaceHwpt(
  context: Context,
  idev: BoundDevice,
  hwpt: Hwpt,
  pasid: number,
): Routine<Released | Errno> {
  const { igroup } = idev;
  return yield* igroup.lock.hold(function* () {
    const place = describePlace(idev, pasid);
    const attachment = igroup.attached.get(pasid);
    if (attachment?.devices.has(idev) !== true) {
      return new Errno("EINVAL", `${place} is not attached`);
    }
    const { hwpt: old, handle: oldHandle } = attachment;
    if (old === hwpt) return undefined;
    const reserved = yield* moveReserved(context, attachment, hwpt, pasid);
    if (reserved instanceof Errno) return reserved;
    const handle = yield* replaceHandle(context, idev, { hwpt, oldHandle, pasid });
    if (handle instanceof Errno) {
      yield* reserved.undo();
      return handle;
    }
    yield* reserved.finish();
    attachment.hwpt = hwpt;
    attachment.handle = handle;
    yield* answerAndFree(context, old, oldHandle);
    yield* moveReferences(attachment, old, idev);
    return old;
  });
}

function* replaceHandle(
  context: Context,
  idev: BoundDevice,
  {
    hwpt,
    oldHandle,
    pasid,
  }: { readonly hwpt: Hwpt; readonly oldHandle: IommufdHandle; readonly pasid: number },
): Routine<IommufdHandle | Errno> {
  const handle = yield* makeHandle(context, idev, hwpt, pasid);
  if (handle instanceof Errno) return handle;
  const result = yield* replaceGroup(idev.igroup.group, handle, oldHandle, pasid);
  if (result === 0) return handle;
  yield* freeHandle(context, hwpt, handle);
  return new Errno(result, `the driver does not attach ${describePlace(idev, pasid)}`);
}

/** Every device that is attached there keeps the new one; the caller drops the last reference of the old. */
function* moveReferences({ hwpt, devices }: Attachment, old: Hwpt, idev: BoundDevice): Routine {
  for (const each of devices) {
    yield* hwpt.refs.get(holderOf(each));
    if (each !== idev) yield* old.refs.put(holderOf(each));
  }
}

/** iommufd_hw_pagetable_detach; undefined if nothing is attached there. */
export function* detachHwpt(context: Context, idev: BoundDevice, pasid: number): Routine<Released> {
  const { igroup } = idev;
  return yield* igroup.lock.hold(function* () {
    const attachment = igroup.attached.get(pasid);
    if (attachment?.devices.has(idev) !== true) return undefined;
    const { hwpt, handle, devices } = attachment;
    devices.delete(idev);
    if (devices.size === 0) {
      yield* detachGroup(igroup.group, pasid);
      yield* answerAndFree(context, hwpt, handle);
      igroup.attached.delete(pasid);
    }
    yield* releaseFor(idev, hwpt, pasid);
    return hwpt;
  });
}

function* makeHandle(
  { kernel }: Context,
  idev: BoundDevice,
  hwpt: Hwpt,
  pasid: number,
): Routine<IommufdHandle | Errno> {
  const refusal = refusesPasid(idev, hwpt, pasid) ?? refusesFaults(idev, hwpt);
  if (refusal !== undefined) return refusal;
  const { domain } = hwpt;
  const handle = yield* kernel.heap.allocate<IommufdHandle>("iommufd_attach_handle", {
    domain,
    idev,
  });
  return handle ?? new Errno("ENOMEM", "no memory for an attach handle");
}

/** iommufd_hwpt_pasid_compat. */
function refusesPasid(idev: BoundDevice, hwpt: Hwpt, pasid: number): Errno | undefined {
  const { attached } = idev.igroup;
  if (pasid === NO_PASID) {
    const others = [...attached.keys()].some((each) => each !== NO_PASID);
    if (!hwpt.pasidCompatible && others) {
      return new Errno(
        "EINVAL",
        `PASIDs are attached, and ${hwpt.type} ${hwpt.id} is not for that`,
      );
    }
    return undefined;
  }
  const ofRid = attached.get(NO_PASID)?.hwpt;
  const unfit = [hwpt, ofRid].find((each) => each?.pasidCompatible === false);
  if (unfit === undefined) return undefined;
  return new Errno("EINVAL", `${unfit.type} ${unfit.id} is not for use with PASIDs`);
}

/** A failure response to one function would turn page requests off for all that share the interface. */
function refusesFaults({ device }: BoundDevice, { fault }: Hwpt): Errno | undefined {
  if (fault === undefined || !device.capabilities.sharesPageRequests) return undefined;
  return new Errno("EINVAL", `${device.name} shares page requests with its physical function`);
}

function* answerAndFree(context: Context, hwpt: Hwpt, handle: IommufdHandle): Routine {
  const { fault } = hwpt;
  const answers = !context.without.has("auto-response");
  if (fault !== undefined && answers) yield* autoRespond(context, fault, handle);
  yield* freeHandle(context, hwpt, handle);
}

function* freeHandle({ kernel }: Context, { fault }: Hwpt, handle: IommufdHandle): Routine {
  if (fault !== undefined) assertUnused(fault, handle);
  yield* kernel.heap.free(handle);
}
