import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
import { Violation } from "./violation.js";
/** A count reaches this only when references leak. */
const SATURATED = 0x4000_0000;
/**
 * A reference count that traps instead of wrapping: taking a reference when there is none left, dropping
 * one that is not there, and saturation are violations.
 */
export class Refcount extends KernelObject {
    #count;
    constructor(kernel, name, count = 1) {
        super(kernel, name);
        this.#count = count;
    }
    /** The count as it is, outside any step: for invariants. */
    get value() {
        this.kernel.touch(this, "read");
        return this.#count;
    }
    /** Takes a reference; the caller knows that there is one. */
    get() {
        return this.#change("take a reference of", (task) => {
            if (this.#count === 0) {
                throw new Violation("refcount-resurrected", `${task.name} takes a reference of ${this.name}, which has none left`);
            }
            this.#add(task, 1);
        });
    }
    /** Takes a reference unless there is none left; answers whether it did. */
    getUnlessZero() {
        return this.#change("take a reference, unless zero, of", (task) => {
            if (this.#count === 0)
                task.remark = "zero";
            else
                this.#add(task, 1);
            return task.remark !== "zero";
        });
    }
    /** Drops a reference; answers whether it was the last. */
    put() {
        return this.#change("drop a reference of", (task) => {
            if (this.#count === 0) {
                throw new Violation("refcount-underflow", `${task.name} drops a reference of ${this.name}, which has none left`);
            }
            this.#add(task, -1);
            return this.#count === 0;
        });
    }
    #add(task, change) {
        const before = this.#count;
        this.#count += change;
        task.remark = `${before} -> ${this.#count}`;
        if (this.#count >= SATURATED) {
            throw new Violation("refcount-saturated", `${this.name} has ${this.#count} references`);
        }
    }
    #change(verb, run) {
        return perform({ verb, object: this, kind: "write", run });
    }
}
