import type { Routine, Step } from "./step.js";
export interface TaskOptions {
    /** Serves others for ever: a run may end while it waits. Default false. */
    readonly daemon?: boolean;
}
/** A thread of the kernel, a work item, a device: whatever has code of its own. */
export declare class Task {
    #private;
    readonly name: string;
    /** Place in the order of creation. */
    readonly index: number;
    readonly daemon: boolean;
    /** What the task does next; undefined when it is done. */
    pending: Step<unknown> | undefined;
    /** Spinlocks and read sections that it is in, by name: it must not sleep. */
    readonly atomic: string[];
    /** Depth of RCU read sections. */
    readSections: number;
    /** What the last step found, for the reader of a schedule: "1 -> 2". */
    remark: string;
    constructor(name: string, index: number, routine: Routine<unknown>, options: TaskOptions);
    get done(): boolean;
    get runnable(): boolean;
    /** Runs the task's code up to its next step. */
    advance(value: unknown): void;
    /** Why it cannot go on: "reporter waits to lock queue.lock, held by remover". */
    get complaint(): string;
}
