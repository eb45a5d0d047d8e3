/** What passes time for the unit and its endpoints. Nothing here knows a wall clock. */
export interface ClockedParts {
    /** One tick for the unit and every endpoint. */
    tick(): void;
    /** True if ticks alone, without the guest, get something done. */
    busy(): boolean;
    /** Passes the time until the unit's next deadline; false if it waits for none. */
    skipToDeadline(): boolean;
}
/** What a snapshot holds of the clock. */
export interface GuestClockData {
    readonly accessed: boolean;
    readonly interrupted: boolean;
}
/**
 * Who advances the clock of the unit and its endpoints in v86:
 *
 * 1. Every access of the guest to a register of the unit, to a window (BAR) of an endpoint or to its
 *    configuration space is followed by one tick.
 * 2. While the guest waits, ticks follow each other until a message-signalled interrupt is sent, or
 *    nothing is left to do. The guest waits when the CPU is halted, or when v86 has executed a whole
 *    block of about 100,000 instructions without an access of rule 1; it does not wait when an
 *    interrupt was sent that v86 has not looked at.
 * 3. If nothing is left to do and the unit has a deadline, the clock jumps to it.
 *
 * So what the unit and the endpoints do depends on the guest's accesses and waits alone.
 */
export declare class GuestClock {
    #private;
    constructor(parts: ClockedParts);
    /** The guest has accessed the unit or an endpoint (rule 1). */
    access(): void;
    /** The unit or an endpoint has sent a message-signalled interrupt. */
    interrupt(): void;
    snapshot(): GuestClockData;
    restore({ accessed, interrupted }: GuestClockData): void;
    /** Between two blocks of guest code (rules 2 and 3). True if there is more to do. */
    pause(halted: boolean): boolean;
}
