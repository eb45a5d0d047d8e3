import type { FaultCondition } from "../fault-condition.js";
/** Conditions of paging structures, of addresses, and of host permission tables (§7.1.3, Table 30). */
export declare const pagingFaults: readonly FaultCondition[];
