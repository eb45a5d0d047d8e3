import type { InterruptPinChange } from "../../pci/interrupt-pin.js";
import type { V86Cpu } from "./internals.js";
/** What a snapshot holds of the pins. */
export interface InterruptPinsData {
    /** Functions and pins, and their lines. */
    readonly asserted: readonly (readonly [key: number, line: number])[];
    readonly waiting: readonly number[];
}
/**
 * The interrupt pins (INTx) of endpoints, which v86's PIIX3 routes as those of v86's own functions.
 * A line that is not routed, or to interrupt 0, leads nowhere.
 *
 * As with messages, a line must not be raised while guest code runs; it waits for `raiseWaiting`.
 */
export declare class InterruptPins {
    #private;
    /** @param guestRuns true while v86 is inside guest code or about to look at requests itself. */
    constructor(cpu: V86Cpu, guestRuns: () => boolean);
    change({ sourceId, pin, asserted }: InterruptPinChange): void;
    /** Raises what was asserted meanwhile; to be called where no guest code runs. True if there was any. */
    raiseWaiting(): boolean;
    snapshot(): InterruptPinsData;
    /** Puts in place what `snapshot` answered; v86 restores its interrupt controllers itself. */
    restore({ asserted, waiting }: InterruptPinsData): void;
}
