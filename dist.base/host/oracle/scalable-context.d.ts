import type { ConditionName } from "./fault-conditions.js";
import { type Inquiry } from "./inquiry.js";
/** What a scalable-mode context entry makes of a request (§9.4). */
export interface ScalableContext {
    /** Host physical address of the PASID directory. */
    readonly pasidDirectory: bigint;
    /** PASID of the request, or RID_PASID. */
    readonly pasid: number;
    /** Privileged mode requested by the request, or RID_PRIV. */
    readonly privileged: boolean;
}
/** Walks root table and context table in scalable mode (§3.4.3). */
export declare function readScalableContext(inquiry: Inquiry, rootTable: bigint): ScalableContext | ConditionName;
