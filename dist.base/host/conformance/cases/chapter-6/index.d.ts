import type { ConformanceCase } from "../../case.js";
/** Cases of chapter 6, one file to a topic. */
export declare const chapter6: readonly ConformanceCase[];
