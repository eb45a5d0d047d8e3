import type { Task } from "../kernel/index.js";
import type { Prng } from "../../random/prng.js";

/** Picks one of several runnable tasks, step by step. */
export type Choice = (runnable: readonly Task[]) => Task;

/** Any task, at every step. */
export function uniformOrder(prng: Prng): Choice {
  return (runnable) => runnable[prng.below(runnable.length)]!;
}

/** Steps at which a task falls behind all others. */
const CHANGES = 3;

/**
 * Tasks by random priorities, which change a few times in a run of about `steps` steps. Mistakes that
 * need few changes of task in the right places turn up sooner than in an order without any plan.
 */
export function priorityOrder(prng: Prng, steps: number): Choice {
  const priorities = new Map<Task, number>();
  const changes = new Set(Array.from({ length: CHANGES }, () => prng.below(Math.max(steps, 1))));
  let lowest = 0;
  let step = 0;
  return (runnable) => {
    for (const task of runnable) {
      if (!priorities.has(task)) priorities.set(task, 1 + prng.next());
    }
    const rank = (task: Task): number => priorities.get(task)!;
    const first = (): Task => runnable.reduce((a, b) => (rank(b) > rank(a) ? b : a));
    if (changes.has(step++)) priorities.set(first(), --lowest);
    return first();
  };
}
