/** What the kernel itself finds; scenarios add names of their own, such as "A-I1". */
export type KernelInvariant = "use-after-free" | "double-free" | "leak" | "deadlock" | "no-progress" | "refcount-underflow" | "refcount-resurrected" | "refcount-saturated" | "lock-misuse" | "sleep-in-atomic" | "rcu-misuse" | "warning" | "exception";
/**
 * A rule of the kernel, or of a scenario, was broken. Throw it anywhere in a task's code: the run ends
 * there, and the explorer prints the schedule that led to it.
 */
export declare class Violation extends Error {
    readonly name = "Violation";
    /** The name of the rule. */
    readonly invariant: string;
    constructor(invariant: KernelInvariant | (string & {}), message: string);
}
/** Throws a violation of `invariant` unless `holds`. */
export declare function assertInvariant(holds: boolean, invariant: KernelInvariant | (string & {}), message: string | (() => string)): asserts holds;
