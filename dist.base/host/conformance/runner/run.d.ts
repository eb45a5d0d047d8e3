import type { ConformanceCase } from "../case.js";
import type { Deviation } from "../deviations/deviation.js";
import { type Target } from "../target.js";
import type { CaseResult, RunResult } from "./result.js";
export interface RunOptions {
    readonly target: Target;
    readonly cases: readonly ConformanceCase[];
    /** Sets of capabilities to run each case with; of no account for a target with its own. */
    readonly presets: readonly string[];
    readonly deviations?: readonly Deviation[];
    /** Limit for a target that may hang, for each batch of operations. Default 10,000 milliseconds. */
    readonly milliseconds?: number;
    /** Told of each result as it comes. */
    readonly progress?: (result: CaseResult, done: number, total: number) => void;
}
/**
 * Runs cases against a target, each with a unit after power-good reset. Nothing that a target does
 * makes this throw, but a TargetUnavailable if it cannot be started at all.
 */
export declare function runCases(options: RunOptions): Promise<RunResult>;
