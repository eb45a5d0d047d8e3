import type { Structure } from "../spec/fields.js";
import { TableEntry } from "./entry.js";
import { type FrameSource } from "./frames.js";
import { type TableMemory } from "./table-memory.js";
/** Bytes of a page. */
export type PageSize = 0x1000 | 0x20_0000 | 0x4000_0000;
export declare const PAGE_4K: 4096;
export declare const PAGE_2M: 2097152;
export declare const PAGE_1G: 1073741824;
/** Level of a paging structure: 1 for the table of PTEs, 2 PDEs, 3 PDPEs, 4 PML4Es, 5 PML5Es. */
export type Level = 1 | 2 | 3 | 4 | 5;
export interface PageTableOptions {
    /** Where the tables are written. */
    readonly memory: TableMemory;
    /** Where they get their frames from; addresses as `memory` understands them. */
    readonly frames: FrameSource;
    /** Bits of an address that an entry may hold, 12 to 52. Default 52. */
    readonly hostAddressWidth?: number;
    /** Sets the accessed flag in entries that point to tables. Default false. */
    readonly accessed?: boolean;
}
/** How many pages of which size. */
export interface PageRun {
    /** Bytes of one page. Default 4096. */
    readonly size?: PageSize;
    /** Pages, one after the other in both address spaces. Default 1. */
    readonly count?: number;
}
/** What a walk met at one level. */
export interface WalkStep {
    readonly level: Level;
    /** Address of the entry. */
    readonly address: bigint;
    readonly value: bigint;
    readonly present: boolean;
    /** The entry maps a page. */
    readonly leaf: boolean;
}
/** A page found by its input address. */
export interface MappedPage {
    /** Output address of the byte that was looked up. */
    readonly physical: bigint;
    /** Bytes of the page. */
    readonly size: PageSize;
    /** The raw leaf entry. */
    readonly entry: bigint;
}
/**
 * A radix tree of tables with 512 entries (§3.6, §3.7), as software keeps it. Guest memory is the only
 * copy: entries changed behind its back, by hardware or by hand, are what it goes on with.
 * Changed entries take effect when the unit's caches are invalidated, which is the caller's part.
 */
export declare abstract class PageTable<Attributes> {
    #private;
    /** Address of the root table: what FSPTPTR or SSPTPTR points to. */
    readonly pointer: bigint;
    protected constructor(options: PageTableOptions, levels: Level);
    protected abstract readonly structure: Structure;
    protected abstract isPresent(entry: bigint): boolean;
    /** An entry without address that points to a table. */
    protected abstract tableEntry(): bigint;
    /** An entry without address that maps a page. */
    protected abstract pageEntry(attributes: Attributes): bigint;
    /** Throws if an input address from `first` to `last` is outside what the table can map. */
    protected abstract checkInput(first: bigint, last: bigint): void;
    /**
     * Maps `count` pages of `size` bytes from `iova` on to `physical` on.
     * @throws {RangeError} if an address is not a multiple of the size or out of range, or if a page
     * there is mapped already; nothing is mapped then. Also if frames run out or memory fails on the
     * way; the first pages of the run may be mapped then.
     */
    map(iova: bigint, physical: bigint, options: PageRun & Attributes): void;
    /**
     * Removes `count` pages from `iova` on; `size` is that of the page at `iova` if left out. The tables
     * stay, also empty ones: see `prune`.
     * @throws {RangeError} if one of them is not mapped with this size; nothing is removed then.
     */
    unmap(iova: bigint, options?: PageRun): void;
    /**
     * Detaches tables that have no present entry, the root excepted. Answers the frames that are out of
     * use now: release them when the caches, also those of non-leaf entries, were invalidated.
     */
    prune(): bigint[];
    /** The entries that a walk for `iova` meets, from the root to the leaf or to one not present. */
    walk(iova: bigint): WalkStep[];
    /** The page that `iova` lies in; undefined if none is mapped there. Permissions are not looked at. */
    lookup(iova: bigint): MappedPage | undefined;
    /**
     * Address of the entry for `iova` at a level.
     * @throws {RangeError} if no table of that level is there.
     */
    entryAddress(iova: bigint, level: Level): bigint;
    /** The entry for `iova` at a level, to read or to change field by field. Throws as `entryAddress`. */
    entry(iova: bigint, level: Level): TableEntry;
}
