import type { Task } from "../kernel/index.js";
import type { Prng } from "./prng.js";
/** Picks one of several runnable tasks, step by step. */
export type Choice = (runnable: readonly Task[]) => Task;
/** Any task, at every step. */
export declare function uniformOrder(prng: Prng): Choice;
/**
 * Tasks by random priorities, which change a few times in a run of about `steps` steps. Mistakes that
 * need few changes of task in the right places turn up sooner than in an order without any plan.
 */
export declare function priorityOrder(prng: Prng, steps: number): Choice;
