import { PciBridge } from "./bridge.js";
import type { BusKind } from "./bridge-kinds.js";
import { EndpointFunction, type PciFunction, type Slot } from "./function.js";
/** Splits a bus:device.function number (16 bits). */
export declare function splitBdf(bdf: number): {
    bus: number;
    slot: Slot;
};
/** For messages: 01:02.3. */
export declare function formatBdf(bdf: number): string;
/** What a bus is that functions with this parent stand on. */
export declare function busKindBelow(parent: PciBridge | undefined): BusKind;
/** The functions of one segment: a tree of bridges, searched by the bus numbers in the bridges. */
export declare class Topology {
    #private;
    /** The functions of bus 0, by device and function. */
    get root(): readonly PciFunction[];
    /** The bridge whose secondary bus has this number; undefined for bus 0 and unknown buses. */
    bridgeOf(bus: number): PciBridge | undefined;
    /** The function that has this number now, as the host knows it. */
    find(bdf: number): PciFunction | undefined;
    /**
     * The function that configuration requests and messages with this number reach: a port without ARI
     * Forwarding Enable passes those for device 0 alone.
     */
    route(bdf: number): PciFunction | undefined;
    add(added: PciFunction): void;
    /** Takes a function out, with everything below it; answers what was removed. */
    remove(bdf: number): PciFunction[];
    /** All endpoints, in order of the tree. */
    endpoints(): EndpointFunction[];
    /** All bridges, each ahead of what is below it. */
    bridges(): PciBridge[];
    /** All functions, each bridge ahead of what is below it. */
    all(): PciFunction[];
}
