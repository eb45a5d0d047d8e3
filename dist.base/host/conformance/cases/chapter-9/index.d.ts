import type { ConformanceCase } from "../../case.js";
/** Cases of chapter 9, one file to a topic. */
export declare const chapter9: readonly ConformanceCase[];
