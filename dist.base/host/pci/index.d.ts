/** viommu/pci: the PCI Express bus, and what it takes to plug an endpoint of one's own into it. */
export { AtsControl, atsCapability } from "./ats-capability.js";
export type { BarShape } from "./bar.js";
export type { BridgeAlias } from "./bridge.js";
export type { BridgeKind } from "./bridge-kinds.js";
export { PciBus, type BridgeOptions, type BusEvents, type BusOptions, type EndpointOptions, } from "./bus.js";
export { findExtendedCapability, type Capability } from "./capability.js";
export { ConfigSpace, type ConfigField, type ConfigSize } from "./config-space.js";
export type { DmaAtomicResult, DmaAttributes, DmaFailure, DmaPort, DmaReadResult, DmaRequest, DmaResult, DmaTransfer, } from "./dma-port.js";
export type { Endpoint, EndpointModel, EndpointPorts } from "./endpoint.js";
export type { FunctionIdentity } from "./header.js";
export type { InterruptPin, InterruptPinChange } from "./interrupt-pin.js";
export type { IommuPort } from "./iommu-port.js";
export { Msi, msiCapability } from "./msi.js";
export { PasidControl, pasidCapability } from "./pasid-capability.js";
export { pcieCapability, type PortType } from "./pcie-capability.js";
export { PriControl, priCapability } from "./pri-capability.js";
