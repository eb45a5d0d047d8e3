import type { BridgeOptions } from "../pci/bus.js";
import type { EndpointDescription, MachineOptions } from "./options.js";
/** What a machine starts with: bridges with all their bus numbers, parents first, and endpoints. */
export interface NumberedTree {
    readonly bridges: readonly BridgeOptions[];
    readonly endpoints: readonly EndpointDescription[];
}
/**
 * Gives bus numbers to the bridges of a tree as firmware does, depth first, and completes those of a list.
 * @throws RangeError for numbers that contradict each other, or that run out.
 */
export declare function numberBuses({ endpoints, topology }: MachineOptions): NumberedTree;
