import { Iommu } from "../iommu.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import type { PciBus } from "../pci/bus.js";
import type { SourceId } from "../spec/source-id.js";
import type { UnitDescription } from "./options.js";
import { type UnitScope } from "./unit-scope.js";
/** A unit, where its registers are, and what it shall cover. */
export interface PlacedUnit {
    readonly iommu: Iommu;
    readonly base: bigint;
    readonly scope: "all" | readonly SourceId[];
    readonly proximityDomain: number | undefined;
}
/** Bytes of a unit's registers. */
export declare function registerBytesOf({ iommu }: PlacedUnit): bigint;
/** Makes the unit of a description, by default behind the one before it. */
export declare function placeUnit({ base: wanted, scope, proximityDomain, ...unit }: UnitDescription, before: PlacedUnit | undefined, memory: GuestMemory): Promise<PlacedUnit>;
/** Puts a unit between its functions and memory, its registers into memory space. */
export declare function connectUnit(bus: PciBus, { iommu, base }: PlacedUnit, scope: UnitScope): void;
