import { type TableMemory } from "./table-memory.js";
/** Where tables get their memory from. What a frame contains does not matter: tables clear it. */
export interface FrameSource {
    /** Address of `count` adjacent free frames of 4 KiB, aligned to 4 KiB. */
    allocate(count: number): bigint;
}
/** The range that a FrameAllocator hands out. */
export interface FrameRange {
    /** First address, a multiple of 4 KiB. */
    readonly start: bigint;
    /** First address behind the range, a multiple of 4 KiB. */
    readonly end: bigint;
}
/** Hands out 4 KiB frames of one range in rising order; single ones from those released, if there are. */
export declare class FrameAllocator implements FrameSource {
    #private;
    readonly start: bigint;
    readonly end: bigint;
    /** @throws {RangeError} if the range is empty or not aligned to 4 KiB. */
    constructor({ start, end }: FrameRange);
    /** Frames that are free now; a run of several frames may find less, for lack of adjacent ones. */
    get free(): number;
    /**
     * Address of `count` adjacent frames.
     * @throws {RangeError} if the range has not as many left.
     */
    allocate(count?: number): bigint;
    /**
     * Takes frames back. Release a table only after the caches that may know it were invalidated.
     * @throws {RangeError} if one of them is not handed out now.
     */
    release(address: bigint, count?: number): void;
}
/** Adjacent frames full of zeros: a table without present entries. */
export declare function allocateTable(memory: TableMemory, frames: FrameSource, count?: number): bigint;
