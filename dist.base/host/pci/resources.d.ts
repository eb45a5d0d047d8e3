import type { Topology } from "./topology.js";
/**
 * What firmware does before software sees a bus: base address registers and bridge windows get
 * addresses from `start` up, memory space is enabled everywhere, and bridges forward DMA. Bus
 * mastering of endpoints is left to software.
 * @throws RangeError if the addresses do not suffice.
 */
export declare function assignResources(topology: Topology, start: number): void;
