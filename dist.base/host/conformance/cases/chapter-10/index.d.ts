import type { ConformanceCase } from "../../case.js";
/** Cases of chapter 10, one file to a topic. */
export declare const chapter10: readonly ConformanceCase[];
