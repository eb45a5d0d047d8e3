import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
import { assertInvariant } from "./violation.js";
/** A variable that tasks share; each access is a step. */
export class Cell extends KernelObject {
    current;
    constructor(kernel, name, value) {
        super(kernel, name);
        this.current = value;
    }
    /** The value as it is, outside any step: for invariants, and for who holds the lock that guards it. */
    get value() {
        this.kernel.touch(this, "read");
        return this.current;
    }
    load() {
        return this.read("load");
    }
    store(value) {
        return this.update(() => value, "store");
    }
    /** Stores a value; answers the one before. */
    *exchange(value) {
        let before;
        yield* this.update((old) => {
            before = old;
            return value;
        }, "exchange");
        return before;
    }
    /** Stores `value` if the cell holds `expected`; answers whether it did. */
    *compareExchange(expected, value) {
        let stored = false;
        yield* this.update((old) => {
            stored = old === expected;
            return stored ? value : old;
        }, "compare and exchange");
        return stored;
    }
    /** Replaces the value in one step. */
    update(change, verb = "update") {
        return perform({
            verb,
            object: this,
            kind: "write",
            run: (task) => {
                const before = this.#show(this.current);
                this.current = change(this.current);
                task.remark = `${before} -> ${this.#show(this.current)}`;
            },
        });
    }
    read(verb, check) {
        return perform({
            verb,
            object: this,
            kind: "read",
            run: (task) => {
                check?.(task);
                task.remark = this.#show(this.current);
                return this.current;
            },
        });
    }
    #show(value) {
        if (typeof value === "object" && value !== null)
            return this.kernel.heap.label(value);
        return String(value);
    }
}
/** A pointer that readers follow inside RCU read sections, without a lock. */
export class RcuPointer extends Cell {
    /** @throws Violation outside a read section. */
    dereference() {
        return this.read("follow", (task) => {
            assertInvariant(task.readSections > 0, "rcu-misuse", () => `${task.name} follows ${this.name} outside a read section`);
        });
    }
}
