/** viommu/pci: the PCI Express bus, and what it takes to plug an endpoint of one's own into it. */
export { AtsControl, atsCapability } from "./ats-capability.js";
export { PciBus, } from "./bus.js";
export { findExtendedCapability } from "./capability.js";
export { ConfigSpace } from "./config-space.js";
export { Msi, msiCapability } from "./msi.js";
export { PasidControl, pasidCapability } from "./pasid-capability.js";
export { pcieCapability } from "./pcie-capability.js";
export { PriControl, priCapability } from "./pri-capability.js";
