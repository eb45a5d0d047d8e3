import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
/**
 * Tasks that sleep until they are woken, and then look whether what they wait for is true. Nobody wakes
 * them by making it true alone: a forgotten `wake` is a deadlock.
 */
export class WaitQueue extends KernelObject {
    #waiters = [];
    /** Sleeps until `condition` holds; `what` says it in words. */
    *waitUntil(condition, what) {
        for (;;) {
            const waiter = { woken: false };
            const holds = yield* perform({
                verb: "look whether to wait in",
                object: this,
                kind: "write",
                sleeps: true,
                run: (task) => {
                    const holds = condition();
                    task.remark = holds ? what : `not yet: ${what}`;
                    if (!holds)
                        this.#waiters.push(waiter);
                    return holds;
                },
            });
            if (holds)
                return;
            yield* perform({
                verb: "sleep in",
                object: this,
                kind: "write",
                role: "acquire",
                sleeps: true,
                ready: () => waiter.woken,
                waitingFor: () => `until ${what}`,
                run: () => undefined,
            });
        }
    }
    wakeAll() {
        return perform({
            verb: "wake",
            object: this,
            kind: "write",
            run: (task) => {
                task.remark = `${this.#waiters.length} sleepers`;
                for (const waiter of this.#waiters.splice(0))
                    waiter.woken = true;
            },
        });
    }
}
