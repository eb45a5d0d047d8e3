import type { Task } from "./task.js";
/** A place where something may fail: the `nth` such place that a task comes to, counted from 1. */
export interface FaultPoint {
    readonly task: string;
    readonly nth: number;
    /** What fails: "allocate FaultParam". */
    readonly what: string;
}
/**
 * Failures are part of the schedule: each place where one may happen is named by the task and by how
 * many such places the task has passed, so that its name does not depend on what others do.
 */
export declare class Injection {
    #private;
    /** The places that this run came to. */
    readonly met: FaultPoint[];
    constructor(fail: Pick<FaultPoint, "task" | "nth"> | undefined);
    /** True if it fails here. */
    fails(task: Task, what: string): boolean;
}
