import type { BatchCase } from "./cases.js";
/** Guest RAM with the tables of a case, and its stream of requests. */
export interface Workload {
    readonly ramBytes: number;
    /** The tables: the first bytes of RAM; the rest is zero. */
    readonly ram: Uint8Array;
    /** Value for RTADDR_REG. */
    readonly rootTableAddress: bigint;
    /** Batches of 4096 records, as `translateBatch` takes them. */
    readonly batches: readonly Uint8Array[];
}
/** Builds what a case needs; the same each time. */
export declare function buildWorkload(benchCase: BatchCase): Workload;
