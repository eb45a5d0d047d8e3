import { declared, type Kernel } from "../kernel/kernel.js";
import type { Task } from "../kernel/index.js";
import { compete, conflict, footprintOf, type Footprint } from "./footprint.js";
import { HappensBefore } from "./happens-before.js";
import { NotDeterministic } from "./not-deterministic.js";

/** A state on the way that is explored, before step number `index` of it. */
interface Branch {
  /** Tasks that could take the step. */
  readonly enabled: readonly number[];
  /** Tasks that are to be tried here. */
  readonly wanted: Set<number>;
  /** Tasks that were tried, or that need not be because an earlier try covers them; what each touches. */
  readonly asleep: Map<number, Footprint>;
  chosen: number;
}

/** How a run ended. */
export type RunEnd = "finished" | "violation" | "redundant" | "endless";

/**
 * Tries every order of steps that can matter, and each once: dynamic partial-order reduction with source
 * sets and sleep sets (docs/driver-explorer.md). It remembers only the branches of the run at hand; to go
 * back means to run again from the start.
 */
export class Reduction {
  readonly #order = new HappensBefore();
  readonly #branches: Branch[] = [];
  readonly #maxSteps: number;
  readonly #onState: (state: number) => void;
  #started = false;
  /** Of the run at hand. */
  #pending: (Footprint | undefined)[] = [];

  constructor(maxSteps: number, onState: (state: number) => void) {
    this.#maxSteps = maxSteps;
    this.#onState = onState;
  }

