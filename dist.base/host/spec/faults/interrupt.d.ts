import type { FaultCondition } from "../fault-condition.js";
/** Conditions of interrupt requests (§5.1.4.1, Table 15). Their names are made here: the table has codes alone. */
export declare const interruptFaults: readonly FaultCondition[];
