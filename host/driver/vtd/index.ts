/** The driver of Intel remapping units, as Linux has it. It sees of a machine what a kernel sees. */
export {
  runAccesses,
  UnitBroken,
  type AccessSequence,
  type RegisterAccess,
  type RegisterRead,
  type RegisterWindow,
  type RegisterWrite,
} from "./access.js";
export { attach, detach, replace, type DetachOptions } from "./attach.js";
export { bootSequence, shutdownSequence, type BootedUnit, type BootOptions } from "./boot.js";
export * as descriptors from "./descriptors.js";
export type { QueueDescriptor } from "./descriptors.js";
export type { AttachedPlace, Device, DeviceInfo, VtdDomain, VtdHandle } from "./device.js";
export { drainPageRequests, wholeDrain, type DrainSteps, type DrainTarget } from "./drain.js";
export type { EventMessage } from "./event-registers.js";
export {
  hotRemove,
  tearDownWithout,
  type HotRemovalOptions,
  type HotRemovalStep,
} from "./hot-removal.js";
export { takeFaults, type FaultRecord, type FaultRegisters } from "./faults.js";
export type { InterruptTable } from "./interrupt-remapping.js";
export { InvalidationQueue, type SubmitOptions, type SubmitResult } from "./invalidation-queue.js";
export { enableDevice, probe, release, type ProbeOptions, type ProbeResult } from "./lifecycle.js";
export { DeviceList, putDevice, type DeviceLookup, type LookupName } from "./lookup.js";
export { pageRequestThread, takePageRequests } from "./page-request-thread.js";
export { setUpEntry, tearDownEntry, type TearDownOptions } from "./pasid-entry.js";
export { PciFunction, type ConfigAccess } from "./pci.js";
export type { PerformanceCounters } from "./performance-counters.js";
export { QueueRing } from "./queue-ring.js";
export { vtdQuirksOf, type VtdQuirks } from "./quirks.js";
export { VtdUnit, type VtdUnitOptions } from "./unit.js";
