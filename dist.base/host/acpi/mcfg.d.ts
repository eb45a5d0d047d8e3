export interface EcamRegion {
    /** Address of bus 0, also when `firstBus` is not 0. */
    readonly base: bigint;
    /** Default 0. */
    readonly segment?: number;
    /** Default 0. */
    readonly firstBus?: number;
    /** Inclusive; default 255. */
    readonly lastBus?: number;
}
/** The table of memory-mapped configuration space, "MCFG". */
export declare function mcfgTable(regions: readonly EcamRegion[]): Uint8Array;
