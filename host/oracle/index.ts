export type { CapabilityRegisters } from "./capabilities.js";
export { CONDITION_NAMES, answerTo, conditionOf } from "./fault-conditions.js";
export type { Answer, ConditionName, FaultCondition, RequestKind } from "./fault-conditions.js";
export { FaultRecorder } from "./fault-recording.js";
export type { FaultFields } from "./fault-recording.js";
export { INTERRUPT_CONDITION_NAMES, interruptCondition } from "./interrupt-conditions.js";
export type { InterruptConditionName } from "./interrupt-conditions.js";
export type { Step } from "./inquiry.js";
export { Oracle } from "./oracle.js";
export type { OracleOptions } from "./oracle.js";
export type { FaultReport, OracleEventName, OracleEvents } from "./outbox.js";
export type { OracleState, ProtectedMemory } from "./oracle-state.js";
export type { PageRequestAuthorisation, RefusedPageRequest } from "./page-requests.js";
export type { PasidEntry } from "./pasid-table.js";
export type {
  LoggedCondition,
  OracleCompletion,
  OracleFault,
  OracleTranslateResult,
  OracleTranslationResult,
} from "./results.js";
export type { ResetKind } from "./register-file.js";
export { OracleUnit } from "./unit.js";
export type {
  AccessInFlight,
  OracleUnitOptions,
  RegisterAccess,
  RegisterAccessResult,
} from "./unit.js";
