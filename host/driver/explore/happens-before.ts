import type { Footprint } from "./footprint.js";
import { addHashes, mixHash, NO_HASH, numberOf, subtractHashes, type Hash } from "./hash.js";

/** A step that was taken. */
export interface TakenStep {
  readonly task: number;
  /** Which of its task's steps, from 1. */
  readonly nth: number;
  readonly footprint: Footprint;
  /** For each task how many of its steps come before this one, or are this one, in every equivalent run. */
  readonly clock: readonly number[];
  /** Stands for this step and all that come before it. */
  readonly hash: Hash;
  /** Stands for the state after it. */
  readonly stateHash: Hash;
}

/** The steps that touched an object, oldest first. */
export class Touched {
  readonly steps: number[] = [];
  /** For each of them the place of the last one up to it that wrote, or -1. */
  readonly #lastWrites: number[] = [];

  add(step: number, writes: boolean): void {
    const at = this.steps.push(step) - 1;
    this.#lastWrites.push(writes ? at : (this.#lastWrites[at - 1] ?? -1));
  }

  removeLast(): void {
    this.steps.pop();
    this.#lastWrites.pop();
  }

  wrote(at: number): boolean {
    return this.#lastWrites[at] === at;
  }

  /** The last place before `end` whose step conflicts with one that writes, or does not; -1 without one. */
  lastBefore(end: number, writes: boolean): number {
    return writes || end === 0 ? end - 1 : this.#lastWrites[end - 1]!;
  }
}

const NOTHING: readonly number[] = [];
const UNTOUCHED = new Touched();

/** Which part a hash has in another one. */
const SALT = { lastOfTask: 3, cause: 7 } as const;

/**
 * The order of the steps of a run, as far as it matters: a step comes after those of its task, after the
 * one that started its task, and after those that it conflicts with. Two runs whose steps are ordered
 * alike lead to the same state, and this is how states are compared (docs/driver-explorer.md).
 */
export class HappensBefore {
  readonly steps: TakenStep[] = [];
  readonly #touched: Touched[] = [];
  readonly #stepsOf: number[][] = [];
  /** For each task the step that started it; undefined for those of the setup. */
  readonly #startedBy: (number | undefined)[] = [];

  /** Tells of tasks that the last step has started: there are `count` now. */
  tasksAre(count: number): void {
    while (this.#stepsOf.length < count) {
      this.#stepsOf.push([]);
      this.#startedBy.push(this.steps.length === 0 ? undefined : this.steps.length - 1);
    }
  }

  /** Whether step `index` started a task. */
  started(task: number, index: number): boolean {
    return this.#startedBy[task] === index;
  }

  /** What comes before the next step of a task because it is of that task. */
  clockOf(task: number): readonly number[] {
    return this.#before(task)?.clock ?? NOTHING;
  }

  /** Whether step `index` comes before everything that a clock belongs to. */
  precedes(index: number, clock: readonly number[]): boolean {
    const { task, nth } = this.steps[index]!;
    return task < clock.length && clock[task]! >= nth;
  }

  /** Appends a step; answers a number for the state behind it. */
  take(task: number, footprint: Footprint): number {
    const own = this.#before(task);
    const clock = own ? own.clock.slice() : [];
    const causes = this.#join(clock, footprint);
    const known = this.#stepsOf[task]!;
    const nth = known.length + 1;
    while (clock.length <= task) clock.push(0);
    clock[task] = nth;
    const hash = addHashes(mixHash(own?.hash ?? NO_HASH, task + 1), causes);
    let stateHash = addHashes(this.#stateHash, mixHash(hash, SALT.lastOfTask));
    if (nth > 1) {
      const { hash: previous } = this.steps[known.at(-1)]!;
      stateHash = subtractHashes(stateHash, mixHash(previous, SALT.lastOfTask));
    }
    const index = this.steps.push({ task, nth, footprint, clock, hash, stateHash }) - 1;
    known.push(index);
    for (const { object, writes } of footprint) {
      (this.#touched[object] ??= new Touched()).add(index, writes);
    }
    return numberOf(stateHash);
  }

  touched(object: number): Touched {
    return this.#touched[object] ?? UNTOUCHED;
  }

  /** Forgets all but the first `length` steps. */
  truncate(length: number): void {
    while (this.steps.length > length) {
      const { task, footprint } = this.steps.pop()!;
      this.#stepsOf[task]!.pop();
      for (const { object } of footprint) this.#touched[object]!.removeLast();
    }
    const started = this.#startedBy.findIndex((by) => by !== undefined && by >= length);
    if (started >= 0) {
      this.#startedBy.length = started;
      this.#stepsOf.length = started;
    }
  }

  get #stateHash(): Hash {
    return this.steps.at(-1)?.stateHash ?? NO_HASH;
  }

  /** The step that the task's next one follows by itself. */
  #before(task: number): TakenStep | undefined {
    const index = this.#stepsOf[task]!.at(-1) ?? this.#startedBy[task];
    return index === undefined ? undefined : this.steps[index];
  }

  /** Adds to a clock what a footprint comes after; answers the hash of that. */
  #join(clock: number[], footprint: Footprint): Hash {
    let causes = NO_HASH;
    for (const { object, writes } of footprint) {
      const touched = this.touched(object);
      let at = touched.lastBefore(touched.steps.length, writes);
      while (at >= 0) {
        const step = this.steps[touched.steps[at]!]!;
        raise(clock, step.clock);
        causes = addHashes(causes, mixHash(step.hash, SALT.cause));
        // Those before the last writer come before it.
        if (touched.wrote(at)) break;
        at = touched.lastBefore(at, writes);
      }
    }
    return causes;
  }
}

/** Makes every entry at least as large as the other's. */
function raise(clock: number[], other: readonly number[]): void {
  while (clock.length < other.length) clock.push(0);
  for (let i = 0; i < other.length; i++) {
    const count = other[i]!;
    if (count > clock[i]!) clock[i] = count;
  }
}
