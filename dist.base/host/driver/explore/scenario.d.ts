import type { Kernel } from "../kernel/index.js";
export interface Variant {
    /** Whether no order of steps may break a rule, or some order must. */
    readonly expected: "sound" | "unsound";
    /** What is different, in a line. */
    readonly about: string;
}
/**
 * A few tasks whose every order is to be tried. `setup` is called anew for each run and must do the same
 * each time: everything that tasks share has to be an object of the kernel, made there.
 */
export interface Scenario<World = unknown> {
    readonly name: string;
    /** What it is about, in a line. */
    readonly about: string;
    readonly variants: Readonly<Record<string, Variant>>;
    /** Makes what all runs share, such as a remapping unit that `setup` resets. */
    prepare?(variant: string): Promise<World>;
    /** Makes the objects and starts the tasks. */
    setup(kernel: Kernel, variant: string, world: World): void;
    /** Steps after which a run counts as one that never ends. Default 10,000. */
    readonly maxSteps?: number;
}
export declare const MOST_STEPS = 10000;
/** A scenario with the world that it prepared, and one of its variants. */
export interface Subject {
    readonly scenario: string;
    readonly variant: string;
    readonly expected: Variant["expected"];
    readonly maxSteps: number;
    readonly setup: (kernel: Kernel) => void;
}
/** @throws RangeError for a variant that the scenario has not. */
export declare function subject<World>(scenario: Scenario<World>, variant: string): Promise<Subject>;
