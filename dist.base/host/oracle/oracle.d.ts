import type { MemoryPort } from "../memory/port.js";
import type { MemoryRequest, PageRequest, TranslatedRequest, TranslationRequest } from "../spec/requests.js";
import { type CapabilityRegisters } from "./capabilities.js";
import { FaultRecorder } from "./fault-recording.js";
import { type Step } from "./inquiry.js";
import { type OracleState } from "./oracle-state.js";
import { type PageRequestAuthorisation } from "./page-requests.js";
import type { OracleTranslateResult, OracleTranslationResult } from "./results.js";
export interface OracleOptions extends CapabilityRegisters {
    /** Guest memory with the translation structures; accessed and dirty flags are written to it. */
    readonly memory: MemoryPort;
    /** Faults of a requester that has a pending record are not recorded. Default true. */
    readonly faultCollapse?: boolean;
}
/**
 * Translation and its faults as the manual describes them, in its order and without any cache: every
 * request reads every entry from memory again. It is made to judge a fast unit, not to be one.
 * Interrupt remapping, host permission tables and the queues are outside of it.
 */
export declare class Oracle {
    #private;
    /** Fault recording registers. */
    readonly faults: FaultRecorder;
    /** Throws a RangeError for capabilities that the oracle does not model. */
    constructor(options: OracleOptions);
    /** What software has made of the unit. Assign a new object to change it. */
    get state(): OracleState;
    set state(state: OracleState);
    /** The entries that the last request read, in order, with what was concluded from each. */
    get steps(): readonly Step[];
    /** An untranslated memory request. */
    translate(request: MemoryRequest): OracleTranslateResult;
    /** An ATS translation request for one translation. */
    requestTranslation(request: TranslationRequest): OracleTranslationResult;
    /** A memory request with a translated address. */
    translateTranslated(request: TranslatedRequest): OracleTranslateResult;
    /** Whether a page request may be queued; a refusal is logged, except for a stop marker. */
    authorisePageRequest(request: PageRequest): PageRequestAuthorisation;
}
