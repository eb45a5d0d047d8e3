import { KernelObject } from "./kernel-object.js";
import type { Kernel } from "./kernel.js";
import { type Routine } from "./step.js";
/**
 * A reference count that traps instead of wrapping: taking a reference when there is none left, dropping
 * one that is not there, and saturation are violations.
 */
export declare class Refcount extends KernelObject {
    #private;
    constructor(kernel: Kernel, name: string, count?: number);
    /** The count as it is, outside any step: for invariants. */
    get value(): number;
    /** Takes a reference; the caller knows that there is one. */
    get(): Routine;
    /** Takes a reference unless there is none left; answers whether it did. */
    getUnlessZero(): Routine<boolean>;
    /** Drops a reference; answers whether it was the last. */
    put(): Routine<boolean>;
}
