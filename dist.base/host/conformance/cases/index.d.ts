import type { ConformanceCase } from "../case.js";
/** Every case, in the order of the manual. */
export declare const cases: readonly ConformanceCase[];
