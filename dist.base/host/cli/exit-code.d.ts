/** Exit codes of the command; they are part of its interface. */
export declare const ExitCode: {
    readonly pass: 0;
    /** A check failed. */
    readonly failed: 1;
    /** Wrong usage, a missing file, or a file of the wrong kind. */
    readonly usage: 2;
    /** The guest hung or crashed. */
    readonly guest: 3;
    /** A defect of viommu itself. */
    readonly internal: 4;
    /** Everything was skipped. */
    readonly skipped: 77;
    readonly timeLimit: 124;
};
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
/** The user asked for something that cannot be done; the message says what, and what can. */
export declare class UsageError extends Error {
    readonly name = "UsageError";
}
