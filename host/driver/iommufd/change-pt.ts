import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Released } from "./attach.js";
import type { Context } from "./context.js";
import type { BoundDevice } from "./device.js";
import {
  abortHwpt,
  allocPagingHwpt,
  holderOf,
  isHwpt,
  isIoas,
  unlist,
  type Hwpt,
  type PagingHwpt,
} from "./hwpt.js";
import type { Ioas } from "./ioas.js";
import type { IommufdObject } from "./objects.js";

/** Attaches or replaces: what both do with a HWPT. */
export type Change = (
  context: Context,
  idev: BoundDevice,
  hwpt: Hwpt,
  pasid: number,
) => Routine<Released | Errno>;

/**
 * iommufd_device_change_pt: `pt_id` is a HWPT, or an IOAS, for which a HWPT is found or made. Answers the id
 * of the HWPT. ENOENT: there is no such object; EINVAL: it is of another type, or does not fit.
 */
export function* changePt(
  context: Context,
  idev: BoundDevice,
  { pt_id, pasid, change }: { pt_id: number; pasid: number; change: Change },
): Routine<number | Errno> {
  const { objects } = context;
  const pt = yield* objects.get<IommufdObject>(pt_id);
  if (pt instanceof Errno) return pt;
  const result = yield* (function* (): Routine<Changed | Errno> {
    if (isHwpt(pt)) return named(pt, yield* change(context, idev, pt, pasid));
    if (isIoas(pt)) return yield* changeToIoas(context, idev, pt, { pasid, change });
    return new Errno("EINVAL", `${holderOf(pt)} is neither an IOAS nor a HWPT`);
  })();
  yield* objects.put(pt);
  if (result instanceof Errno) return result;
  if (result.released !== undefined) yield* putHwpt(context, result.released, idev);
  return result.id;
}

interface Changed {
  readonly id: number;
  readonly released: Released;
}

function named({ id }: Hwpt, released: Released | Errno): Changed | Errno {
  return released instanceof Errno ? released : { id, released };
}

/** iommufd_device_auto_get_domain: a HWPT that was made for the IOAS before, or a new one. */
function* changeToIoas(
  context: Context,
  idev: BoundDevice,
  ioas: Ioas,
  { pasid, change }: { readonly pasid: number; readonly change: Change },
): Routine<Changed | Errno> {
  const { objects } = context;
  yield* ioas.mutex.lock();
  for (const hwpt of ioas.hwpts.filter(({ auto }) => auto)) {
    if (!hwpt.refs.tryLock()) continue;
    const changed = named(hwpt, yield* change(context, idev, hwpt, pasid));
    yield* objects.put(hwpt);
    // EINVAL: it does not fit this device. Other errors would come again.
    if (changed instanceof Errno && changed.name === "EINVAL") continue;
    yield* ioas.mutex.unlock();
    return changed;
  }
  const made = yield* allocPagingHwpt(context, idev, ioas, { flags: 0, auto: true });
  const changed =
    made instanceof Errno ? made : named(made, yield* change(context, idev, made, pasid));
  if (!(made instanceof Errno)) yield* finishAuto(context, made, changed);
  yield* ioas.mutex.unlock();
  if (changed instanceof Errno && !(made instanceof Errno)) yield* abortHwpt(context, made);
  return changed;
}

function* finishAuto({ objects }: Context, made: PagingHwpt, changed: Changed | Errno): Routine {
  if (changed instanceof Errno) unlist(made);
  else yield* objects.finalise(made);
}

/** A device lets go of a HWPT: one that was made for an IOAS goes with its last device. */
export function* putHwpt(context: Context, hwpt: Hwpt, idev: BoundDevice): Routine {
  const { kernel, objects } = context;
  const holder = holderOf(idev);
  if (hwpt.type === "hwpt-nested" || !hwpt.auto) {
    yield* hwpt.refs.put(holder);
    return;
  }
  if (!(yield* objects.dropAndRemove(hwpt, holder))) return;
  yield* hwpt.destroy();
  yield* kernel.heap.free(hwpt);
}
