/** A thread of the kernel, a work item, a device: whatever has code of its own. */
export class Task {
    name;
    /** Place in the order of creation. */
    index;
    daemon;
    /** What the task does next; undefined when it is done. */
    pending;
    /** Spinlocks and read sections that it is in, by name: it must not sleep. */
    atomic = [];
    /** Depth of RCU read sections. */
    readSections = 0;
    /** What the last step found, for the reader of a schedule: "1 -> 2". */
    remark = "";
    #routine;
    constructor(name, index, routine, options) {
        this.name = name;
        this.index = index;
        this.daemon = options.daemon ?? false;
        this.#routine = routine;
    }
    get done() {
        return this.pending === undefined;
    }
    get runnable() {
        return this.pending !== undefined && (this.pending.ready?.() ?? true);
    }
    /** Runs the task's code up to its next step. */
    advance(value) {
        const { done, value: step } = this.#routine.next(value);
        this.pending = done === true ? undefined : step;
    }
    /** Why it cannot go on: "reporter waits to lock queue.lock, held by remover". */
    get complaint() {
        const { pending } = this;
        if (pending === undefined)
            return `${this.name} is done`;
        const reason = pending.waitingFor?.();
        const wait = `${this.name} waits to ${pending.verb} ${pending.object.name}`;
        return reason === undefined ? wait : `${wait}, ${reason}`;
    }
}
