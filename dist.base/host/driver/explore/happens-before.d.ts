import type { Footprint } from "./footprint.js";
/** A step that was taken. */
export interface TakenStep {
    readonly task: number;
    /** Which of its task's steps, from 1. */
    readonly nth: number;
    readonly footprint: Footprint;
    /** For each task how many of its steps come before this one, or are this one, in every equivalent run. */
    readonly clock: readonly number[];
    /** Stands for this step and all that come before it. */
    readonly hash: number;
    /** Stands for the state after it. */
    readonly state: number;
}
/**
 * The order of the steps of a run, as far as it matters: a step comes after those of its task, after the
 * one that started its task, and after those that it conflicts with. Two runs whose steps are ordered
 * alike lead to the same state, and this is how states are compared (docs/driver-explorer.md).
 */
export declare class HappensBefore {
    #private;
    readonly steps: TakenStep[];
    /** Tells of tasks that the last step has started: there are `count` now. */
    tasksAre(count: number): void;
    /** Steps of a task so far. */
    countOf(task: number): number;
    /** Whether step `index` started a task. */
    started(task: number, index: number): boolean;
    /** What comes before the next step of a task because it is of that task. */
    clockOf(task: number): readonly number[];
    /** Whether step `index` comes before everything that a clock belongs to. */
    precedes(index: number, clock: readonly number[]): boolean;
    /** Appends a step. */
    take(task: number, footprint: Footprint): TakenStep;
    /** Stands for the state now. */
    get state(): number;
    /** Steps that touched an object, oldest first. */
    touched(object: number): readonly number[];
    /** Forgets all but the first `length` steps. */
    truncate(length: number): void;
}
