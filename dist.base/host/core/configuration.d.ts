import type { Capabilities } from "./capabilities.js";
/** Entries of each cache; powers of two, from 1 up (§6.2). */
export interface CacheSizes {
    /** Context cache. Default 256. */
    readonly context?: number;
    /** PASID cache. Default 512. */
    readonly pasid?: number;
    /** IOTLB. Default 1024. */
    readonly iotlb?: number;
    /** First-stage paging-structure cache. Default 256. */
    readonly firstStagePaging?: number;
    /** Second-stage paging-structure cache. Default 256. */
    readonly secondStagePaging?: number;
    /** Interrupt entry cache. Default 256. */
    readonly interruptEntry?: number;
}
export interface CoreOptions {
    readonly capabilities: Capabilities;
    readonly caches?: CacheSizes | undefined;
    /** One pending fault record for each source-id (§7.2.1). */
    readonly faultCollapse: boolean;
    /** Ticks until a device-TLB invalidation that is not completed times out. */
    readonly invalidationTimeout: bigint;
    /** Report the ranges of guest memory that the unit wrote. */
    readonly reportWrites: boolean;
    /** Report descriptors and page requests. */
    readonly trace: boolean;
}
/** An upper bound for the end of the state, before `configure` tells it exactly. */
export declare function stateBound(sizes?: CacheSizes): number;
/** Writes the configuration block and the register tables; the core's `configure` comes next. */
export declare function writeConfiguration(memory: WebAssembly.Memory, options: CoreOptions): void;
