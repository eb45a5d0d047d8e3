/**
 * Nobody reads any more what this process writes. Answers whether work is under way, which then ends in order;
 * otherwise the process may end at once.
 */
export declare function outputClosed(): boolean;
declare class OutputClosed extends Error {
    readonly name = "OutputClosed";
}
/** Does work that a signal asks to end: the work is aborted, and ends as it likes. */
export declare function stoppedBySignals<T>(work: (signal: AbortSignal) => Promise<T>, received?: (what: NodeJS.Signals | OutputClosed) => void): Promise<T>;
/**
 * Does work that leaves things behind if the process just ends: at a signal the work is aborted, and once it
 * has cleaned up the process ends by that signal after all; with 0 if nobody reads its output.
 */
export declare function endedBySignals<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
export {};
