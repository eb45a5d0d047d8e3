/** viommu/devices: the endpoints, and their registers by name (docs/dma-engine.md, edu.md, iommu-testdev.md). */
export { dmaEngine, type DmaEngineOptions } from "./dma-engine/model.js";
export * as dmaEngineRegisters from "./dma-engine/registers.js";
export { edu, type EduOptions } from "./edu/model.js";
export * as eduRegisters from "./edu/registers.js";
export { endpointKinds, endpointModel, type EndpointChoice, type EndpointKind, type EndpointOptionsByKind, } from "./gallery.js";
export { iommuTestdev } from "./iommu-testdev/model.js";
export * as iommuTestdevRegisters from "./iommu-testdev/registers.js";
