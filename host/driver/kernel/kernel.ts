import { DeferredBytes } from "./deferred-bytes.js";
import { Heap } from "./heap.js";
import { Injection, type FaultPoint } from "./injection.js";
import type { Touchable } from "./kernel-object.js";
import type { LockCounts } from "./lock-meter.js";
import { Rcu } from "./rcu.js";
import type { Access, AccessKind, AccessRole, Routine, Step } from "./step.js";
import { Task, type TaskOptions } from "./task.js";
import { Violation, type KernelInvariant } from "./violation.js";

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
export class Kernel {
  readonly checks: boolean;
  readonly injection: Injection;
  readonly heap: Heap;
  readonly rcu: Rcu;
  /** In the order of creation; `settle` forgets those that are done. */
  readonly tasks: Task[] = [];
  /** What ended the run early. */
  violation: Violation | undefined;
  /** Let `warn` be a violation. Default true. */
  panicOnWarning = true;
  readonly warnings: string[] = [];
  readonly locks: LockCounts = { acquisitions: 0, contended: 0 };
  readonly deferred = new DeferredBytes();
  /** What the last step touched: first what it declares, then what it was found to touch. */
  footprint: Access[] = [];
  /** Note what every step touches; as `checks`, and off where somebody knows already. */
  noting: boolean;
  /** Those that are not done, and a few that are. */
  readonly #alive: Task[] = [];
  readonly #names = new Map<string, number>();
  readonly #atEnd: (() => void)[] = [];
  #stepping = false;
  #objects = 0;
  #spawned = 0;

  constructor(options: KernelOptions = {}) {
    this.checks = options.checks ?? true;
    this.noting = this.checks;
    this.injection = new Injection(options.fail);
    this.heap = new Heap(this);
    this.rcu = new Rcu(this);
  }

  /** Starts a task: its code runs up to its first step. A name that is taken gets a number behind it. */
  spawn(name: string, code: () => Routine<unknown>, options: TaskOptions = {}): Task {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    const unique = count === 1 ? name : `${name}/${count}`;
    const task = new Task(unique, this.#spawned++, code(), options);
    this.tasks.push(task);
    this.#alive.push(task);
    task.advance(undefined);
    return task;
  }

  /** Tasks that can take their next step now, in the order of creation. */
  runnable(): Task[] {
    const runnable: Task[] = [];
    let alive = 0;
    for (const task of this.#alive) {
      if (task.done) continue;
      this.#alive[alive++] = task;
      if (task.runnable) runnable.push(task);
    }
    this.#alive.length = alive;
    return runnable;
  }

  /**
   * Runs every task as far as it can go, one after the other, until none can: one order of many, for who
   * wants the work done. Ends at a violation, which it throws, and does not look for deadlocks.
   */
  settle(): void {
    for (let runnable = this.runnable(); runnable.length > 0; runnable = this.runnable()) {
      for (const task of runnable) {
        while (task.runnable) {
          this.step(task);
          if (this.violation) throw this.violation;
        }
      }
      this.tasks.splice(0, this.tasks.length, ...this.#alive);
    }
  }

  /** Takes the next step of a task that is runnable. */
  step(task: Task): void {
    const step = task.pending;
    if (step === undefined) throw new RangeError(`${task.name} is done: it has no next step`);
    if (this.noting) this.footprint = declared(step);
    this.#stepping = this.noting;
    task.remark = "";
    try {
      step.object.home?.use();
      if (step.sleeps === true && task.atomic.length > 0) throw sleeping(task, step);
      task.advance(step.run(task));
    } catch (error) {
      this.violation = asViolation(error, task);
    } finally {
      this.#stepping = false;
    }
  }

  /** The number of the next object to be made, or the first of as many as will be made later. */
  numberObject(count = 1): number {
    const number = this.#objects;
    this.#objects += count;
    return number;
  }

  /** Notes that the current step touches an object that it did not declare. */
  touch(object: Touchable, kind: AccessKind, role?: AccessRole): void {
    if (this.#stepping) this.footprint.push({ object, kind, role });
  }

  /**
   * What the kernel says loudly and goes on after: a violation of `invariant`, default "warning", unless
   * `panicOnWarning` is false.
   */
  warn(message: string, invariant: KernelInvariant | (string & {}) = "warning"): void {
    this.warnings.push(message);
    if (this.panicOnWarning) throw new Violation(invariant, message);
  }

  /** `check` is called when no task can go on any more, and throws a violation if something is wrong. */
  atEnd(check: () => void): void {
    this.#atEnd.push(check);
  }

  /** To be called when nothing is runnable: finds deadlocks, leaks, and what `atEnd` checks. */
  finish(): void {
    try {
      const stuck = this.#alive.filter((task) => !task.done && !task.daemon);
      if (stuck.length > 0) {
        throw new Violation("deadlock", stuck.map(({ complaint }) => complaint).join("; "));
      }
      for (const check of this.#atEnd) check();
      const leaked = this.heap.leaked.map(({ label }) => label);
      if (leaked.length > 0) throw new Violation("leak", `never freed: ${leaked.join(", ")}`);
    } catch (error) {
      this.violation = asViolation(error, undefined);
    }
  }
}

/** What a step says that it touches; the memory that holds its object with it. */
export function declared(step: Step<unknown>): Access[] {
  const accesses: Access[] = step.also === undefined ? [step] : [step, ...step.also];
  const home = step.object.home;
  if (home !== undefined) accesses.push({ object: home.whole, kind: "read" });
  return accesses;
}

function sleeping(task: Task, step: Step<unknown>): Violation {
  const where = task.atomic.join(", ");
  const what = `${step.verb} ${step.object.name}`;
  return new Violation("sleep-in-atomic", `${task.name} may sleep to ${what} inside ${where}`);
}

/** An exception of a task's code is what an oops is to a kernel. */
function asViolation(error: unknown, task: Task | undefined): Violation {
  if (error instanceof Violation) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const violation = new Violation("exception", `${task ? `${task.name}: ` : ""}${text}`);
  violation.cause = error;
  return violation;
}
