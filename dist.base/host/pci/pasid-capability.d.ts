import type { Capability } from "./capability.js";
import type { ConfigSpace } from "./config-space.js";
/** Process Address Space ID, extended capability 1Bh, of so many bits; execute and privileged mode. */
export declare function pasidCapability(at: number, bits?: number): Capability;
/** The control register of a PASID capability as the function sees it. */
export declare class PasidControl {
    #private;
    constructor(config: ConfigSpace, at: number);
    /** Requests may carry a PASID. */
    get enabled(): boolean;
    /** Requests with PASID may carry Execute Requested. */
    get executeEnabled(): boolean;
    /** Requests with PASID may carry Privileged Mode Requested. */
    get privilegedEnabled(): boolean;
}
