import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
import { assertInvariant } from "./violation.js";
/** A sleeping lock with an owner. */
export class Mutex extends KernelObject {
    #owner;
    get locked() {
        return this.#owner !== undefined;
    }
    lock() {
        return perform({
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
    unlock() {
        return perform({
            verb: "unlock",
            object: this,
            kind: "write",
            role: "release",
            run: (task) => {
                assertInvariant(this.#owner === task, "lock-misuse", () => `${task.name} unlocks ${this.name}, held by ${this.#owner?.name ?? "nobody"}`);
                this.#owner = undefined;
            },
        });
    }
    /** `body` between lock and unlock. */
    *hold(body) {
        yield* this.lock();
        const result = yield* body();
        yield* this.unlock();
        return result;
    }
}
