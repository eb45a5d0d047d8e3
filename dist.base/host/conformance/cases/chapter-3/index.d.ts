import type { ConformanceCase } from "../../case.js";
/** Cases of chapter 3, one file to a topic. */
export declare const chapter3: readonly ConformanceCase[];
