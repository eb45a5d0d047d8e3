import { Kernel, type Violation } from "../kernel/index.js";
import { replay, runToEnd, type RunReport } from "./replay.js";
import type { Subject } from "./scenario.js";
import { turnsOf, type Trace } from "./trace.js";

type Turn = ReturnType<typeof turnsOf>[number];

/** Steps that the search for a shorter schedule may take, in all its runs together. */
const MOST_STEPS = 300_000;
/** Lengths of a turn that are tried. */
const MOST_CUTS = 64;
/** What the setup of a run counts as. */
const SETUP_STEPS = 20;

/**
 * Looks for a shorter run that breaks the same rule for the same kind of thing: steps are left out, and
 * turns of one task are moved together, as long as the rule still breaks. Fewer steps count most, then
 * fewer changes of task. The search ends when nothing helps any more, or after 300,000 steps.
 */
export function shorten(subject: Subject, found: RunReport): RunReport {
  if (found.violation === undefined) return found;
  const search = new Search(subject, found.trace, found.violation);
  search.run();
  return search.improved ? replay(subject, search.best) : found;
}

class Search {
  best: Trace;
  improved = false;
  readonly #subject: Subject;
  readonly #violation: Violation;
  #turns: readonly Turn[];
  #budget = MOST_STEPS;

  constructor(subject: Subject, trace: Trace, violation: Violation) {
    this.#subject = subject;
    this.#violation = violation;
    this.best = trace;
    this.#turns = turnsOf(trace.schedule);
  }

  run(): void {
    for (let again = true; again && this.#budget > 0;) {
      again = [this.#leaveOut(), this.#cut(), this.#join()].includes(true);
    }
  }

  /** Without some turns in a row: half of them at first, and single ones at last. */
  #leaveOut(): boolean {
    let helped = false;
    for (let size = this.#turns.length >> 1; size > 0; size >>= 1) {
      for (let end = this.#turns.length; end > 0; end = Math.min(end, this.#turns.length) - size) {
        const start = Math.max(0, end - size);
        helped = this.#try(without(this.#turns, start, end)) || helped;
      }
    }
    return helped;
  }

  /** Without the end of a turn: as much of it as can be. */
  #cut(): boolean {
    let helped = false;
    for (let i = this.#turns.length - 1; i >= 0; i = Math.min(i, this.#turns.length) - 1) {
      const { task, steps } = this.#turns[i]!;
      for (let cut = steps - 1; cut > 0; cut -= Math.ceil(steps / MOST_CUTS)) {
        const shorter = this.#turns.with(i, { task, steps: steps - cut });
        if (!this.#try(shorter)) continue;
        helped = true;
        break;
      }
    }
    return helped;
  }

  /** Two turns of one task as one, in the place of either. */
  #join(): boolean {
    let helped = false;
    for (let i = 0; i < this.#turns.length; i++) {
      const { task, steps } = this.#turns[i]!;
      const next = this.#turns.findIndex((turn, j) => j > i && turn.task === task);
      if (next < 0) continue;
      const both = { task, steps: steps + this.#turns[next]!.steps };
      const early = without(this.#turns.with(i, both), next, next + 1);
      const late = without(this.#turns.with(next, both), i, i + 1);
      helped = this.#try(early) || this.#try(late) || helped;
    }
    return helped;
  }

  /** Runs the turns as far as their tasks can take them, and then whatever is left to run. */
  #try(turns: readonly Turn[]): boolean {
    if (this.#budget <= 0) return false;
    const { fail } = this.best;
    const kernel = new Kernel({ fail });
    kernel.noting = false;
    this.#subject.setup(kernel);
    const wanted = stepsOf(turns);
    const schedule = runToEnd(
      kernel,
      (runnable) => {
        for (;;) {
          const { value: name } = wanted.next();
          if (name === undefined) return runnable[0]!;
          const task = runnable.find((each) => each.name === name);
          if (task) return task;
        }
      },
      this.#longest,
    );
    this.#budget -= SETUP_STEPS + schedule.length;
    const names = schedule.map(({ name }) => name);
    if (kernel.violation?.isLike(this.#violation) !== true || !this.#isBetter(names)) return false;
    this.best = { ...this.best, schedule: names };
    this.#turns = turnsOf(names);
    this.improved = true;
    return true;
  }

  /** A run that is longer than the best is of no use; one that never ends is as long as all of its kind. */
  get #longest(): number {
    if (this.#violation.invariant === "no-progress") return this.#subject.maxSteps;
    return this.best.schedule.length;
  }

  #isBetter(schedule: readonly string[]): boolean {
    const steps = schedule.length - this.best.schedule.length;
    if (steps !== 0) return steps < 0;
    return turnsOf(schedule).length < this.#turns.length;
  }
}

function without(turns: readonly Turn[], start: number, end: number): Turn[] {
  return [...turns.slice(0, start), ...turns.slice(end)];
}

/** The tasks of the turns, step by step; undefined behind the last. */
function* stepsOf(turns: readonly Turn[]): Generator<string, undefined> {
  for (const { task, steps } of turns) {
    for (let i = 0; i < steps; i++) yield task;
  }
  return undefined;
}
