import type { Topology } from "./topology.js";
/** A fixed window of memory-mapped registers, such as the register pages of a remapping unit. */
export interface MmioWindow {
    readonly base: bigint;
    readonly size: number;
    read(offset: number, size: number): bigint;
    write(offset: number, size: number, value: bigint): void;
}
export type MmioSize = 1 | 2 | 4 | 8;
/** Routes memory accesses of the processor to fixed windows, then to base address registers. */
export declare class MmioSpace {
    #private;
    constructor(topology: Topology);
    addWindow(window: MmioWindow): void;
    /** All ones if nothing answers. */
    read(address: bigint, size: MmioSize): bigint;
    write(address: bigint, size: MmioSize, value: bigint): void;
}
