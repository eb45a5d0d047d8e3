/**
 * The memory map: the first 64 KiB of the WebAssembly memory of `GuestMemory`. It tells a wasm
 * module that imports the same memory where guest RAM is, so that the module reads RAM in place.
 *
 * ```
 *      0  u32 magic 0x50414d47 ("GMAP")   u32 regions (<= 64)   u32 poison ranges (<= 512)   u32 0
 *     64  regions, 32 bytes each, by start:  u64 start | u64 length | u32 offset | u32 0 | u64 0
 *   4096  poison ranges, 32 bytes each:      u64 start | u64 end    | u32 flags  | u32 0 | u64 0
 *  65536  the bytes of the regions, one region after the other
 * ```
 *
 * All little-endian. `start` and `end` (exclusive) are guest physical; `offset` is in this memory.
 */
export declare const memoryMap: {
    readonly magic: 1346456903;
    readonly magicAt: 0;
    readonly regionCountAt: 4;
    readonly poisonCountAt: 8;
    readonly regionsAt: 64;
    readonly poisonAt: 4096;
    readonly recordBytes: 32;
    readonly maxRegions: 64;
    readonly maxPoisonRanges: 512;
    /** Offset of the first byte of RAM. */
    readonly ramAt: 65536;
};
/** Flags of a poison range. */
export declare const poisonFlag: {
    readonly reads: 1;
    readonly writes: 2;
};
/** A run of RAM: guest physical [start, start + size) lives at `offset` of the wasm memory. */
export interface MemoryRegion {
    readonly start: number;
    readonly size: number;
    readonly offset: number;
}
/** Accesses of the named kinds that touch [start, end) fail. */
export interface PoisonRange {
    readonly start: bigint;
    /** Exclusive. */
    readonly end: bigint;
    readonly flags: number;
}
/** Writes the header and the regions; there are no poison ranges yet. */
export declare function writeRegions(view: DataView, regions: readonly MemoryRegion[]): void;
/** Replaces the poison ranges. */
export declare function writePoison(view: DataView, ranges: readonly PoisonRange[]): void;
