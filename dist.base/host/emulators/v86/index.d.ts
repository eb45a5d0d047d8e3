/** The virtual IOMMU in v86: `prepareV86` before `new V86`, `attachIommu` before `run`. */
export { attachIommu, type Attachment, type AttachOptions, type LostInterruptListener, } from "./attach.js";
export type { Ending } from "./guest-loop.js";
export type { V86Memory } from "./guest-ram.js";
export { TESTED_V86_VERSION, V86MismatchError } from "./internals.js";
export type { LostReason } from "./interrupts.js";
export { translatableDevices, type OwnDevice, type TranslatableDevice } from "./own-devices.js";
export type { EndpointPlace, MachineOptions } from "./places.js";
export { prepareV86 } from "./prepare.js";
