import type { DmaPort } from "../../pci/dma-port.js";
import type { DeviceTlbInvalidate } from "../../spec/requests.js";
import type { AtsUse, Counters, Settings } from "./context.js";
import type { DeviceTlb } from "./device-tlb.js";
import type { References, Referents } from "./references.js";
export interface InvalidationData {
    readonly itag: number;
    /** Translations by their numbers among the references. */
    readonly uses: readonly number[];
}
export interface InvalidationParts {
    readonly dma: DmaPort;
    readonly ats: AtsUse;
    readonly tlb: DeviceTlb;
    readonly settings: Settings;
    readonly counters: Counters;
}
/** Invalidate Requests from their arrival to their completion, which is never in the same tick. */
export declare class Invalidations {
    #private;
    constructor(parts: InvalidationParts);
    get pending(): number;
    receive(request: DeviceTlbInvalidate): void;
    /** Answers what nothing in flight holds up. An answer may bring the next request at once. */
    tick(): void;
    reset(): void;
    snapshot(references: References): readonly InvalidationData[];
    restore(data: readonly InvalidationData[], referents: Referents): void;
}
