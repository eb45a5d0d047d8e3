import { type Capability } from "./capability.js";
import type { ConfigSpace } from "./config-space.js";
/** Address Translation Services, extended capability 0Fh; invalidate queue depth 32. */
export declare function atsCapability(at: number): Capability;
/** Whether a function has the capability. */
export declare function hasAts(config: ConfigSpace): boolean;
/** The control register of an ATS capability as the function sees it. */
export declare class AtsControl {
    #private;
    constructor(config: ConfigSpace, at: number);
    get enabled(): boolean;
    /** Calls `listener` when software has changed Enable. */
    onChange(listener: () => void): void;
    /** Configuration space was reset or restored: that is no change. */
    forgetChange(): void;
}
