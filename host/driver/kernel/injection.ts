import type { Task } from "./task.js";

/** A place where something may fail: the `nth` such place that a task comes to, counted from 1. */
export interface FaultPoint {
  readonly task: string;
  readonly nth: number;
  /** What fails: "allocate FaultParam". */
  readonly what: string;
}

/** A run that comes to more such places is no run to inject failures into. */
const MOST_POINTS = 1000;

/**
 * Failures are part of the schedule: each place where one may happen is named by the task and by how
 * many such places the task has passed, so that its name does not depend on what others do.
 */
export class Injection {
  /** The places that this run came to. */
  readonly met: FaultPoint[] = [];
  readonly #fail: Pick<FaultPoint, "task" | "nth"> | undefined;
  readonly #counts = new Map<Task, number>();

  constructor(fail: Pick<FaultPoint, "task" | "nth"> | undefined) {
    this.#fail = fail;
  }

  /** True if it fails here. */
  fails(task: Task, what: string): boolean {
    const nth = (this.#counts.get(task) ?? 0) + 1;
    this.#counts.set(task, nth);
    if (this.met.length < MOST_POINTS) this.met.push({ task: task.name, nth, what });
    return this.#fail?.task === task.name && this.#fail.nth === nth;
  }
}
