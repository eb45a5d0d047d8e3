/** Exit codes of the command; they are part of its interface. */
export const ExitCode = {
    pass: 0,
    /** A check failed. */
    failed: 1,
    /** Wrong usage, a missing file, or a file of the wrong kind. */
    usage: 2,
    /** The guest hung or crashed. */
    guest: 3,
    /** A defect of viommu itself. */
    internal: 4,
    /** Everything was skipped. */
    skipped: 77,
    timeLimit: 124,
};
/** The user asked for something that cannot be done; the message says what, and what can. */
export class UsageError extends Error {
    name = "UsageError";
}
