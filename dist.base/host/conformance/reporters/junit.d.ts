import { type RunResult } from "../runner/result.js";
/** JUnit XML: a suite for each chapter. A known deviation is a skipped test with its details. */
export declare function junitReport({ target, cases }: RunResult): string;
