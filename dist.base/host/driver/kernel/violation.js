/**
 * A rule of the kernel, or of a scenario, was broken. Throw it anywhere in a task's code: the run ends
 * there, and the explorer prints the schedule that led to it.
 */
export class Violation extends Error {
    name = "Violation";
    /** The name of the rule. */
    invariant;
    constructor(invariant, message) {
        super(message);
        this.invariant = invariant;
    }
}
/** Throws a violation of `invariant` unless `holds`. */
export function assertInvariant(holds, invariant, message) {
    if (!holds)
        throw new Violation(invariant, typeof message === "string" ? message : message());
}
