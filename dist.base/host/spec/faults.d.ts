import type { FaultCondition } from "./fault-condition.js";
/**
 * Every fault condition of VT-d 5.10. The place in this list, counted from 1, is the ordinal by
 * which the unit names a condition: new conditions go to the end.
 */
export declare const faultConditions: readonly FaultCondition[];
