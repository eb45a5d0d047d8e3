import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
import { assertInvariant } from "./violation.js";
/** One read section, from the outermost entry to its end. */
class ReadSection extends KernelObject {
    reader;
    over = false;
    constructor(rcu, reader) {
        super(rcu.kernel, `read section of ${reader.name}`);
        this.reader = reader;
    }
}
/** A wait for the readers of one moment. */
class GracePeriod extends KernelObject {
}
/**
 * Read-copy-update by epochs: a grace period is over when every reader that was in its section when the
 * period began has left it. Readers never wait, and must not sleep.
 */
export class Rcu extends KernelObject {
    #sections = new Map();
    #callbacks = 0;
    constructor(kernel) {
        super(kernel, "rcu");
    }
    readLock() {
        return perform({
            verb: "enter a read section of",
            object: this,
            kind: "read",
            run: (task) => {
                task.readSections += 1;
                task.atomic.push("an RCU read section");
                if (task.readSections === 1)
                    this.#sections.set(task, new ReadSection(this, task));
            },
        });
    }
    readUnlock() {
        return perform({
            verb: "leave a read section of",
            object: this,
            kind: "read",
            run: (task) => {
                assertInvariant(task.readSections > 0, "rcu-misuse", () => `${task.name} reads nothing`);
                task.readSections -= 1;
                task.atomic.splice(task.atomic.lastIndexOf("an RCU read section"), 1);
                if (task.readSections > 0)
                    return;
                const section = this.#sections.get(task);
                section.over = true;
                this.#sections.delete(task);
                this.kernel.touch(section, "write", "release");
            },
        });
    }
    /** Waits until every reader of this moment has left. */
    *synchronize() {
        const readers = yield* this.#begin("begin a grace period of");
        yield* this.#end(readers, true);
    }
    /** Runs `callback` after a grace period, as a task of its own. */
    *call(name, callback) {
        const readers = yield* this.#begin("queue a callback to");
        const waitAndCall = function* (end) {
            yield* end;
            yield* callback();
        };
        this.#callbacks += 1;
        this.kernel.spawn(`rcu:${name}`, () => waitAndCall(this.#end(readers, false)));
    }
    /** Frees an allocation after a grace period. */
    kfree(object) {
        const { heap } = this.kernel;
        return this.call(`free ${heap.label(object)}`, () => heap.free(object));
    }
    /** Callbacks queued so far. */
    get callbacks() {
        return this.#callbacks;
    }
    #begin(verb) {
        return perform({
            verb,
            object: this,
            kind: "write",
            run: (task) => {
                const readers = [...this.#sections.values()];
                task.remark = `${readers.length} readers to wait for`;
                return readers;
            },
        });
    }
    #end(readers, sleeps) {
        return perform({
            verb: "wait out",
            object: new GracePeriod(this.kernel, "a grace period"),
            kind: "write",
            also: readers.map((object) => ({ object, kind: "read", role: "acquire" })),
            sleeps,
            ready: () => readers.every(({ over }) => over),
            waitingFor: () => `read by ${readers
                .filter(({ over }) => !over)
                .map(({ reader }) => reader.name)
                .join(", ")}`,
            run: () => undefined,
        });
    }
}
