import type { CacheSizes } from "../core/configuration.js";
import type { CounterName } from "../core/layout.js";
export interface Requester {
    readonly sourceId: number;
    /** Undefined: requests without PASID. */
    readonly pasid?: number;
}
/** A stream of requests in batches of 4096, and the tables and caches that it meets. */
export interface BatchCase {
    readonly name: string;
    readonly title: string;
    /** Caches that are not of their default size. */
    readonly caches: CacheSizes;
    readonly requesters: readonly Requester[];
    /** Pages of 4 KiB that every requester uses. */
    readonly pages: number;
    /** Bytes from one page to the next. */
    readonly stride: number;
    /** Batches until the stream repeats. */
    readonly batches: number;
    /** Pages at random, or each once and never two neighbours in the same 2 MiB. */
    readonly order: "random" | "scattered";
    /** What each request counts, once the caches are as the stream leaves them. */
    readonly counts: Readonly<Partial<Record<CounterName, number>>>;
}
export declare const batchCases: readonly BatchCase[];
