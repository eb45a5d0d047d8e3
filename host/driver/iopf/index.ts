/** I/O page faults as Linux has them: groups, their handlers, their responses, and who may free what when. */
export {
  attachedDevice,
  type AttachedDevice,
  type AttachedDeviceOptions,
} from "./attached-device.js";
export {
  AttachTable,
  makeDevice,
  type AttachHandle,
  type Domain,
  type IommuGroup,
  type IopfDevice,
  type IopfHandler,
  type PageResponse,
} from "./device.js";
export {
  describeFault,
  NO_PASID,
  responseNumber,
  type Fault,
  type ResponseCode,
  type Result,
} from "./fault.js";
export type { FaultParam } from "./fault-param.js";
export { faultsOf, type Group, type Place } from "./group.js";
export { Iopf, type IopfOptions } from "./iopf.js";
export { ResponseLedger, type LedgerOptions } from "./ledger.js";
export type { LifetimeName } from "./lifetime.js";
export { quirksOf, type Behaviour, type Quirks } from "./quirks.js";
export type { IopfQueue } from "./queue.js";
export { queueWork, svaDomain, type SvaOptions } from "./sva.js";
