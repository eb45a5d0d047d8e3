import type { PoisonRange } from "./memory-map.js";
/** True if an access of this kind touches a poisoned byte. */
export declare function poisonedBy(ranges: readonly PoisonRange[], address: bigint, length: number, flag: number): boolean;
/** The ranges without [start, end): those that reach into it are cut. */
export declare function healRange(ranges: readonly PoisonRange[], start: bigint, end: bigint): PoisonRange[];
