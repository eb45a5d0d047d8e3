import type { UnitCapabilities } from "./capabilities.js";
/** The flags DR and DW of an IOTLB invalidation. */
export interface DrainFlags {
    readonly reads: boolean;
    readonly writes: boolean;
}
/**
 * Whether an IOTLB invalidation drains (§6.5.4): from major version 2 on always, before if a flag asks
 * for what the unit reports that it can do. Implementation choice: either flag drains reads and writes.
 */
export declare function drains(unit: UnitCapabilities, flags: DrainFlags): boolean;
