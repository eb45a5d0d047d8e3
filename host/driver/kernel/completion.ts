import { KernelObject } from "./kernel-object.js";
import { perform, type Routine } from "./step.js";

/** Something that one task says is done, and others wait for. */
export class Completion extends KernelObject {
  #done = 0;

  /** Completed and not waited for. */
  get isDone(): boolean {
    this.kernel.touch(this, "read");
    return this.#done > 0;
  }

  complete(): Routine {
    return this.#complete("complete", 1);
  }

  /** For all who wait now and later, until `reinit`. */
  completeAll(): Routine {
    return this.#complete("complete for all", Infinity);
  }

  reinit(): Routine {
    return perform({
      verb: "rearm",
      object: this,
      kind: "write",
      run: () => {
        this.#done = 0;
      },
    });
  }

  wait(): Routine {
    return perform({
      verb: "wait for",
      object: this,
      kind: "write",
      sleeps: true,
      ready: () => this.#done > 0,
      waitingFor: () => "which nobody completed",
      run: () => {
        this.#done -= 1;
      },
    });
  }

  // Not a release as that of a lock: after an earlier `complete` a wait need not come after this one.
  #complete(verb: string, count: number): Routine {
    return perform({
      verb,
      object: this,
      kind: "write",
      run: () => {
        this.#done += count;
      },
    });
  }
}
