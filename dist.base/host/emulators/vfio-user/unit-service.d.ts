import type { Iommu } from "../../iommu.js";
import type { ServedFunction } from "./served-function.js";
/** A window of this size gets the same address whatever other devices QEMU has. */
export declare const UNIT_WINDOW_BYTES: number;
/** That address in a q35 machine. */
export declare const UNIT_WINDOW_BASE = 4244635648;
export interface UnitServiceOptions {
    readonly iommu: Iommu;
    /** Called before the unit is reset. */
    readonly resetting: () => void;
    /** Called after each access. */
    readonly accessed: () => void;
    /** The guest has put the window at an address. */
    readonly placed: (address: number) => void;
}
/** The unit as a PCI function whose first window holds the registers. */
export declare function serveUnit(options: UnitServiceOptions): ServedFunction;
