import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
/** An interrupt line with a thread that waits for it. Messages that come before the thread looks are one. */
export class Interrupt extends KernelObject {
    #pending = false;
    get pending() {
        this.kernel.touch(this, "read");
        return this.#pending;
    }
    /** Part of the step that makes the hardware send the message. */
    raise() {
        this.kernel.touch(this, "write");
        this.#pending = true;
    }
    /** Waits for a message and takes it. */
    wait() {
        return perform({
            verb: "wait for",
            object: this,
            kind: "write",
            role: "acquire",
            sleeps: true,
            ready: () => this.#pending,
            waitingFor: () => "which nobody raised",
            run: () => {
                this.#pending = false;
            },
        });
    }
}
