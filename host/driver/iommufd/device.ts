import { Errno } from "../errno.js";
import { NO_PASID } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { joinGroup, leaveGroup, type IommufdGroup } from "./group.js";
import type { IommufdObject } from "./objects.js";
import type { IommuDevice } from "./port.js";
import { References } from "./references.js";
import { buryVdevice, type Vdevice } from "./viommu.js";

/** A device that user space drives (iommufd_device). */
export interface BoundDevice extends IommufdObject {
  readonly type: "device";
  readonly device: IommuDevice;
  readonly igroup: IommufdGroup;
  /** What a vIOMMU knows it as. */
  vdevice: Vdevice | undefined;
}

/** Holder of the reference that keeps user space from destroying the device. */
const DRIVER = "its driver";

/**
 * iommufd_device_bind: the device becomes an object of the context, which owns DMA of its group from then on. ENOMEM;
 * EPERM, EBUSY: somebody else does.
 */
export function* bind(context: Context, device: IommuDevice): Routine<BoundDevice | Errno> {
  const { kernel, objects } = context;
  const igroup = yield* joinGroup(context, device.group);
  if (igroup instanceof Errno) return igroup;
  const { ownership } = device.group;
  const refused = ownership && (yield* ownership.claimDevice(context));
  if (refused) {
    yield* leaveGroup(context, igroup);
    return refused;
  }
  const refs = new References(kernel);
  const bound: { idev?: BoundDevice } = {};
  const destroy = function* (): Routine {
    if (ownership !== undefined) yield* ownership.release();
    yield* leaveGroup(context, igroup, bound.idev);
  };
  const idev = yield* kernel.heap.allocate<BoundDevice>("iommufd_device", {
    ...{ type: "device", id: 0, refs, destroy, device, igroup, vdevice: undefined },
  });
  if (idev === undefined) {
    yield* destroy();
    return new Errno("ENOMEM", `no memory for the device ${device.name}`);
  }
  bound.idev = idev;
  yield* objects.reserve(idev);
  igroup.members.push(idev);
  yield* refs.get(DRIVER);
  yield* objects.finalise(idev);
  return idev;
}

/** iommufd_device_unbind: waits for calls that use the device. It must be detached. */
export function* unbind(context: Context, idev: BoundDevice): Routine {
  const { kernel, objects } = context;
  yield* buryVdevice(context, idev);
  const { name } = idev.device;
  const removed = yield* objects.removeOwned(idev, DRIVER);
  if (removed !== 0) {
    kernel.warn(`${name} is unbound: ${removed.message}`);
    return;
  }
  yield* idev.destroy();
  yield* kernel.heap.free(idev);
}

/** "the RID of 00:02.0" or "PASID 5 of 00:02.0". */
export function describePlace({ device }: BoundDevice, pasid: number): string {
  return `${pasid === NO_PASID ? "the RID" : `PASID ${pasid}`} of ${device.name}`;
}
