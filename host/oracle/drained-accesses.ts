import type { Access } from "../spec/requests.js";
import type { UnitCapabilities } from "./capabilities.js";

/** The flags DR and DW of an IOTLB invalidation. */
export interface DrainFlags {
  readonly reads: boolean;
  readonly writes: boolean;
}

/**
 * Which accesses an IOTLB invalidation drains (§6.5.4). From major version 2 on the flags are ignored,
 * and all are drained; before, a flag counts if the unit reports that it can drain so.
 */
export function drainedBy(unit: UnitCapabilities, flags: DrainFlags): (access: Access) => boolean {
  const always = unit.majorVersion >= 2;
  const reads = always || (flags.reads && unit.DRD);
  const writes = always || (flags.writes && unit.DWD);
  return (access) => (reads && access !== "write") || (writes && access !== "read");
}
