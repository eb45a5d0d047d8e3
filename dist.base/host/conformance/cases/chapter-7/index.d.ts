import type { ConformanceCase } from "../../case.js";
/** Cases of chapter 7, one file to a topic. */
export declare const chapter7: readonly ConformanceCase[];
