import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { Ioas } from "./ioas.js";
import { accept, type Respond } from "./respond.js";
import { VFIO_IOAS_OP } from "./uapi.js";

export interface VfioIoasOptions {
  /** Of `VFIO_IOAS_OP`. */
  readonly op: number;
  /** SET: the IOAS that the commands of a VFIO container work on from now on. */
  readonly ioas_id?: number;
  readonly reserved?: number;
}

/** IOMMU_VFIO_IOAS. EOPNOTSUPP; ENOENT: SET of no IOAS; ENODEV: GET, and there is none. */
export function* vfioIoas(
  context: Context,
  { op, ioas_id = 0, reserved = 0 }: VfioIoasOptions,
  respond: Respond<{ readonly ioas_id: number }> = accept,
): Routine<{ readonly ioas_id: number } | Errno> {
  const { objects, compat } = context;
  if (reserved !== 0) return new Errno("EOPNOTSUPP", `reserved is ${reserved}: expected 0`);
  switch (op) {
    case VFIO_IOAS_OP.GET: {
      const ioas = yield* compatIoas(context);
      if (ioas instanceof Errno) return ioas;
      const { id } = ioas;
      yield* objects.put(ioas);
      const told = yield* respond({ ioas_id: id });
      return told === 0 ? { ioas_id: id } : told;
    }
    case VFIO_IOAS_OP.SET: {
      const ioas = yield* objects.get<Ioas>(ioas_id, "ioas");
      if (ioas instanceof Errno) return ioas;
      yield* compat.take(ioas_id);
      yield* objects.put(ioas);
      return { ioas_id };
    }
    case VFIO_IOAS_OP.CLEAR:
      yield* compat.take(undefined);
      return { ioas_id };
    default:
      return new Errno("EOPNOTSUPP", `op is ${op}: expected 0 (get), 1 (set) or 2 (clear)`);
  }
}

/** What the commands of a VFIO container work on, for the time of a call, which `put` ends; ENODEV. */
export function* compatIoas({ objects, compat }: Context): Routine<Ioas | Errno> {
  const id = yield* compat.id();
  if (id instanceof Errno) return id;
  const found = yield* objects.get<Ioas>(id, "ioas");
  return found instanceof Errno ? new Errno("ENODEV", found.message) : found;
}
