/**
 * Whether an IOTLB invalidation drains (§6.5.4): from major version 2 on always, before if a flag asks
 * for what the unit reports that it can do. Implementation choice: either flag drains reads and writes.
 */
export function drains(unit, flags) {
    return unit.majorVersion >= 2 || (flags.reads && unit.DRD) || (flags.writes && unit.DWD);
}
