import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
import { Violation } from "./violation.js";
/** What an allocation's label names: kind, slot and generation, such as "FaultParam#0.2". */
class Memory extends KernelObject {
}
/** One life of a piece of memory, from its allocation to its release. */
export class Allocation {
    kind;
    slot;
    /** How many allocations the slot has had, this one included. */
    generation;
    whole;
    #kernel;
    #fields = new Map();
    #freedBy;
    constructor(kernel, slab, slot, generation, keys) {
        this.#kernel = kernel;
        this.kind = slab.kind;
        this.slot = slot;
        this.generation = generation;
        this.whole = new Memory(kernel, this.label);
        for (const key of keys)
            this.#fields.set(key, new Memory(kernel, `${this.label}.${key}`));
    }
    get label() {
        return `${this.kind}#${this.slot}.${this.generation}`;
    }
    get live() {
        return this.#freedBy === undefined;
    }
    /** To be called at each use. @throws Violation after the release. */
    use() {
        this.#kernel.touch(this.whole, "read");
        if (this.#freedBy !== undefined) {
            throw new Violation("use-after-free", `${this.label} is used, ${this.#freedBy} freed it`);
        }
    }
    useField(key, kind) {
        this.use();
        const field = this.#fields.get(key);
        if (field === undefined) {
            throw new TypeError(`${this.label} has no field "${String(key)}": allocate it with all of them`);
        }
        this.#kernel.touch(field, kind);
    }
    release(by) {
        if (this.#freedBy !== undefined) {
            throw new Violation("double-free", `${by} frees ${this.label}, ${this.#freedBy} freed it`);
        }
        this.#freedBy = by;
    }
}
/** Memory of one kind; a slot that is free again is the first to be given out. */
class Slab extends KernelObject {
    freeSlots = [];
    generations = [];
    kind;
    constructor(kernel, kind) {
        super(kernel, kind);
        this.kind = kind;
    }
    take(fields) {
        const slot = this.freeSlots.pop() ?? this.generations.length;
        const generation = (this.generations[slot] ?? 0) + 1;
        this.generations[slot] = generation;
        return new Allocation(this.kernel, this, slot, generation, Object.keys(fields));
    }
}
/**
 * Memory whose life is visible: what is released is poisoned, and the next use of any of its fields, by
 * whomever, ends the run. Objects of the kernel that are fields (locks, counts) die with it.
 *
 * Each field counts as one object. One that holds a list or a map counts as written when it is looked at.
 */
export class Heap {
    #kernel;
    #slabs = new Map();
    #allocations = new WeakMap();
    #live = new Set();
    #kept = new Set();
    constructor(kernel) {
        this.#kernel = kernel;
    }
    /** Answers undefined where the schedule lets the allocation fail. */
    allocate(kind, fields) {
        return perform({
            verb: "allocate",
            object: this.#slab(kind),
            kind: "read",
            run: (task) => {
                if (this.#kernel.injection.fails(task, `allocate ${kind}`)) {
                    task.remark = "fails";
                    return undefined;
                }
                const made = this.make(kind, fields);
                task.remark = this.label(made);
                return made;
            },
        });
    }
    /** An allocation that is no step and cannot fail: for the setup of a scenario. */
    make(kind, fields) {
        if (!this.#kernel.checks)
            return fields;
        const allocation = this.#slab(kind).take(fields);
        for (const value of Object.values(fields)) {
            if (value instanceof KernelObject)
                value.home = allocation;
        }
        const poisoned = new Proxy(fields, guard(allocation));
        this.#allocations.set(poisoned, allocation);
        this.#live.add(allocation);
        this.#kernel.touch(allocation.whole, "write");
        return poisoned;
    }
    free(object) {
        const allocation = this.#allocations.get(object);
        if (allocation === undefined)
            return perform(nothing(this.#slab("memory")));
        return perform({
            verb: "free",
            object: allocation.whole,
            kind: "write",
            run: (task) => {
                this.#release(allocation, task);
            },
        });
    }
    /** Whether the object has not been released. */
    isLive(object) {
        return this.#allocations.get(object)?.live ?? true;
    }
    /** "FaultParam#0.2": kind, slot and generation. */
    label(object) {
        return this.#allocations.get(object)?.label ?? "memory";
    }
    /** The object may outlive the run: it is no leak. */
    keep(object) {
        const allocation = this.#allocations.get(object);
        if (allocation !== undefined)
            this.#kept.add(allocation);
        return object;
    }
    /** What has not been released and is not kept. */
    get leaked() {
        return [...this.#live].filter((allocation) => !this.#kept.has(allocation));
    }
    #release(allocation, task) {
        allocation.release(task.name);
        task.remark = "poisoned";
        this.#live.delete(allocation);
        this.#slab(allocation.kind).freeSlots.push(allocation.slot);
    }
    #slab(kind) {
        let slab = this.#slabs.get(kind);
        if (slab === undefined) {
            slab = new Slab(this.#kernel, kind);
            this.#slabs.set(kind, slab);
        }
        return slab;
    }
}
/** Without checks nothing is poisoned, and a release has nothing to do. */
function nothing(object) {
    return { verb: "free", object, kind: "read", run: () => undefined };
}
function guard(allocation) {
    return {
        get(target, key) {
            const value = Reflect.get(target, key);
            if (typeof key === "symbol")
                return value;
            if (value instanceof KernelObject || typeof value === "function")
                allocation.use();
            else
                allocation.useField(key, isContainer(value) ? "write" : "read");
            return value;
        },
        set(target, key, value) {
            allocation.useField(key, "write");
            return Reflect.set(target, key, value);
        },
    };
}
function isContainer(value) {
    return Array.isArray(value) || value instanceof Map || value instanceof Set;
}
