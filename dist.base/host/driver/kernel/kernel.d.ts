import { Heap } from "./heap.js";
import { Injection, type FaultPoint } from "./injection.js";
import type { KernelObject } from "./kernel-object.js";
import { Rcu } from "./rcu.js";
import type { Access, AccessKind, AccessRole, Routine, Step } from "./step.js";
import { Task, type TaskOptions } from "./task.js";
import { Violation } from "./violation.js";
export interface KernelOptions {
    /**
     * Poison released memory and note what every step touches. Default true; without it a kernel only runs,
     * which is for measuring what the checks cost.
     */
    readonly checks?: boolean;
    /** The one place of this run where something fails. */
    readonly fail?: Pick<FaultPoint, "task" | "nth"> | undefined;
}
/**
 * A deterministic kernel: tasks that take steps. It decides nothing by itself; whoever drives it picks one
 * of the runnable tasks, again and again. Memory is sequentially consistent.
 */
export declare class Kernel {
    #private;
    readonly checks: boolean;
    readonly injection: Injection;
    readonly heap: Heap;
    readonly rcu: Rcu;
    readonly tasks: Task[];
    /** What ended the run early. */
    violation: Violation | undefined;
    /** Let `warn` be a violation. Default true. */
    panicOnWarning: boolean;
    readonly warnings: string[];
    /** What the last step touched: first what it declares, then what it was found to touch. */
    footprint: Access[];
    constructor(options?: KernelOptions);
    /** Starts a task: its code runs up to its first step. A name that is taken gets a number behind it. */
    spawn(name: string, code: () => Routine<unknown>, options?: TaskOptions): Task;
    /** Tasks that can take their next step now, in the order of creation. */
    runnable(): Task[];
    /** Takes the next step of a task that is runnable. */
    step(task: Task): void;
    /** The number of the next object to be made. */
    numberObject(): number;
    /** Notes that the current step touches an object that it did not declare. */
    touch(object: KernelObject, kind: AccessKind, role?: AccessRole): void;
    /** What the kernel says loudly and goes on after: a violation unless `panicOnWarning` is false. */
    warn(message: string): void;
    /** `check` is called when no task can go on any more, and throws a violation if something is wrong. */
    atEnd(check: () => void): void;
    /** To be called when nothing is runnable: finds deadlocks, leaks, and what `atEnd` checks. */
    finish(): void;
}
/** What a step says that it touches; the memory that holds its object with it. */
export declare function declared(step: Step<unknown>): Access[];
