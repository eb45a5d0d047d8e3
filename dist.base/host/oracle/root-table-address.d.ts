import type { ConditionName } from "./fault-conditions.js";
import type { Inquiry, TableMode } from "./inquiry.js";
/** What the latched root-table address register says (§11.4.5). */
export interface RootTable {
    readonly mode: TableMode;
    /** Host physical address of the root table. */
    readonly address: bigint;
    /** IR and IW of second-stage entries stand in for R and W (SSIRWE). */
    readonly ioPermissions: boolean;
}
/** The root-table-address conditions RTA.1 to RTA.5, and the mode if none holds. */
export declare function checkRootTableAddress(inquiry: Inquiry, register: bigint): RootTable | ConditionName;
