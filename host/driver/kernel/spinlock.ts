import { KernelObject } from "./kernel-object.js";
import { takeLock } from "./lock-meter.js";
import { perform, type Routine } from "./step.js";
import type { Task } from "./task.js";
import { assertInvariant } from "./violation.js";

/** A lock whose holder must not sleep. */
export class Spinlock extends KernelObject {
  #owner: Task | undefined;

  lock(): Routine {
    return takeLock({
      verb: "spin for",
      object: this,
      kind: "write",
      role: "acquire",
      ready: () => this.#owner === undefined,
      waitingFor: () => `held by ${this.#owner?.name}`,
      run: (task) => {
        this.#owner = task;
        task.atomic.push(this.name);
      },
    });
  }

  unlock(): Routine {
    return perform({
      verb: "unlock",
      object: this,
      kind: "write",
      role: "release",
      run: (task) => {
        assertInvariant(
          this.#owner === task,
          "lock-misuse",
          () => `${task.name} unlocks ${this.name}, held by ${this.#owner?.name ?? "nobody"}`,
        );
        this.#owner = undefined;
        task.atomic.splice(task.atomic.lastIndexOf(this.name), 1);
      },
    });
  }
}
