import type { Translated } from "../spec/requests.js";
import { type ConditionName } from "./fault-conditions.js";
import type { FaultRecorder } from "./fault-recording.js";
import { type Inquiry } from "./inquiry.js";
import type { OracleState } from "./oracle-state.js";
import { type OracleFault, type OracleTranslateResult } from "./results.js";
/** An untranslated memory request (§3). */
export declare function handleUntranslated(inquiry: Inquiry, state: OracleState, recorder: FaultRecorder): OracleTranslateResult;
/** Protected memory regions block without a fault (§11.4.8.1). */
export declare function blockIfProtected(state: OracleState, translated: Translated, remapped: boolean): OracleTranslateResult;
/** Blocks an untranslated or a translated request, and logs why. */
export declare function faultOf(inquiry: Inquiry, recorder: FaultRecorder, condition: ConditionName): OracleFault;
