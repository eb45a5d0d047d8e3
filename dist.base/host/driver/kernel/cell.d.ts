import { KernelObject } from "./kernel-object.js";
import type { Kernel } from "./kernel.js";
import { type Routine } from "./step.js";
import type { Task } from "./task.js";
/** A variable that tasks share; each access is a step. */
export declare class Cell<T> extends KernelObject {
    #private;
    protected current: T;
    constructor(kernel: Kernel, name: string, value: T);
    /** The value as it is, outside any step: for invariants, and for who holds the lock that guards it. */
    get value(): T;
    load(): Routine<T>;
    store(value: T): Routine;
    /** Stores a value; answers the one before. */
    exchange(value: T): Routine<T>;
    /** Stores `value` if the cell holds `expected`; answers whether it did. */
    compareExchange(expected: T, value: T): Routine<boolean>;
    /** Replaces the value in one step. */
    update(change: (old: T) => T, verb?: string): Routine;
    protected read(verb: string, check?: (task: Task) => void): Routine<T>;
}
/** A pointer that readers follow inside RCU read sections, without a lock. */
export declare class RcuPointer<T extends object> extends Cell<T | undefined> {
    /** @throws Violation outside a read section. */
    dereference(): Routine<T | undefined>;
}