  /** Prepares the next run; false if there is none. */
  next(): boolean {
    if (!this.#started) {
      this.#started = true;
      return true;
    }
    for (let branch = this.#branches.at(-1); branch; branch = this.#branches.at(-1)) {
      const { wanted, asleep, chosen } = branch;
      // What was chosen here has been tried in every way.
      asleep.set(chosen, this.#order.steps[this.#branches.length - 1]!.footprint);
      const task = [...wanted].find((each) => !asleep.has(each));
      if (task !== undefined) {
        branch.chosen = task;
        this.#order.truncate(this.#branches.length - 1);
        return true;
      }
      this.#branches.pop();
    }
    return false;
  }

  /** Runs a kernel that was set up afresh. */
  run(kernel: Kernel): RunEnd {
    const known = this.#order.steps.length;
    if (known === 0) this.#order.tasksAre(kernel.tasks.length);
    this.#repeat(kernel, known);
    this.#pending = [];
    this.#look(kernel.tasks);
    for (let index = known; ; index++) {
      if (index >= this.#maxSteps) return "endless";
      // The last branch of a run that is repeated has another choice now.
      if (index === this.#branches.length) {
        const enabled = kernel.runnable();
        if (enabled.length === 0) return "finished";
        if (this.#open(enabled) === undefined) return "redundant";
      }
      const task = this.#take(kernel, index);
      this.#record(kernel, task);
      if (kernel.violation) return "violation";
    }
  }

  /** Takes the steps that are known from earlier runs: what they touch is known too. */
  #repeat(kernel: Kernel, steps: number): void {
    kernel.noting = false;
    for (let index = 0; index < steps; index++) this.#take(kernel, index);
    kernel.noting = true;
    if (kernel.violation) throw new NotDeterministic();
  }

  #take(kernel: Kernel, index: number): Task {
    const task = kernel.tasks[this.#branches[index]!.chosen];
    if (task === undefined || !task.runnable) throw new NotDeterministic();
    kernel.step(task);
    return task;
  }

  /** The tasks of the run at hand, step by step. */
  get schedule(): number[] {
    return this.#branches.map(({ chosen }) => chosen);
  }

  /** A new branch, and the task that it begins with: the one that took the last step, if it can go on. */
  #open(enabled: readonly Task[]): Task | undefined {
    const last = this.#branches.at(-1);
    const asleep = new Map<number, Footprint>();
    if (last !== undefined) {
      const { footprint } = this.#order.steps.at(-1);
      for (const [task, touches] of last.asleep) {
        if (task !== last.chosen && !conflict(touches, footprint)) asleep.set(task, touches);
      }
    }
    const awake = enabled.filter(({ index }) => !asleep.has(index));
    const task = awake.find(({ index }) => index === last?.chosen) ?? awake[0];
    if (task === undefined) return undefined;
    this.#branches.push({
      enabled: enabled.map(({ index }) => index),
      wanted: new Set([task.index]),
      asleep,
      chosen: task.index,
    });
    return task;
  }

  #record(kernel: Kernel, task: Task): void {
    const footprint = footprintOf(kernel.footprint);
    // What the step declared was compared when it was due. What it was found to touch is compared now.
    this.#findRaces(task.index, footprint, this.#pending[task.index]);
    this.#onState(this.#order.take(task.index, footprint));
    const taken = this.#order.steps.length - 1;
    this.#order.tasksAre(kernel.tasks.length);
    this.#pending.forEach((due, other) => {
      if (other === task.index || due === undefined) return;
      if (compete(footprint, due)) this.#reverse(taken, other, due);
    });
    for (const changed of this.#look(kernel.tasks, task)) {
      this.#findRaces(changed, this.#pending[changed]!);
    }
  }

  /** Takes down what tasks are about to touch, if they have a new step; answers those tasks. */
  #look(tasks: readonly Task[], stepped?: Task): number[] {
    const changed: number[] = [];
    for (const { index, pending } of tasks) {
      if (index < this.#pending.length && index !== stepped?.index) continue;
      this.#pending[index] = pending && footprintOf(declared(pending));
      if (pending !== undefined) changed.push(index);
    }
    return changed;
  }

  /** Looks for steps that `task`'s step could have come before, although it came, or comes, after them. */
  #findRaces(task: number, footprint: Footprint, compared: Footprint = []): void {
    const clock = this.#order.clockOf(task);
    for (const { object, writes } of footprint) {
      if (compared.some((t) => t.object === object && (t.writes || !writes))) continue;
      const touched = this.#order.touched(object);
      let at = touched.lastBefore(touched.steps.length, writes);
      for (; at >= 0; at = touched.lastBefore(at, writes)) {
        const index = touched.steps[at]!;
        const step = this.#order.steps[index]!;
        const before = this.#order.precedes(index, clock);
        const competes = !before && compete(step.footprint, footprint);
        if (competes) this.#reverse(index, task, footprint);
        // A writer comes after all that touched the object before it. A release hides who acquired it.
        if ((before || competes) && touched.wrote(at)) break;
      }
    }
  }

  /**
   * Sees to it that `task`'s step is tried ahead of step `index`: what does not depend on that step and
   * then `task`'s begin with one of the initials, and one of them is to be tried in its place.
   */
  #reverse(index: number, task: number, footprint: Footprint): void {
    const { steps } = this.#order;
    const branch = this.#branches[index]!;
    const first = new Map<number, number>();
    const initials: number[] = [];
    let delayed = false;
    for (let at = index + 1; at < steps.length; at++) {
      const step = steps[at]!;
      if (this.#order.precedes(index, step.clock)) continue;
      delayed ||= conflict(step.footprint, footprint) || this.#order.started(task, at);
      if (first.has(step.task)) continue;
      const isInitial = ![...first.values()].some((f) => this.#order.precedes(f, step.clock));
      first.set(step.task, at);
      if (isInitial) initials.push(step.task);
    }
    if (!first.has(task) && !delayed) {
      // Nothing in between lets it go on: if it had to wait there, it would have to wait still.
      if (!branch.enabled.includes(task)) return;
      initials.unshift(task);
    }
    if (initials.some((initial) => branch.wanted.has(initial) || branch.asleep.has(initial)))
      return;
    const added = initials[0];
    if (added !== undefined) branch.wanted.add(added);
  }
}
