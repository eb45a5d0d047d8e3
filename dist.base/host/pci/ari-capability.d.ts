import type { Capability } from "./capability.js";
import type { ConfigSpace } from "./config-space.js";
/** Alternative Routing-ID Interpretation, extended capability 0Eh. */
export declare function ariCapability(at: number): Capability;
/** The registers of an ARI capability as the device sees them. */
export declare class AriControl {
    #private;
    constructor(config: ConfigSpace, at: number);
    /** Links the functions of the device in order; 0 ends the list. */
    setNextFunction(number: number): void;
}
