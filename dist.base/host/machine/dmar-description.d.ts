import type { Topology } from "../pci/topology.js";
import type { ResolvedFirmware } from "./firmware.js";
import { type UnitScope } from "./unit-scope.js";
/** A unit as the table tells of it. */
export interface DescribedUnit {
    readonly base: bigint;
    readonly registerBytes: number;
    readonly scope: UnitScope;
    readonly hostAddressWidth: number;
    /** Fields of CAP_REG and ECAP_REG by name. */
    readonly values: Readonly<Record<string, number>>;
    readonly proximityDomain?: number | undefined;
}
export interface DescribedUnits {
    readonly units: readonly DescribedUnit[];
    readonly topology: Topology;
    readonly firmware: ResolvedFirmware;
}
/**
 * DMAR as the units and the topology have it: INTR_REMAP when every unit remaps interrupts, root ports
 * and integrated devices with ATS where their unit serves device TLBs.
 * @throws RangeError for firmware options that the machine cannot keep.
 */
export declare function describeUnits({ units, topology, firmware }: DescribedUnits): Uint8Array;
