import type { Deviation } from "./deviation.js";
export type { Deviation } from "./deviation.js";
/** Every deviation that is known, of every target. */
export declare const deviations: readonly Deviation[];
