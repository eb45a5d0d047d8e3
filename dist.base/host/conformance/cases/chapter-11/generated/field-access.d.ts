import { type ConformanceCase } from "../../../case.js";
/** The access attribute of each field (§11.3). What a write-only field reads is undefined. */
export declare const fieldAccessCases: readonly ConformanceCase[];
