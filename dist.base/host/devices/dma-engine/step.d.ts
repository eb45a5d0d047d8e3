import type { QueueState } from "./registers.js";
/**
 * What one step of some work came to: the state that software sees until the next tick, or the end.
 * Work keeps all it knows between two steps in plain fields, so that a snapshot can take it along.
 */
export type Step<T> = QueueState | {
    readonly done: T;
};
export declare function isDone<T>(step: Step<T>): step is {
    readonly done: T;
};
