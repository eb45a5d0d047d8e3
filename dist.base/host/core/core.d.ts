import { type CoreOptions } from "./configuration.js";
import type { CoreExports } from "./exports.js";
import { type MemorySource } from "./guest-memory-port.js";
import { type CounterName } from "./layout.js";
/** One instance of the unit's wasm, and what the host may know of its memory. */
export declare class Core {
    #private;
    readonly exports: CoreExports;
    /** First byte behind the state. */
    readonly stateEnd: number;
    constructor(exports: CoreExports, stateEnd: number);
    /** A view of the core's memory, made again when the memory has grown. */
    get view(): DataView;
    /** A copy of the state block: everything that outlives a call. */
    copyState(): Uint8Array<ArrayBuffer>;
    /** Puts a state block in place that `copyState` of a core with the same options has made. */
    putState(state: Uint8Array): void;
    /** Translation is enabled in legacy mode (assembly/latch.ts, MODE_LEGACY). */
    get isLegacy(): boolean;
    /** Counters of performance monitoring count: any request may raise their interrupt. */
    get isCounting(): boolean;
    /** Work stopped for want of room in the outbox, and waits for `resume`. */
    get moreWork(): boolean;
    counters(): Record<CounterName, bigint>;
}
/** The unit over a memory source: core-port.wasm. */
export declare function createCore(source: MemorySource, options: CoreOptions): Promise<Core>;
/** Gives a fresh core room for its state, configures it, and resets it. */
export declare function configureCore(exports: CoreExports, options: CoreOptions): Core;
