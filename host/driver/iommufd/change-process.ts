import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { isIoas } from "./hwpt.js";

/**
 * IOMMU_IOAS_CHANGE_PROCESS: pinned memory is accounted to the caller from now on, which only files allow. EOPNOTSUPP; EINVAL: memory of
 * a process is mapped; EBUSY: something is being mapped or unmapped. The model has one process, and no accounts.
 */
export function* ioasChangeProcess(
  { objects }: Context,
  { reserved = 0 }: { readonly reserved?: number } = {},
): Routine<0 | Errno> {
  if (reserved !== 0) return new Errno("EOPNOTSUPP", `reserved is ${reserved}: expected 0`);
  const spaces = objects.all.filter(isIoas);
  for (const { iopt } of spaces) yield* iopt.iovaLock.downWrite();
  const kinds = new Set(spaces.flatMap(({ iopt }) => [...iopt.kinds]));
  for (const { iopt } of spaces) yield* iopt.iovaLock.upWrite();
  if (kinds.has("busy")) return new Errno("EBUSY", "something is being mapped or unmapped");
  if (kinds.has("user")) return new Errno("EINVAL", "memory of a process is mapped");
  return 0;
}
