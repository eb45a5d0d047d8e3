/** What a command waits for: the accesses that were in flight when it was given (§6.5.4). */
export interface Drain {
    cancelled: boolean;
}
/** Accesses that have been translated and whose data has not moved yet. */
export declare class AccessesInFlight {
    #private;
    begin(): number;
    /** Accesses must still end for some drain, also for one whose command was taken back. */
    get draining(): boolean;
    end(token: number): void;
    /** Calls `done` when the accesses have ended that are in flight now: at once if there are none. */
    drain(done: () => void): Drain;
    /** A reset of the unit: it knows of no access any more, and nothing waits. */
    forget(): void;
}
