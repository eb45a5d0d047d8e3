import { Errno } from "../errno.js";
import { Mutex, type Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { PagingHwpt } from "./hwpt.js";
import { IoPageTable, type Mapping } from "./io-pagetable.js";
import type { AllowedNode } from "./iova-ranges.js";
import { LAST, PAGE } from "./iova-space.js";
import type { IommufdObject } from "./objects.js";
import { makePages, putPages } from "./pages.js";
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
  /** Memory of the ranges that user space wants to keep. */
  readonly allowed: AllowedNode[];
}

/** IOMMU_IOAS_ALLOC. EOPNOTSUPP, ENOMEM. */
export function* ioasAlloc(
  context: Context,
  { flags = 0 }: { readonly flags?: number } = {},
  respond: Respond<{ readonly out_ioas_id: number }> = accept,
): Routine<{ readonly out_ioas_id: number } | Errno> {
  if (flags !== 0) return new Errno("EOPNOTSUPP", `flags are ${flags}: expected 0`);
  const { kernel, objects } = context;
  const ioas = yield* allocIoas(context);
  if (ioas instanceof Errno) return ioas;
  const told = yield* respond({ out_ioas_id: ioas.id });
  if (told !== 0) {
    yield* objects.abort(ioas);
    yield* kernel.heap.free(ioas);
    return told;
  }
  yield* objects.finalise(ioas);
  return { out_ioas_id: ioas.id };
}

/** An IOAS with an id under which nobody finds it yet. */
function* allocIoas(context: Context): Routine<Ioas | Errno> {
  const { kernel, objects, pin, placeAlignment } = context;
  const made: { ioas?: Ioas } = {};
  const ioas = yield* kernel.heap.allocate<Ioas>("iommufd_ioas", {
    ...{ type: "ioas", id: 0, refs: new References(kernel) },
    destroy: () => destroyIoas(context, made.ioas!),
    mutex: new Mutex(kernel, "mutex"),
    hwpts: [],
    iopt: new IoPageTable(kernel, { pin, placeAlignment }),
    allowed: [],
  });
  if (ioas === undefined) return new Errno("ENOMEM", "no memory for an IOAS");
  made.ioas = ioas;
  yield* objects.reserve(ioas);
  return ioas;
}

function* destroyIoas({ kernel }: Context, { iopt, allowed }: Ioas): Routine {
  if (!iopt.isEmpty) {
    const { error } = yield* iopt.unmap({ start: 0n, last: LAST });
    if (error !== undefined) kernel.warn(`an IOAS goes, and is in use: ${error.message}`);
  }
  for (const node of allowed) yield* kernel.heap.free(node);
}

/**
 * Where, and with what rights, a request wants memory mapped; `others` are its further addresses and lengths. EOPNOTSUPP: flags
 * that are unknown; EOVERFLOW: 2^64 - 1, which stands for everything elsewhere; EINVAL: a mapping for nothing.
 */
export function mappingOf(
  flags: number,
  iova: bigint,
  ...others: readonly bigint[]
): Mapping | Errno {
  const known = IOAS_MAP.FIXED_IOVA | IOAS_MAP.READABLE | IOAS_MAP.WRITEABLE;
  if ((flags & ~known) !== 0) {
    return new Errno("EOPNOTSUPP", `flags are ${flags}: expected bits of ${known}`);
  }
  if ([iova, ...others].some((number) => number >= LAST)) {
    return new Errno("EOVERFLOW", "an address or a length is 2^64 - 1");
  }
  const read = (flags & IOAS_MAP.READABLE) !== 0;
  const write = (flags & IOAS_MAP.WRITEABLE) !== 0;
  if (!read && !write) return new Errno("EINVAL", "neither readable nor writeable");
  return { iova: (flags & IOAS_MAP.FIXED_IOVA) !== 0 ? iova : undefined, rights: { read, write } };
}

