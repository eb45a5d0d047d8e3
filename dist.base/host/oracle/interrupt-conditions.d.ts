import type { FaultCondition } from "./fault-conditions.js";
/**
 * Table 15 of the manual (§5.1.4.1): fault reason (hexadecimal) and whether FPD of the interrupt
 * remapping table entry qualifies it. Code 29h stands with the conditions of memory requests.
 */
declare const TABLE_15: {
    readonly "IR.20": "20 n";
    readonly "IR.21": "21 n";
    readonly "IR.22": "22 q";
    readonly "IR.23": "23 n";
    readonly "IR.24": "24 q";
    readonly "IR.25": "25 n";
    readonly "IR.26": "26 q";
    readonly "IR.27": "27 q";
    readonly "IR.28": "28 q";
    readonly "IR.2A": "2A n";
    readonly "IR.2B": "2B n";
};
export type InterruptConditionName = keyof typeof TABLE_15;
export declare const INTERRUPT_CONDITION_NAMES: readonly InterruptConditionName[];
export declare function interruptCondition(name: InterruptConditionName): FaultCondition;
/** True if a record of the condition tells the interrupt index. */
export declare function recordsIndex(name: InterruptConditionName): boolean;
export {};
