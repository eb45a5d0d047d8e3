import type { FaultCondition } from "../../spec/fault-condition.js";
import type { EntryFields } from "../../tables/entry.js";
import type { ReportedCapabilities } from "../capabilities.js";
import type { AtsRequest, DmaRequest, Endpoints, PriRequest } from "./endpoints.js";
import type { Expectations } from "./expectations.js";
import type { FaultRecords } from "./faults.js";
/** What is expected besides the condition. */
export interface FaultOptions {
    /** The fault is recorded. Default true. */
    readonly recorded?: boolean;
    /** More fields of the record, or others than the request suggests. */
    readonly fields?: EntryFields;
    /** Fields that are not looked at: what the manual leaves open. */
    readonly ignore?: readonly string[];
}
interface RequestFields {
    readonly sourceId?: number | undefined;
    readonly pasid?: number | undefined;
    readonly privileged?: boolean | undefined;
    readonly execute?: boolean | undefined;
    readonly address: bigint;
}
/** The row of Table 30 or Table 15 ("IR.25") called that. */
export declare function conditionNamed(name: string): FaultCondition;
/** Sends requests that must fault, and looks at the answer and at the fault record (§7.1.3, §7.2). */
export declare class FaultExpectations {
    #private;
    constructor(parts: {
        readonly endpoints: Endpoints;
        readonly expect: Expectations;
        readonly records: FaultRecords;
        readonly capabilities: ReportedCapabilities;
    });
    /** A memory request meets a condition; its record is checked and cleared. */
    dma(condition: string, request: DmaRequest, options?: FaultOptions): Promise<void>;
    /**
     * A translation request meets a condition. One that Table 30 answers with Success has no permission
     * (S0) or what is left of it, and leaves no record, SFS.10 excepted.
     */
    translation(condition: string, request: AtsRequest, options?: FaultOptions): Promise<void>;
    /** A page request meets a condition: it leaves a record of its own type. */
    pageRequest(condition: string, request: PriRequest, options?: FaultOptions): Promise<void>;
    /** There is one record, of the condition and the request; or none. Clears what there is. */
    recorded(condition: string, request: RequestFields, options?: FaultOptions): Promise<void>;
    /** No fault is recorded. */
    none(when?: string): Promise<void>;
}
export {};
