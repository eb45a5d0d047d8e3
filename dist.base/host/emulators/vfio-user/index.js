/** viommu/vfio-user: the unit and its endpoints for a QEMU that runs beside this process. */
export { VfioUserServer, } from "./server.js";
export { UNIT_WINDOW_BASE, UNIT_WINDOW_BYTES } from "./unit-service.js";
