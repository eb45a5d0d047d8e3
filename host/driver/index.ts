/** viommu/driver: a kernel whose every step is chosen, and the fault path of Linux on top of it. */
export { Errno, errnoNumbers, type ErrnoName } from "./errno.js";
export * from "./debates/index.js";
export * from "./explore/index.js";
export * from "./handler/index.js";
export * from "./iommufd/index.js";
export * from "./iopf/index.js";
export * from "./kernel/index.js";
export * from "./page-table/index.js";
export * from "./scenarios/index.js";
export * as vfio from "./vfio/index.js";
export * as vtd from "./vtd/index.js";
