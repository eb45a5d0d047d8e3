import type { DmaAtomicResult, DmaPort, DmaReadResult, DmaRequest, DmaResult } from "../../pci/dma-port.js";
import type { Counters } from "./context.js";
/** The memory request of one queue: begun in one tick, ended in the next. */
export declare class MemoryRequests {
    #private;
    constructor(dma: DmaPort, counters: Counters);
    /** A request has begun and not ended. */
    get inFlight(): boolean;
    begin(request: DmaRequest): void;
    finishRead(): DmaReadResult;
    finishWrite(bytes: Uint8Array): DmaResult;
    finishFetchAdd(addend: bigint): DmaAtomicResult;
    cancel(): void;
    snapshot(): unknown;
    restore(state: unknown): void;
}
