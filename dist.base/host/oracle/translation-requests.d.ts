import type { FaultRecorder } from "./fault-recording.js";
import { type Inquiry } from "./inquiry.js";
import type { OracleState } from "./oracle-state.js";
import { type OracleTranslationResult } from "./results.js";
/** An ATS translation request (§4.2.3). With remapping disabled it is unsupported (§4.2.1). */
export declare function handleTranslationRequest(inquiry: Inquiry, state: OracleState, recorder: FaultRecorder): OracleTranslationResult;
