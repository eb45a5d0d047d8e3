import type { Errno } from "../errno.js";
import { NO_PASID } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { BoundDevice } from "./device.js";
import type { Attachment } from "./group.js";
import type { Hwpt } from "./hwpt.js";
import type { Ioas } from "./ioas.js";

/** The IOAS whose mappings requests of a device go through: what the device cannot map is reserved there. */
function ioasOf(hwpt: Hwpt): Ioas {
  return hwpt.type === "hwpt-paging" ? hwpt.ioas : hwpt.parent.ioas;
}

/** Ahead of an attachment, by every device of a group. EADDRINUSE: something is mapped there, or wanted. */
export function* reserveFor(idev: BoundDevice, hwpt: Hwpt, pasid: number): Routine<0 | Errno> {
  const { reserved = [] } = idev.device;
  if (pasid !== NO_PASID || reserved.length === 0) return 0;
  return yield* ioasOf(hwpt).iopt.reserve(reserved, idev);
}

/** The attachment has not come to be, or is no more. */
export function* releaseFor(idev: BoundDevice, hwpt: Hwpt, pasid: number): Routine {
  const { reserved = [] } = idev.device;
  if (pasid !== NO_PASID || reserved.length === 0) return;
  yield* ioasOf(hwpt).iopt.release(idev);
}

/** What is reserved moves with a replacement, and stays where it is within one IOAS. */
export interface ReservedMove {
  /** The replacement has failed. */
  undo(): Routine;
  finish(): Routine;
}

/** Ahead of a replacement. EADDRINUSE. */
export function* moveReserved(
  { quirks }: Context,
  { devices, hwpt: old }: Attachment,
  hwpt: Hwpt,
  pasid: number,
): Routine<ReservedMove | Errno> {
  const isMove = ioasOf(hwpt) !== ioasOf(old);
  const release = function* (from: Hwpt): Routine {
    for (const each of devices) yield* releaseFor(each, from, pasid);
  };
  for (const each of isMove ? devices : []) {
    const result = yield* reserveFor(each, hwpt, pasid);
    if (result === 0) continue;
    yield* release(hwpt);
    return result;
  }
  return {
    *undo() {
      if (isMove || quirks.forgetsReserved) yield* release(hwpt);
    },
    *finish() {
      if (isMove) yield* release(old);
    },
  };
}
