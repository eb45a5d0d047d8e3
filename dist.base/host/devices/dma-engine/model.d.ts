import type { EndpointModel } from "../../pci/endpoint.js";
export interface DmaEngineOptions {
    /** 1 to 8, default 4. */
    readonly queues?: number;
    /** Entries of the device TLB, 1 to 1024, default 64. */
    readonly tlbEntries?: number;
    /** Outstanding page request capacity, 1 to 4096, default 64. */
    readonly pageRequestCapacity?: number;
    /** Width of the PASIDs that the device announces, 1 to 20, default 20. */
    readonly pasidBits?: number;
}
/** The endpoint of docs/dma-engine.md, to be plugged into a bus. */
export declare function dmaEngine(options?: DmaEngineOptions): EndpointModel;
