import { type ConformanceCase } from "../../../case.js";
/** Default values, 32-bit access beside 64-bit access, and what a reset undoes, of each register. */
export declare const registerValueCases: readonly ConformanceCase[];
