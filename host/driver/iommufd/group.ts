import { Errno } from "../errno.js";
import { NO_PASID } from "../iopf/index.js";
import { Mutex, Resource, type Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { BoundDevice } from "./device.js";
import type { IommufdHandle } from "./handle.js";
import type { Hwpt } from "./hwpt.js";
import type { DeviceGroup, DriverResult } from "./port.js";

/** What is attached at a PASID of a group. */
export interface Attachment {
  hwpt: Hwpt;
  handle: IommufdHandle;
  /** Devices of the group that user space attached there: the hardware is told once. */
  readonly devices: Set<BoundDevice>;
}

/** A group of which user space drives devices (iommufd_group); freed with the last of them. */
export interface IommufdGroup {
  readonly group: DeviceGroup;
  /** Held while something is attached, replaced or detached. */
  readonly lock: Mutex;
  readonly members: BoundDevice[];
  readonly attached: Map<number, Attachment>;
  /** Devices that are bound, or about to be. */
  users: number;
}

/** The groups of which devices are bound in a context. */
export class GroupTable extends Resource {
  readonly #groups = new Map<DeviceGroup, IommufdGroup>();

  /** Part of a step. */
  find(group: DeviceGroup): IommufdGroup | undefined {
    return this.#groups.get(group);
  }

  set(group: DeviceGroup, igroup: IommufdGroup): void {
    this.#groups.set(group, igroup);
  }

  delete(group: DeviceGroup): void {
    this.#groups.delete(group);
  }
}

/** One more device of a group is bound; ENOMEM. */
export function* joinGroup(context: Context, group: DeviceGroup): Routine<IommufdGroup | Errno> {
  const { kernel, groups } = context;
  const join = () => {
    const found = groups.find(group);
    if (found !== undefined) found.users += 1;
    return found;
  };
  const known = yield* groups.act(`look for ${group.name} in`, join);
  if (known !== undefined) return known;
  const made = yield* kernel.heap.allocate<IommufdGroup>("iommufd_group", {
    group,
    lock: new Mutex(kernel, "lock"),
    members: [],
    attached: new Map(),
    users: 1,
  });
  if (made === undefined) return new Errno("ENOMEM", `no memory for ${group.name}`);
  const won = yield* groups.act(`put ${group.name} into`, () => {
    const other = join();
    if (other === undefined) groups.set(group, made);
    return other ?? made;
  });
  if (won !== made) yield* kernel.heap.free(made);
  return won;
}

/** A device of a group is not bound any more; or it has never come to be (no `idev`). */
export function* leaveGroup(
  { kernel, groups }: Context,
  igroup: IommufdGroup,
  idev?: BoundDevice,
): Routine {
  const last = yield* groups.act(`take a device of ${igroup.group.name} out of`, () => {
    if (idev !== undefined) igroup.members.splice(igroup.members.indexOf(idev), 1);
    igroup.users -= 1;
    if (igroup.users === 0) groups.delete(igroup.group);
    return igroup.users === 0;
  });
  if (!last) return;
  if (igroup.attached.size > 0) kernel.warn(`${igroup.group.name} is left attached`);
  yield* kernel.heap.free(igroup);
}

/** Attaches a domain to all devices of a group, or to none. */
export function* attachGroup(
  { devices, ownership }: DeviceGroup,
  handle: IommufdHandle,
  pasid: number,
): Routine<DriverResult> {
  if (pasid !== NO_PASID && !devices.every(({ capabilities }) => has(capabilities, pasid))) {
    return "EINVAL";
  }
  for (const [at, device] of devices.entries()) {
    const result = yield* device.attach(handle, pasid);
    if (result === 0) continue;
    for (const done of devices.slice(0, at)) yield* done.detach(pasid);
    return result;
  }
  if (ownership !== undefined) {
    yield* pasid === NO_PASID ? ownership.attach("user") : ownership.changePasids(1);
  }
  return 0;
}

/** Replaces a domain on all devices of a group, or on none. */
export function* replaceGroup(
  { devices, attachments }: DeviceGroup,
  handle: IommufdHandle,
  old: IommufdHandle,
  pasid: number,
): Routine<DriverResult> {
  for (const [at, device] of devices.entries()) {
    const result = yield* device.replace(handle, old, pasid);
    if (result === 0) continue;
    for (const done of devices.slice(0, at)) yield* done.replace(old, handle, pasid);
    if (at > 0) yield* attachments.store(old, pasid);
    return result;
  }
  return 0;
}

export function* detachGroup({ devices, ownership }: DeviceGroup, pasid: number): Routine {
  for (const device of devices) yield* device.detach(pasid);
  if (ownership !== undefined) {
    yield* pasid === NO_PASID ? ownership.attach("blocking") : ownership.changePasids(-1);
  }
}

function has({ pasidWidth }: { readonly pasidWidth: number }, pasid: number): boolean {
  return pasidWidth > 0 && pasid < 2 ** pasidWidth;
}
