/** viommu: a virtual VT-d remapping unit with the Page Request Interface. */
export { Iommu, type AccessInFlight, type EmbeddedIommuOptions, type IommuOptions, type UnitOptions, } from "./iommu.js";
export { CapabilityError, type Capabilities, type CapabilityOptions } from "./core/capabilities.js";
export type { CacheSizes } from "./core/configuration.js";
export type { ExplainedEntry, Explanation, InterruptExplanation } from "./core/explanation.js";
export type { FlatWasmMemory, MemorySource } from "./core/guest-memory-port.js";
export type { CounterName } from "./core/layout.js";
export type { FaultEvent, IommuEvents, MemoryWrite, TraceEvent } from "./core/outbox.js";
export { RegisterAccessError } from "./core/register-access.js";
export { SnapshotError } from "./core/snapshot-error.js";
export { GuestMemory, type GuestMemoryOptions, type PoisonOptions } from "./memory/guest-memory.js";
export type { MemoryPort } from "./memory/port.js";
export type * from "./spec/requests.js";
export { Machine } from "./machine.js";
export type { MachineFirmware, ReservedRegion } from "./machine/firmware.js";
export type { MemoryMapEntry } from "./machine/memory-map.js";
export type { MachineSnapshotOptions } from "./machine/snapshot.js";
export type { BridgeDescription, EndpointDescription, MachineOptions, MachineTopology, TreeBridge, TreeFunction, UnitDescription, } from "./machine/options.js";
