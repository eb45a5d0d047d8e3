import type { FaultCondition } from "../spec/fault-condition.js";
/** The conditions that report a fault reason code; most codes have one. */
export declare function conditionsOf(code: number): readonly FaultCondition[];
/**
 * What a fault reason code of FRCD.FR stands for, or a condition by its name (§7.1.3, §5.1.4.1).
 * A code that several conditions share gives all of them.
 *
 * @param fault a code, 0 to 255, or a name like "SFS.2"
 * @throws RangeError listing what is known
 */
export declare function decodeFault(fault: number | string): readonly FaultCondition[];
