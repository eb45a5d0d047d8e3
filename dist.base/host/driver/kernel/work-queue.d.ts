import { KernelObject } from "./kernel-object.js";
import type { Kernel } from "./kernel.js";
import { type Routine } from "./step.js";
export interface WorkQueueOptions {
    /** Items that run at once; 1 makes an ordered queue. Default: no limit. */
    readonly maxActive?: number;
}
/** A piece of work: queued at most once at a time, and never run by two workers at once. */
export declare class Work extends KernelObject {
    readonly code: () => Routine;
    /** Queued and not begun. */
    pending: boolean;
    constructor(kernel: Kernel, name: string, code: () => Routine);
}
/** A work queue whose items each run as a task of their own. */
export declare class WorkQueue extends KernelObject {
    #private;
    constructor(kernel: Kernel, name: string, options?: WorkQueueOptions);
    /** Answers false if the work is queued already. */
    queue(work: Work): Routine<boolean>;
    /** Waits until everything that is queued now has run. */
    flush(): Routine;
    /** Flushes; nothing may be queued afterwards. */
    destroy(): Routine;
}
