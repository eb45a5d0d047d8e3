import { type ConformanceCase } from "../case.js";
export declare const firstSteps: readonly ConformanceCase[];
