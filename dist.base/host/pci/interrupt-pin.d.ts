import type { ConfigSpace } from "./config-space.js";
/** A pin that has changed: what the interrupt controller of the machine sees. */
export interface InterruptPinChange {
    readonly sourceId: number;
    /** 1 to 4: INTA# to INTD#. */
    readonly pin: number;
    readonly asserted: boolean;
}
/**
 * The interrupt pin (INTx) of a function. The status register shows the level that the device gives
 * it; Interrupt Disable in the command register keeps it from the outside.
 */
export declare class InterruptPin {
    #private;
    /** `changed` is called whenever the outside sees another level. */
    constructor(config: ConfigSpace, changed: (asserted: boolean) => void);
    /** What the outside sees. */
    get asserted(): boolean;
    /** The device asserts or deasserts the pin. */
    set(level: boolean): void;
    /** Configuration space was restored: the outside sees the level that it tells, without a change. */
    restore(): void;
}
