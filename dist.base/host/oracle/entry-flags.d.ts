import type { ConditionName } from "./fault-conditions.js";
import { type Inquiry, type Stop } from "./inquiry.js";
/** Accessed, extended-accessed and dirty flags that an entry must carry before it is used. */
export interface FlagUpdate {
    /** Host physical address of the entry. */
    readonly address: bigint;
    /** The entry as it was fetched and checked. */
    readonly entry: bigint;
    readonly flags: bigint;
    /** Paging structures are read with snooping (§3.10). */
    readonly snooped: boolean;
    readonly conditionIfNotSnooped: ConditionName;
    readonly conditionIfFailed: ConditionName;
}
/** Sets the flags that are still clear, all in one atomic step (§3.6.2, §3.7.2). */
export declare function setFlags(inquiry: Inquiry, update: FlagUpdate): Stop | undefined;
