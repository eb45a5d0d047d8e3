import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { putFile } from "./files.js";
import type { Mapping } from "./io-pagetable.js";
import { mappingOf, type Ioas } from "./ioas.js";
import { LAST, PAGE } from "./iova-space.js";
import { makePages, putPages } from "./pages.js";

export interface IoasMapFileOptions {
  /** Of `IOAS_MAP`. */
  readonly flags: number;
  readonly ioas_id: number;
  /** A file of `UserProcess.memfd`. */
  readonly fd: number;
  /** Bytes from the beginning of the file. */
  readonly start: bigint;
  readonly length: bigint;
  /** With FIXED_IOVA; otherwise a place is looked for. */
  readonly iova?: bigint;
}

/**
 * IOMMU_IOAS_MAP_FILE. EOPNOTSUPP: flags; EOVERFLOW; EINVAL: length, rights, alignment, a
 * reserved place, or a domain is there, and the file has no such memory; ENOENT; EBADF; EEXIST, ENOSPC: the place; ENOMEM.
 */
export function* ioasMapFile(
  context: Context,
  options: IoasMapFileOptions,
): Routine<{ readonly iova: bigint } | Errno> {
  const { flags, ioas_id, length, iova = 0n } = options;
  const mapping = mappingOf(flags, iova, length);
  if (mapping instanceof Errno) return mapping;
  const { objects } = context;
  const ioas = yield* objects.get<Ioas>(ioas_id, "ioas");
  if (ioas instanceof Errno) return ioas;
  const result = yield* mapMemory(context, ioas, options, mapping);
  yield* objects.put(ioas);
  return result instanceof Errno ? result : { iova: result };
}

function* mapMemory(
  { kernel, process }: Context,
  { iopt }: Ioas,
  { fd, start, length }: IoasMapFileOptions,
  mapping: Mapping,
): Routine<bigint | Errno> {
  if (length === 0n) return new Errno("EINVAL", "the length is 0");
  if (start + length - 1n > LAST) return new Errno("EOVERFLOW", "beyond 2^64");
  const file = yield* process.get(fd);
  if (file instanceof Errno) return file;
  const { memory } = file.operations;
  yield* putFile(kernel, file);
  const offset = start % PAGE;
  const from = start - offset;
  // Whether it is a file of memory, and long enough, comes out when it is pinned.
  const all = memory === undefined ? 0n : BigInt(memory.length);
  const pages = yield* makePages(kernel, {
    ...{ kind: "file", address: (memory?.address ?? 0n) + from, writable: mapping.rights.write },
    size: all > from ? all - from : 0n,
  });
  if (pages === undefined) return new Errno("ENOMEM", "no memory for pages");
  const result = yield* iopt.map([{ pages, offset, length }], mapping);
  if (result instanceof Errno) yield* putPages(kernel, pages);
  return result;
}
