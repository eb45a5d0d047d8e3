import type { FaultCondition } from "../fault-condition.js";
/** Conditions of the root-table address register, in either mode (§7.1.3, Table 30). */
export declare const rootTableAddressFaults: readonly FaultCondition[];
