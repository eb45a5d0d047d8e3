import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
import { Violation } from "./violation.js";
/** A piece of work: queued at most once at a time, and never run by two workers at once. */
export class Work extends KernelObject {
    code;
    /** Queued and not begun. */
    pending = false;
    constructor(kernel, name, code) {
        super(kernel, name);
        this.code = code;
    }
}
/** One execution of a work, from its queueing to its end. It outlives the memory that held the work. */
class Item extends KernelObject {
    work;
    over = false;
    constructor(work) {
        super(work.kernel, `item ${work.name}`);
        this.work = work;
    }
}
/** A work queue whose items each run as a task of their own. */
export class WorkQueue extends KernelObject {
    #maxActive;
    #items = [];
    #destroyed = false;
    constructor(kernel, name, options = {}) {
        super(kernel, name);
        this.#maxActive = options.maxActive ?? Infinity;
    }
    /** Answers false if the work is queued already. */
    queue(work) {
        return perform({
            verb: "queue",
            object: work,
            kind: "write",
            also: [{ object: this, kind: "read" }],
            run: (task) => {
                if (this.#destroyed) {
                    throw new Violation("use-after-free", `${work.name} is queued on ${this.name}, which was destroyed`);
                }
                if (work.pending) {
                    task.remark = "is queued already";
                    return false;
                }
                work.pending = true;
                const item = new Item(work);
                const ahead = this.#items;
                this.#items = [...ahead.filter(({ over }) => !over), item];
                this.kernel.spawn(`${this.name}:${work.name}`, () => this.#worker(item, ahead));
                return true;
            },
        });
    }
    /** Waits until everything that is queued now has run. */
    *flush() {
        const items = yield* perform({
            verb: "begin to flush",
            object: this,
            kind: "write",
            sleeps: true,
            run: (task) => {
                const items = this.#items.filter(({ over }) => !over);
                task.remark = `${items.length} items to wait for`;
                return items;
            },
        });
        yield* perform({
            verb: "flush",
            object: this,
            kind: "read",
            also: waitsFor(items),
            sleeps: true,
            ready: () => items.every(({ over }) => over),
            waitingFor: () => `which runs ${unfinished(items)}`,
            run: () => undefined,
        });
    }
    /** Flushes; nothing may be queued afterwards. */
    *destroy() {
        yield* this.flush();
        yield* perform({
            verb: "destroy",
            object: this,
            kind: "write",
            run: () => {
                this.#destroyed = true;
            },
        });
    }
    *#worker(item, ahead) {
        const { work } = item;
        // What holds this item back: another run of the same work, and items ahead of it in a full queue.
        const blocking = ahead.filter((other) => other.work === work || this.#maxActive !== Infinity);
        yield* perform({
            verb: "begin",
            object: work,
            kind: "write",
            also: waitsFor(blocking),
            ready: () => this.#mayBegin(work, blocking),
            waitingFor: () => `behind ${unfinished(blocking)}`,
            run: () => {
                work.pending = false;
            },
        });
        yield* work.code();
        yield* perform({
            verb: "end",
            object: item,
            kind: "write",
            role: "release",
            run: () => {
                item.over = true;
            },
        });
    }
    #mayBegin(work, blocking) {
        const active = blocking.filter(({ over }) => !over);
        return active.length < this.#maxActive && !active.some((other) => other.work === work);
    }
}
function waitsFor(items) {
    return items.map((object) => ({ object, kind: "read", role: "acquire" }));
}
function unfinished(items) {
    return items
        .filter(({ over }) => !over)
        .map(({ work }) => work.name)
        .join(", ");
}
