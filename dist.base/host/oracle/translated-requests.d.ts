import type { FaultRecorder } from "./fault-recording.js";
import { type Inquiry } from "./inquiry.js";
import type { OracleState } from "./oracle-state.js";
import type { OracleTranslateResult } from "./results.js";
/**
 * A request with a translated address (§4.2.5): the context entry must allow it, and the address
 * passes as it is. With remapping disabled it is unsupported, and so is one with PASID in a unit
 * that does not know such requests (§4.2.1).
 */
export declare function handleTranslatedRequest(inquiry: Inquiry, state: OracleState, recorder: FaultRecorder): OracleTranslateResult;
