import type { ConformanceCase } from "../../case.js";
/** Cases of chapter 5, one file to a topic. */
export declare const chapter5: readonly ConformanceCase[];
