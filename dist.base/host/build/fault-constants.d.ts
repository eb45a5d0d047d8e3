import type { FaultCondition } from "../spec/fault-condition.js";
/** A condition in one word; the layout stands at the head of the generated file. */
export declare function packFault(fault: FaultCondition, ordinal: number): number;
/** The text of assembly/generated/faults.ts. */
export declare function generateFaultConstants(): string;
