import { KernelObject } from "./kernel-object.js";
import type { Kernel } from "./kernel.js";
import { perform, type Routine } from "./step.js";
import type { Task } from "./task.js";
import { assertInvariant } from "./violation.js";

/** A variable that tasks share; each access is a step. */
export class Cell<T> extends KernelObject {
  protected current: T;

  constructor(kernel: Kernel, name: string, value: T) {
    super(kernel, name);
    this.current = value;
  }

  /** The value as it is, outside any step: for invariants, and for who holds the lock that guards it. */
  get value(): T {
    this.kernel.touch(this, "read");
    return this.current;
  }

  load(): Routine<T> {
    return this.read("load");
  }

  store(value: T): Routine {
    return this.update(() => value, "store");
  }

  /** Stores a value; answers the one before. */
  *exchange(value: T): Routine<T> {
    let before!: T;
    yield* this.update((old) => {
      before = old;
      return value;
    }, "exchange");
    return before;
  }

  /** Stores `value` if the cell holds `expected`; answers whether it did. */
  *compareExchange(expected: T, value: T): Routine<boolean> {
    let stored = false;
    yield* this.update((old) => {
      stored = old === expected;
      return stored ? value : old;
    }, "compare and exchange");
    return stored;
  }

  /** Replaces the value in one step. */
  update(change: (old: T) => T, verb = "update"): Routine {
    return perform({
      verb,
      object: this,
      kind: "write",
      run: (task) => {
        const before = this.#show(this.current);
        this.current = change(this.current);
        task.remark = `${before} -> ${this.#show(this.current)}`;
      },
    });
  }

  protected read(verb: string, check?: (task: Task) => void): Routine<T> {
    return perform({
      verb,
      object: this,
      kind: "read",
      run: (task) => {
        check?.(task);
        task.remark = this.#show(this.current);
        return this.current;
      },
    });
  }

  #show(value: T): string {
    if (typeof value === "object" && value !== null) return this.kernel.heap.label(value);
    return String(value);
  }
}

/** A pointer that readers follow inside RCU read sections, without a lock. */
export class RcuPointer<T extends object> extends Cell<T | undefined> {
  /** @throws Violation outside a read section. */
  dereference(): Routine<T | undefined> {
    return this.read("follow", (task) => {
      assertInvariant(
        task.readSections > 0,
        "rcu-misuse",
        () => `${task.name} follows ${this.name} outside a read section`,
      );
    });
  }
}
