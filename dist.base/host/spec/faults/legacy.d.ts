import type { FaultCondition } from "../fault-condition.js";
/** Conditions of legacy mode (§7.1.3, Table 30). */
export declare const legacyFaults: readonly FaultCondition[];
