export { CONDITION_NAMES, answerTo, conditionOf } from "./fault-conditions.js";
export { FaultRecorder } from "./fault-recording.js";
export { INTERRUPT_CONDITION_NAMES, interruptCondition } from "./interrupt-conditions.js";
export { Oracle } from "./oracle.js";
export { OracleUnit } from "./unit.js";
