import { type Kernel } from "../kernel/kernel.js";
/** How a run ended. */
export type RunEnd = "finished" | "violation" | "redundant" | "endless";
/**
 * Tries every order of steps that can matter, and each once: dynamic partial-order reduction with source
 * sets and sleep sets (docs/driver-explorer.md). It remembers only the branches of the run at hand; to go
 * back means to run again from the start.
 */
export declare class Reduction {
    #private;
    constructor(maxSteps: number, onState: (state: number) => void);
    /** Prepares the next run; false if there is none. */
    next(): boolean;
    /** Runs a kernel that was set up afresh. */
    run(kernel: Kernel): RunEnd;
    /** The tasks of the run at hand, step by step. */
    get schedule(): number[];
}
