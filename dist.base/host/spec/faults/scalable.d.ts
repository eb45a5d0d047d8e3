import type { FaultCondition } from "../fault-condition.js";
/** Conditions of the root, context and PASID structures in scalable mode (§7.1.3, Table 30). */
export declare const scalableFaults: readonly FaultCondition[];
