import type { ConformanceCase } from "../../../case.js";
/** Cases that host/spec makes: one claim for each register, field and rule of chapter 11. */
export declare const generatedCases: readonly ConformanceCase[];
