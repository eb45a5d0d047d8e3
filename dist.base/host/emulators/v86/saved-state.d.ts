import type { V86 } from "v86";
import type { Iommu } from "../../iommu.js";
import type { PciBus } from "../../pci/bus.js";
import type { V86Pci } from "./internals.js";
/** What a saved machine has besides v86, the unit and the endpoints. */
export interface AroundUnit {
    /** What a machine must have too that goes on from it, by what it is called in messages. */
    readonly shape: Readonly<Record<string, unknown>>;
    /** The rest, as plain data. */
    readonly rest: unknown;
}
/** The machine that is saved and restored. */
export interface SavedParts {
    readonly iommu: Iommu;
    readonly bus: PciBus;
    readonly pci: V86Pci;
    /** True while v86 is inside guest code. */
    guestRuns(): boolean;
    hasEnded(): boolean;
    around(): AroundUnit;
    /** Everything else has been restored. */
    restored(rest: unknown): void;
}
/**
 * Makes the emulator's `save_state` and `restore_state` take the unit and its endpoints along. Both
 * refuse to work while the guest is in the middle of an instruction.
 */
export declare function extendSavedState(emulator: V86, parts: SavedParts): void;
