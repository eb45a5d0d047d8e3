import { type RunResult } from "../runner/result.js";
/** The Test Anything Protocol, version 14. */
export declare function tapReport({ cases }: RunResult): string;
