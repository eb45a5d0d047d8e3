import type { Allocation } from "./heap.js";
import type { Kernel } from "./kernel.js";
/**
 * Something that steps touch: a lock, a count, a variable, a device. Two steps whose objects differ may
 * change places without anybody noticing; the explorer tries both orders of those that may not.
 */
export declare abstract class KernelObject {
    #private;
    readonly kernel: Kernel;
    /** Place in the order of creation: the same in all runs that begin with the same steps. */
    readonly number: number;
    /** The allocation that this object is a field of: it dies with it. */
    home: Allocation | undefined;
    constructor(kernel: Kernel, name: string);
    get name(): string;
}
