import { Kernel, Violation, type Task } from "../kernel/index.js";
import type { Choice } from "./random-order.js";
import type { Subject } from "./scenario.js";
import { type Trace } from "./trace.js";
/** One step of a run, in words. */
export interface StepReport {
    readonly task: string;
    readonly verb: string;
    /** Its object; memory with slot and generation. */
    readonly object: string;
    /** What it found: "1 -> 2". */
    readonly remark: string;
}
export interface RunReport {
    readonly trace: Trace;
    readonly steps: readonly StepReport[];
    readonly violation: Violation | undefined;
    readonly warnings: readonly string[];
}
/** Runs a kernel to the end, as `choice` says; answers the tasks step by step. */
export declare function runToEnd(kernel: Kernel, choice: Choice, maxSteps: number, onStep?: (task: Task) => void): Task[];
export declare function endless(kernel: Kernel, maxSteps: number): Violation;
/**
 * Runs a trace again, and reports every step.
 * @throws RangeError if a task of the trace cannot take its step: the trace is of another scenario.
 */
export declare function replay(subject: Subject, trace: Trace): RunReport;
/** Runs with a choice, and reports every step. */
export declare function follow(subject: Subject, fail: Trace["fail"], choice: Choice): RunReport;
/** What a run is told by: who did what, one line a step, and how it ended. */
export declare function describeRun({ trace, steps, violation }: RunReport): string;
