import { KernelObject } from "./kernel-object.js";
import { takeLock } from "./lock-meter.js";
import { perform, type Routine } from "./step.js";
import type { Task } from "./task.js";
import { assertInvariant } from "./violation.js";

/**
 * A read-write semaphore. A writer that waits keeps new readers out, so that a reader who comes twice, or
 * who wants to write, waits for ever.
 */
export class Rwsem extends KernelObject {
  readonly #readers: Task[] = [];
  readonly #waitingWriters: Task[] = [];
  #writer: Task | undefined;

  downRead(): Routine {
    return takeLock({
      verb: "read-lock",
      object: this,
      kind: "read",
      role: "acquire",
      sleeps: true,
      ready: () => this.#writer === undefined && this.#waitingWriters.length === 0,
      waitingFor: () => this.#holders,
      run: (task) => {
        this.#readers.push(task);
      },
    });
  }

  upRead(): Routine {
    return perform({
      verb: "read-unlock",
      object: this,
      kind: "read",
      role: "release",
      run: (task) => {
        const at = this.#readers.indexOf(task);
        assertInvariant(at >= 0, "lock-misuse", () => `${task.name} does not read ${this.name}`);
        this.#readers.splice(at, 1);
      },
    });
  }

  *downWrite(): Routine {
    yield* perform({
      verb: "queue to write-lock",
      object: this,
      kind: "write",
      sleeps: true,
      run: (task) => {
        this.#waitingWriters.push(task);
      },
    });
    yield* takeLock({
      verb: "write-lock",
      object: this,
      kind: "write",
      role: "acquire",
      ready: () => this.#writer === undefined && this.#readers.length === 0,
      waitingFor: () => this.#holders,
      run: (task) => {
        this.#waitingWriters.splice(this.#waitingWriters.indexOf(task), 1);
        this.#writer = task;
      },
    });
  }

  upWrite(): Routine {
    return perform({
      verb: "write-unlock",
      object: this,
      kind: "write",
      role: "release",
      run: (task) => {
        assertInvariant(
          this.#writer === task,
          "lock-misuse",
          () => `${task.name} does not write ${this.name}`,
        );
        this.#writer = undefined;
      },
    });
  }

  get #holders(): string {
    if (this.#writer !== undefined) return `held for writing by ${this.#writer.name}`;
    const readers = this.#readers.map(({ name }) => name);
    if (readers.length > 0) return `held for reading by ${readers.join(", ")}`;
    return `wanted for writing by ${this.#waitingWriters.map(({ name }) => name).join(", ")}`;
  }
}
