/**
 * Write-buffer flushes (§6.8). Implementation choice C12: the unit reads what memory holds, so that a
 * flush has nothing to do; it is counted, to show which updates software has made visible.
 */
import { CAP_RWBF } from "./generated/registers";
import { COUNT_WRITE_BUFFER_FLUSHES } from "./generated/layout";
import { Capability } from "./capability";
import { Counters } from "./counters";

export class WriteBuffer {
  /** The flush of GCMD.WBF, and the implicit one ahead of an invalidation. */
  static flush(): void {
    if ((Capability.cap & CAP_RWBF) != 0) Counters.add(COUNT_WRITE_BUFFER_FLUSHES);
  }
}
