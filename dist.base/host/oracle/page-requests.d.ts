import type { PageRequest } from "../spec/requests.js";
import { type ConditionName } from "./fault-conditions.js";
import type { FaultRecorder } from "./fault-recording.js";
import { type Inquiry } from "./inquiry.js";
import type { OracleState } from "./oracle-state.js";
import { type PasidEntry } from "./pasid-table.js";
import { type LoggedCondition } from "./results.js";
/** Whether a page request may go into the page request queue (§7.4.1). */
export type PageRequestAuthorisation = {
    readonly ok: true;
    /** PASID whose translations the request is about: its own, or RID_PASID. */
    readonly pasid: number;
    /** Selects the implicit invalidation (§6.5.3.1). */
    readonly pasidEntry: PasidEntry;
} | RefusedPageRequest | {
    readonly ok: false;
    /** The unit does not handle page requests now: no condition, no answer, nothing logged. */
    readonly condition: undefined;
    readonly why: "translation-disabled" | "PRS=0";
    readonly answer: "drop";
};
export interface RefusedPageRequest extends LoggedCondition {
    readonly ok: false;
    readonly condition: ConditionName;
    readonly reason: number;
    readonly qualified: boolean;
    /** An entry with Fault Processing Disable was met. */
    readonly fpd: boolean;
    /** Invalid Request is answered to the last request of a group; others are dropped. */
    readonly answer: "invalid-request" | "drop";
}
/** Looks the request up as far as its PASID-table entry; a page request walks no page table. */
export declare function authorise(inquiry: Inquiry, request: PageRequest, state: OracleState, recorder: FaultRecorder): PageRequestAuthorisation;
