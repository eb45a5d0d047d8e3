/** viommu/devices: the endpoint dma-engine, and its registers and descriptors by name (docs/dma-engine.md). */
export { dmaEngine, type DmaEngineOptions } from "./dma-engine/model.js";
export * as dmaEngineRegisters from "./dma-engine/registers.js";
