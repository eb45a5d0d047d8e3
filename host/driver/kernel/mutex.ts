import { KernelObject } from "./kernel-object.js";
import { takeLock } from "./lock-meter.js";
import { perform, type Routine } from "./step.js";
import type { Task } from "./task.js";
import { assertInvariant } from "./violation.js";

/** A sleeping lock with an owner. */
export class Mutex extends KernelObject {
  #owner: Task | undefined;

  get locked(): boolean {
    return this.#owner !== undefined;
  }

  lock(): Routine {
    return takeLock({
      verb: "lock",
      object: this,
      kind: "write",
      role: "acquire",
      sleeps: true,
      ready: () => this.#owner === undefined,
      waitingFor: () => `held by ${this.#owner?.name}`,
      run: (task) => {
        this.#owner = task;
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
      },
    });
  }

  /** `body` between lock and unlock. */
  *hold<T>(body: () => Routine<T>): Routine<T> {
    yield* this.lock();
    const result = yield* body();
    yield* this.unlock();
    return result;
  }
}
