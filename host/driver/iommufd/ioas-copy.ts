import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { mappingOf, type Ioas } from "./ioas.js";
import { putPages, type Slice } from "./pages.js";

export interface IoasCopyOptions {
  /** Of `IOAS_MAP`. */
  readonly flags: number;
  readonly dst_ioas_id: number;
  readonly src_ioas_id: number;
  readonly length: bigint;
  /** With FIXED_IOVA; otherwise a place is looked for. */
  readonly dst_iova?: bigint;
  readonly src_iova: bigint;
}

/**
 * IOMMU_IOAS_COPY: the memory behind a range of one IOAS is mapped in another, or once more in the same. EOPNOTSUPP: flags; EOVERFLOW;
 * EINVAL: length, rights, alignment, or a reserved place; ENOENT: an IOAS, or something that is not mapped; EPERM: write rights for what
 * was mapped without; EEXIST, ENOSPC: the place; EFAULT, ENOMEM.
 */
export function* ioasCopy(
  context: Context,
  options: IoasCopyOptions,
): Routine<{ readonly dst_iova: bigint } | Errno> {
  const { flags, dst_ioas_id, dst_iova = 0n, length, src_iova } = options;
  const { kernel, objects } = context;
  const mapping = mappingOf(flags, dst_iova, length, src_iova);
  if (mapping instanceof Errno) return mapping;
  const slices = yield* slicesOf(context, options);
  if (slices instanceof Errno) return slices;
  const target = yield* objects.get<Ioas>(dst_ioas_id, "ioas");
  const result = target instanceof Errno ? target : yield* target.iopt.map(slices, mapping);
  if (!(target instanceof Errno)) yield* objects.put(target);
  if (!(result instanceof Errno)) return { dst_iova: result };
  for (const { pages } of slices) yield* putPages(kernel, pages);
  return result;
}

function* slicesOf(
  { objects }: Context,
  { src_ioas_id, src_iova, length }: IoasCopyOptions,
): Routine<Slice[] | Errno> {
  const source = yield* objects.get<Ioas>(src_ioas_id, "ioas");
  if (source instanceof Errno) return source;
  const last = src_iova + length - 1n;
  let slices: Slice[] | Errno;
  if (length === 0n) slices = new Errno("EINVAL", "the length is 0");
  else if (last >= 1n << 64n) slices = new Errno("EOVERFLOW", "beyond 2^64");
  else slices = yield* source.iopt.slices({ start: src_iova, last });
  yield* objects.put(source);
  return slices;
}
