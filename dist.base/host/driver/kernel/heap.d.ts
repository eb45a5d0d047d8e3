import { KernelObject } from "./kernel-object.js";
import type { Kernel } from "./kernel.js";
import { type AccessKind, type Routine } from "./step.js";
/** One life of a piece of memory, from its allocation to its release. */
export declare class Allocation {
    #private;
    readonly kind: string;
    readonly slot: number;
    /** How many allocations the slot has had, this one included. */
    readonly generation: number;
    readonly whole: KernelObject;
    constructor(kernel: Kernel, slab: Slab, slot: number, generation: number, keys: string[]);
    get label(): string;
    get live(): boolean;
    /** To be called at each use. @throws Violation after the release. */
    use(): void;
    useField(key: PropertyKey, kind: AccessKind): void;
    release(by: string): void;
}
/** Memory of one kind; a slot that is free again is the first to be given out. */
declare class Slab extends KernelObject {
    readonly freeSlots: number[];
    readonly generations: number[];
    readonly kind: string;
    constructor(kernel: Kernel, kind: string);
    take(fields: object): Allocation;
}
/**
 * Memory whose life is visible: what is released is poisoned, and the next use of any of its fields, by
 * whomever, ends the run. Objects of the kernel that are fields (locks, counts) die with it.
 *
 * Each field counts as one object. One that holds a list or a map counts as written when it is looked at.
 */
export declare class Heap {
    #private;
    constructor(kernel: Kernel);
    /** Answers undefined where the schedule lets the allocation fail. */
    allocate<T extends object>(kind: string, fields: T): Routine<T | undefined>;
    /** An allocation that is no step and cannot fail: for the setup of a scenario. */
    make<T extends object>(kind: string, fields: T): T;
    free(object: object): Routine;
    /** Whether the object has not been released. */
    isLive(object: object): boolean;
    /** "FaultParam#0.2": kind, slot and generation. */
    label(object: object): string;
    /** The object may outlive the run: it is no leak. */
    keep<T extends object>(object: T): T;
    /** What has not been released and is not kept. */
    get leaked(): readonly Allocation[];
}
export {};
