import type { ConformanceCase } from "../../case.js";
/** Cases of chapter 11, one file to a topic; those that the register table makes come first. */
export declare const chapter11: readonly ConformanceCase[];
