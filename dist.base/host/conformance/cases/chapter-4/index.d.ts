import type { ConformanceCase } from "../../case.js";
/** Cases of chapter 4, one file to a topic. */
export declare const chapter4: readonly ConformanceCase[];