export interface IoasMapOptions {
  /** Of `IOAS_MAP`. */
  readonly flags: number;
  readonly ioas_id: number;
  readonly reserved?: number;
  readonly user_va: bigint;
  readonly length: bigint;
  /** With FIXED_IOVA; otherwise a place is looked for. */
  readonly iova?: bigint;
}

/**
 * IOMMU_IOAS_MAP. EOPNOTSUPP: flags; EOVERFLOW; EINVAL: length, rights, alignment, or a reserved place; ENOENT; EFAULT: a domain
 * is there, and the memory cannot be pinned; EEXIST, ENOSPC: the place; ENOMEM.
 */
export function* ioasMap(
  context: Context,
  { flags, ioas_id, reserved = 0, user_va, length, iova = 0n }: IoasMapOptions,
): Routine<{ readonly iova: bigint } | Errno> {
  if (reserved !== 0) return new Errno("EOPNOTSUPP", `reserved is ${reserved}: expected 0`);
  const mapping = mappingOf(flags, iova, length);
  if (mapping instanceof Errno) return mapping;
  const { objects } = context;
  const ioas = yield* objects.get<Ioas>(ioas_id, "ioas");
  if (ioas instanceof Errno) return ioas;
  const result = yield* mapUserMemory(context, ioas, { address: user_va, length, ...mapping });
  yield* objects.put(ioas);
  return result instanceof Errno ? result : { iova: result };
}

export interface UserMapping extends Mapping {
  readonly address: bigint;
  readonly length: bigint;
}

/** iopt_map_user_pages. EOVERFLOW, EINVAL: the length; ENOMEM; and what mapping says. */
export function* mapUserMemory(
  { kernel }: Context,
  { iopt }: Ioas,
  { address, length, ...mapping }: UserMapping,
): Routine<bigint | Errno> {
  if (address + length > LAST) return new Errno("EOVERFLOW", "user memory ends at 2^64");
  if (length === 0n || length > LAST - PAGE) {
    return new Errno("EINVAL", `the length is ${length}`);
  }
  const { write: writable } = mapping.rights;
  const pages = yield* makePages(kernel, { kind: "user", address, writable });
  if (pages === undefined) return new Errno("ENOMEM", "no memory for pages");
  const result = yield* iopt.map([{ pages, offset: 0n, length }], mapping);
  if (result instanceof Errno) yield* putPages(kernel, pages);
  return result;
}

export interface IoasUnmapOptions {
  readonly ioas_id: number;
  /** 0 with a length of 2^64 - 1: everything. */
  readonly iova: bigint;
  readonly length: bigint;
}

/**
 * IOMMU_IOAS_UNMAP. ENOENT: no such IOAS, nothing is mapped there, or the range cuts what is: what lies ahead of the cut is
 * gone then; EBUSY: likewise at what is in use; EINVAL, EOVERFLOW.
 */
export function* ioasUnmap(
  { objects }: Context,
  { ioas_id, iova, length }: IoasUnmapOptions,
): Routine<{ readonly length: bigint } | Errno> {
  const ioas = yield* objects.get<Ioas>(ioas_id, "ioas");
  if (ioas instanceof Errno) return ioas;
  const everything = iova === 0n && length === LAST;
  const refusal = everything ? undefined : refusesRange(iova, length);
  const done =
    refusal === undefined
      ? yield* ioas.iopt.unmap({ start: iova, last: everything ? LAST : iova + length - 1n })
      : { bytes: 0n, error: refusal };
  yield* objects.put(ioas);
  const { bytes, error } = done;
  if (error !== undefined) return error;
  if (bytes === 0n && !everything) return new Errno("ENOENT", "nothing is mapped there");
  return { length: bytes };
}

/** EOVERFLOW, EINVAL. */
function refusesRange(iova: bigint, length: bigint): Errno | undefined {
  if (iova >= LAST || length >= LAST) return new Errno("EOVERFLOW", "beyond 2^64");
  if (length === 0n) return new Errno("EINVAL", "the length is 0");
  if (iova + length - 1n > LAST) return new Errno("EOVERFLOW", "beyond 2^64");
  return undefined;
}
