import { type DmaMap, type DmaRange } from "./protocol/requests.js";
/** A range of guest-physical memory that a client has lent, and where it lies in its file. */
export interface DmaRegion {
    readonly start: bigint;
    /** First address behind it. */
    readonly end: bigint;
    readonly fileOffset: bigint;
    readonly writable: boolean;
    /** False once the client has taken it back. */
    readonly lent: boolean;
}
/** Most ranges that one client may have lent at a time, as VERSION tells it. */
export declare const MOST_DMA_REGIONS = 65535;
/** The ranges that one client has lent, by address; they do not overlap. */
export declare class DmaRegions {
    #private;
    get all(): readonly DmaRegion[];
    /** @throws RequestError for an empty range, one beyond 64 bits, or one that overlaps another. */
    map({ address, size, offset, flags }: DmaMap): DmaRegion;
    /** @throws RequestError unless the range is exactly one that was mapped. */
    unmap({ address, size }: DmaRange): DmaRegion;
    clear(): void;
}
