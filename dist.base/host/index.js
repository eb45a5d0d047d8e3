/** viommu: a virtual VT-d remapping unit with the Page Request Interface. */
export { Iommu, } from "./iommu.js";
export { CapabilityError } from "./core/capabilities.js";
export { RegisterAccessError } from "./core/register-access.js";
export { SnapshotError } from "./core/snapshot-error.js";
export { GuestMemory } from "./memory/guest-memory.js";
export { Machine } from "./machine.js";
