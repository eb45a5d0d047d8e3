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
export const memoryMap = {
    magic: 0x50414d47,
    magicAt: 0,
    regionCountAt: 4,
    poisonCountAt: 8,
    regionsAt: 64,
    poisonAt: 4096,
    recordBytes: 32,
    maxRegions: 64,
    maxPoisonRanges: 512,
    /** Offset of the first byte of RAM. */
    ramAt: 65536,
};
/** Flags of a poison range. */
export const poisonFlag = { reads: 1, writes: 2 };
/** Writes the header and the regions; there are no poison ranges yet. */
export function writeRegions(view, regions) {
    view.setUint32(memoryMap.magicAt, memoryMap.magic, true);
    view.setUint32(memoryMap.regionCountAt, regions.length, true);
    view.setUint32(memoryMap.poisonCountAt, 0, true);
    regions.forEach((region, index) => {
        const at = memoryMap.regionsAt + index * memoryMap.recordBytes;
        view.setBigUint64(at, BigInt(region.start), true);
        view.setBigUint64(at + 8, BigInt(region.size), true);
        view.setUint32(at + 16, region.offset, true);
    });
}
/** Replaces the poison ranges. */
export function writePoison(view, ranges) {
    ranges.forEach((range, index) => {
        const at = memoryMap.poisonAt + index * memoryMap.recordBytes;
        view.setBigUint64(at, range.start, true);
        view.setBigUint64(at + 8, range.end, true);
        view.setUint32(at + 16, range.flags, true);
    });
    view.setUint32(memoryMap.poisonCountAt, ranges.length, true);
}
