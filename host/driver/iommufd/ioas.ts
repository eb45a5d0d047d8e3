import { Errno } from "../errno.js";
import { Mutex, type Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { PagingHwpt } from "./hwpt.js";
import { IoPageTable } from "./io-pagetable.js";
import type { IommufdObject } from "./objects.js";
import { References } from "./references.js";
import { accept, type Respond } from "./respond.js";
import { IOAS_MAP } from "./uapi.js";

/** An I/O address space: what its domains map (iommufd_ioas). */
export interface Ioas extends IommufdObject {
  readonly type: "ioas";
  /** Guards `hwpts`. */
  readonly mutex: Mutex;
  readonly hwpts: PagingHwpt[];
  readonly iopt: IoPageTable;
}

const HIGHEST = (1n << 64n) - 1n;

// eslint-disable-next-line require-yield -- its memory goes with the object
function* nothing(): Routine {
  return;
}

/** IOMMU_IOAS_ALLOC. EOPNOTSUPP, ENOMEM. */
export function* ioasAlloc(
  { kernel, objects }: Context,
  { flags = 0 }: { readonly flags?: number } = {},
  respond: Respond<{ readonly out_ioas_id: number }> = accept,
): Routine<{ readonly out_ioas_id: number } | Errno> {
  if (flags !== 0) return new Errno("EOPNOTSUPP", `flags are ${flags}: expected 0`);
  const ioas = yield* kernel.heap.allocate<Ioas>("iommufd_ioas", {
    ...{ type: "ioas", id: 0, refs: new References(kernel), destroy: nothing },
    mutex: new Mutex(kernel, "mutex"),
    hwpts: [],
    iopt: new IoPageTable(kernel),
  });
  if (ioas === undefined) return new Errno("ENOMEM", "no memory for an IOAS");
  yield* objects.reserve(ioas);
  const told = yield* respond({ out_ioas_id: ioas.id });
  if (told !== 0) {
    yield* objects.abort(ioas);
    yield* kernel.heap.free(ioas);
    return told;
  }
  yield* objects.finalise(ioas);
  return { out_ioas_id: ioas.id };
}

export interface IoasMapOptions {
  /** Of `IOAS_MAP`. */
  readonly flags: number;
  readonly ioas_id: number;
  readonly reserved?: number;
  readonly user_va: bigint;
  readonly length: bigint;
  /** With FIXED_IOVA; otherwise the lowest place that is free is taken. */
  readonly iova?: bigint;
}

/**
 * IOMMU_IOAS_MAP. EOPNOTSUPP: flags; EINVAL: length, rights, alignment; EOVERFLOW; ENOENT; EFAULT: cannot be
 * pinned; EEXIST, ENOSPC: the place.
 */
export function* ioasMap(
  { objects, pin }: Context,
  { flags, ioas_id, reserved = 0, user_va, length, iova = 0n }: IoasMapOptions,
): Routine<{ readonly iova: bigint } | Errno> {
  const known = IOAS_MAP.FIXED_IOVA | IOAS_MAP.READABLE | IOAS_MAP.WRITEABLE;
  if ((flags & ~known) !== 0 || reserved !== 0) {
    return new Errno("EOPNOTSUPP", `flags are ${flags}: expected bits of ${known}`);
  }
  const rights = {
    read: (flags & IOAS_MAP.READABLE) !== 0,
    write: (flags & IOAS_MAP.WRITEABLE) !== 0,
  };
  if (!rights.read && !rights.write) return new Errno("EINVAL", "neither readable nor writeable");
  if (length === 0n) return new Errno("EINVAL", "the length is 0");
  if (iova + length - 1n > HIGHEST || user_va + length - 1n > HIGHEST) {
    return new Errno("EOVERFLOW", "the range goes beyond 2^64");
  }
  const ioas = yield* objects.get<Ioas>(ioas_id, "ioas");
  if (ioas instanceof Errno) return ioas;
  const physical = pin(user_va, length);
  const isFixed = (flags & IOAS_MAP.FIXED_IOVA) !== 0;
  const place = { iova: isFixed ? iova : undefined, length };
  const result =
    physical === undefined
      ? new Errno("EFAULT", `user memory at 0x${user_va.toString(16)} cannot be pinned`)
      : yield* ioas.iopt.map({ ...place, physical, rights });
  yield* objects.put(ioas);
  return result instanceof Errno ? result : { iova: result };
}

export interface IoasUnmapOptions {
  readonly ioas_id: number;
  /** 0 with a length of 2^64 - 1: everything. */
  readonly iova: bigint;
  readonly length: bigint;
}

/** IOMMU_IOAS_UNMAP. EINVAL, EOVERFLOW; ENOENT: nothing is mapped there, or a part of what is. */
export function* ioasUnmap(
  { objects }: Context,
  { ioas_id, iova, length }: IoasUnmapOptions,
): Routine<{ readonly length: bigint } | Errno> {
  const everything = iova === 0n && length === HIGHEST;
  if (!everything && length === 0n) return new Errno("EINVAL", "the length is 0");
  if (iova + length - 1n > HIGHEST) return new Errno("EOVERFLOW", "the range goes beyond 2^64");
  const ioas = yield* objects.get<Ioas>(ioas_id, "ioas");
  if (ioas instanceof Errno) return ioas;
  const result = yield* ioas.iopt.unmap(iova, everything ? HIGHEST + 1n : length);
  yield* objects.put(ioas);
  return result instanceof Errno ? result : { length: result };
}
