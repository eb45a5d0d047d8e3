import type { PciFunction, Slot } from "../pci/function.js";
import { type Topology } from "../pci/topology.js";
import { type SourceId } from "../spec/source-id.js";
/** From bus 0 down: the slots of the bridges on the way, and of the function itself (§8.3.1). */
export type SlotPath = readonly Slot[];
/** What a unit covers: paths, which do not change with bus numbers (§8.3.5); or what is left. */
export type UnitScope = "all" | readonly SlotPath[];
export declare function pathTo(target: PciFunction): SlotPath;
/**
 * The path to a place by the bus numbers of now; nothing need be plugged in there.
 * @throws RangeError if no bridge leads to its bus, or for an extended function, which tables name by
 * function 0 of its device (§8.3.2).
 */
export declare function pathToPlace(topology: Topology, place: SourceId): SlotPath;
/**
 * The scopes of all units, in their order.
 * @throws RangeError if one is empty, two overlap, or a unit behind one that covers "all" is given.
 */
export declare function resolveScopes(topology: Topology, given: readonly ("all" | readonly SourceId[])[]): UnitScope[];
/** True if a unit that is asked in its turn covers a function. */
export declare function isInScope(scope: UnitScope, target: PciFunction): boolean;
export declare function isSamePath(one: SlotPath, other: SlotPath): boolean;
/** True if a path is another one, or leads through it. */
export declare function isWithin(path: SlotPath, outer: SlotPath): boolean;
