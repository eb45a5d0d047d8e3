import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
/** Something that one task says is done, and others wait for. */
export class Completion extends KernelObject {
    #done = 0;
    /** Completed and not waited for. */
    get isDone() {
        this.kernel.touch(this, "read");
        return this.#done > 0;
    }
    complete() {
        return this.#complete("complete", 1);
    }
    /** For all who wait now and later, until `reinit`. */
    completeAll() {
        return this.#complete("complete for all", Infinity);
    }
    reinit() {
        return perform({
            verb: "rearm",
            object: this,
            kind: "write",
            run: () => {
                this.#done = 0;
            },
        });
    }
    wait() {
        return perform({
            verb: "wait for",
            object: this,
            kind: "write",
            role: "acquire",
            sleeps: true,
            ready: () => this.#done > 0,
            waitingFor: () => "which nobody completed",
            run: () => {
                this.#done -= 1;
            },
        });
    }
    #complete(verb, count) {
        return perform({
            verb,
            object: this,
            kind: "write",
            role: "release",
            run: () => {
                this.#done += count;
            },
        });
    }
}
