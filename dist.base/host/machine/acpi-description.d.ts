import { type EcamRegion } from "../acpi/mcfg.js";
import { type DescribedUnits } from "./dmar-description.js";
export interface DescribedMachine extends DescribedUnits {
    readonly ecam: EcamRegion;
}
/** MADT, MCFG and, if there are units, DMAR of a machine. */
export declare function describeMachine(machine: DescribedMachine): Uint8Array[];
