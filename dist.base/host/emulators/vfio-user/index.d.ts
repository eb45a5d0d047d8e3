/** viommu/vfio-user: the unit and its endpoints for a QEMU that runs beside this process. */
export { VfioUserServer, type ServedEndpoint, type VfioUserServerEvents, type VfioUserServerOptions, } from "./server.js";
export { UNIT_WINDOW_BASE, UNIT_WINDOW_BYTES } from "./unit-service.js";
export type { DmaLayout } from "./protocol/dma-messages.js";
