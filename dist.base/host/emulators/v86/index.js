/** The virtual IOMMU in v86: `prepareV86` before `new V86`, `attachIommu` before `run`. */
export { attachIommu, } from "./attach.js";
export { TESTED_V86_VERSION, V86MismatchError } from "./internals.js";
export { translatableDevices } from "./own-devices.js";
export { prepareV86 } from "./prepare.js";
