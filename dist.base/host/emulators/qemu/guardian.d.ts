/**
 * Ends another process when this one is gone, however it went: a shell that waits for the end of a pipe.
 * For programs that cannot be told to do so themselves.
 */
export declare class Guardian {
    #private;
    constructor(pid: number);
    /** The process has ended, or may go on. */
    dismiss(): void;
}
