import { KernelObject } from "./kernel-object.js";
import type { Kernel } from "./kernel.js";
import { perform, type Routine } from "./step.js";
import type { Task } from "./task.js";
import { Violation } from "./violation.js";

/** A count reaches this only when references leak. */
const SATURATED = 0x4000_0000;

/**
 * A reference count that traps instead of wrapping: taking a reference when there is none left, dropping
 * one that is not there, and saturation are violations.
 */
export class Refcount extends KernelObject {
  #count: number;

  constructor(kernel: Kernel, name: string, count = 1) {
    super(kernel, name);
    this.#count = count;
  }

  /** The count as it is, outside any step: for invariants. */
  get value(): number {
    this.kernel.touch(this, "read");
    return this.#count;
  }

  /** Takes a reference; the caller knows that there is one. */
  get(): Routine {
    return this.#change("take a reference of", (task) => {
      if (this.#count === 0) {
        throw new Violation(
          "refcount-resurrected",
          `${task.name} takes a reference of ${this.name}, which has none left`,
        );
      }
      this.#add(task, 1);
    });
  }

  /** Takes a reference unless there is none left; answers whether it did. */
  getUnlessZero(): Routine<boolean> {
    return this.#change("take a reference, unless zero, of", (task) => {
      if (this.#count === 0) task.remark = "zero";
      else this.#add(task, 1);
      return task.remark !== "zero";
    });
  }

  /** Part of a step that found the object where it cannot be freed: takes a reference unless there is none left. */
  tryGet(): boolean {
    this.kernel.touch(this, "write");
    if (this.#count === 0) return false;
    this.#count += 1;
    return true;
  }

  /** Drops a reference unless it is the last; answers whether it did. */
  putUnlessLast(): Routine<boolean> {
    return this.#change("drop a reference, unless the last, of", (task) => {
      if (this.#count === 1) task.remark = "the last";
      else this.#drop(task);
      return task.remark !== "the last";
    });
  }

  /** Drops a reference; answers whether it was the last. */
  put(): Routine<boolean> {
    return this.#change("drop a reference of", (task) => {
      this.#drop(task);
      return this.#count === 0;
    });
  }

  #drop(task: Task): void {
    if (this.#count === 0) {
      throw new Violation(
        "refcount-underflow",
        `${task.name} drops a reference of ${this.name}, which has none left`,
      );
    }
    this.#add(task, -1);
  }

  #add(task: Task, change: 1 | -1): void {
    const before = this.#count;
    this.#count += change;
    task.remark = `${before} -> ${this.#count}`;
    if (this.#count >= SATURATED) {
      throw new Violation("refcount-saturated", `${this.name} has ${this.#count} references`);
    }
  }

  #change<T>(verb: string, run: (task: Task) => T): Routine<T> {
    return perform({ verb, object: this, kind: "write", run });
  }
}
