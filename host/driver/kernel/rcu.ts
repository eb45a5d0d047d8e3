import { Epochs, type ReadSection } from "./epochs.js";
import type { Kernel } from "./kernel.js";
import { perform, type Routine } from "./step.js";
import type { Task } from "./task.js";
import { assertInvariant } from "./violation.js";

const SECTION = "an RCU read section";

/** Read-copy-update: sections belong to tasks, nest, and must not sleep. */
export class Rcu extends Epochs {
  readonly #sections = new Map<Task, ReadSection>();

  constructor(kernel: Kernel) {
    super(kernel, "rcu");
  }

  readLock(): Routine {
    return perform({
      verb: "read-lock",
      object: this,
      kind: "read",
      run: (task) => {
        task.readSections += 1;
        task.atomic.push(SECTION);
        if (task.readSections === 1) this.#sections.set(task, this.open(task));
      },
    });
  }

  readUnlock(): Routine {
    return perform({
      verb: "read-unlock",
      object: this,
      kind: "read",
      run: (task) => {
        const section = this.#sections.get(task);
        assertInvariant(section !== undefined, "rcu-misuse", `${task.name} reads nothing`);
        task.readSections -= 1;
        task.atomic.splice(task.atomic.lastIndexOf(SECTION), 1);
        if (task.readSections > 0) return;
        this.#sections.delete(task);
        this.close(section);
      },
    });
  }
}
