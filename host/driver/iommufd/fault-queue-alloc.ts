import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { faultFile } from "./fault-file.js";
import { makeFaultObject } from "./fault-object.js";
import { openObjectFile } from "./object-file.js";
import { accept, type Respond } from "./respond.js";

export interface FaultQueue {
  readonly out_fault_id: number;
  readonly out_fault_fd: number;
}

/** IOMMU_FAULT_QUEUE_ALLOC. EOPNOTSUPP: flags; ENOMEM. */
export function* faultQueueAlloc(
  context: Context,
  { flags = 0 }: { readonly flags?: number } = {},
  respond: Respond<FaultQueue> = accept,
): Routine<FaultQueue | Errno> {
  if (flags !== 0) return new Errno("EOPNOTSUPP", `flags are ${flags}: expected 0`);
  const fault = yield* makeFaultObject(context);
  if (fault === undefined) return new Errno("ENOMEM", "no memory for a fault object");
  const opened = yield* openObjectFile(context, fault, {
    name: "[iommufd-pgfault]",
    operations: (release) => faultFile(context, fault, release),
    respond: (fd) => respond({ out_fault_id: fault.id, out_fault_fd: fd }),
  });
  if (opened instanceof Errno) return opened;
  return { out_fault_id: opened.id, out_fault_fd: opened.fd };
}
