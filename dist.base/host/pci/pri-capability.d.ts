import type { Capability } from "./capability.js";
import type { ConfigSpace } from "./config-space.js";
/** Page Request Interface, extended capability 13h, with its capacity of outstanding requests. */
export declare function priCapability(at: number, capacity: number): Capability;
/** The registers of a PRI capability as the function sees them. */
export declare class PriControl {
    #private;
    constructor(config: ConfigSpace, at: number);
    get enabled(): boolean;
    get capacity(): number;
    /** What software granted, never more than the capacity. */
    get allocation(): number;
    get responseFailure(): boolean;
    get stopped(): boolean;
    /** The function received a Response Failure: it disables the interface itself. */
    fail(): void;
    reportUnexpectedIndex(): void;
    /** Stopped is 1 only while the interface is disabled and nothing is outstanding. */
    showOutstanding(outstanding: boolean): void;
    /** Calls `listener` after software wrote the control register; `reset` if it asked for a reset. */
    onControlWrite(listener: (event: {
        reset: boolean;
    }) => void): void;
}
