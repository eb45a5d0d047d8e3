import type { Blocked, Fault, FaultRecording, InterruptMessage, Translated, TranslationCompletion } from "../spec/requests.js";
import { type ConditionName } from "./fault-conditions.js";
import { type FaultFields, type FaultRecorder } from "./fault-recording.js";
import type { Inquiry } from "./inquiry.js";
/** What the log gets of a condition. */
export interface LoggedCondition {
    /** False if FPD keeps the condition out of the log, or if it is one that is not logged. */
    readonly logged: boolean;
    /** The record as it is written, or would be. */
    readonly fields: FaultFields;
    readonly record: FaultRecording;
}
export type OracleFault = Fault & LoggedCondition;
export type OracleTranslateResult = Translated | InterruptMessage | OracleFault | Blocked;
/** A completion that a fault condition lies behind also tells what the log gets. */
export type OracleCompletion = TranslationCompletion & Partial<LoggedCondition>;
export type OracleTranslationResult = OracleCompletion | OracleFault | Blocked;
/** Puts a condition into the log, unless it must stay out of it. */
export declare function log(inquiry: Inquiry, recorder: FaultRecorder, condition: ConditionName): LoggedCondition;
/** Keeps a condition out of the log, whatever the entries say. */
export declare function leaveUnlogged(inquiry: Inquiry, condition: ConditionName): LoggedCondition;
