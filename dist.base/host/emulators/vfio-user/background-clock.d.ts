/** What passes time for the unit and its endpoints. */
export interface BackgroundParts {
    /** One tick for the unit and every endpoint. */
    tick(): void;
    /** True if ticks alone, without the guest, get something done. */
    busy(): boolean;
    /** Passes the time until the unit's next deadline; false if it waits for none. */
    skipToDeadline(): boolean;
}
/**
 * Who advances the clock of the unit and its endpoints beside a QEMU that runs on its own: ticks while there
 * is something to do, in turns between messages; and when nothing but a deadline is left and no
 * message came for `patience` milliseconds, the clock jumps to it.
 */
export declare class BackgroundClock {
    #private;
    constructor(parts: BackgroundParts, patience?: number);
    /** Something happened: there may be work. */
    wake(): void;
    stop(): void;
}
