import { PageTable, type PageRun, type PageTableOptions } from "./page-table.js";
export interface FirstStageOptions extends PageTableOptions {
    /** 4 (FSPM = 0) or 5 (FSPM = 1, needs CAP.FS5LP). Default 4. */
    readonly levels?: 4 | 5;
}
/** What a first-stage leaf says besides the address. A present page is always readable. */
export interface FirstStageAttributes {
    /** R/W. Default true. */
    readonly write?: boolean;
    /** U/S: requests with user privilege may use the page. Default true. */
    readonly user?: boolean;
    /** G; the unit ignores it. Default false. */
    readonly global?: boolean;
    /** A. Default false. */
    readonly accessed?: boolean;
    /** D. Default false. */
    readonly dirty?: boolean;
    /** EA, for PASID entries with EAFE. Default false. */
    readonly extendedAccessed?: boolean;
}
/**
 * First-stage page tables (§3.6, §9.7). Entries that point to tables allow writes and user privilege, so
 * the leaf alone decides; `entry` changes that.
 *
 * Nested, the output addresses are guest-physical, and so are the tables: give it the memory of
 * `throughSecondStage` and frames of guest-physical memory that the second stage maps.
 */
export declare class FirstStageTable extends PageTable<FirstStageAttributes> {
    #private;
    readonly levels: 4 | 5;
    protected readonly structure: import("../spec/fields.js").Structure;
    /** @throws {RangeError} if `levels` is neither 4 nor 5, or frames or memory fail. */
    constructor(options: FirstStageOptions);
    /** Maps pages at canonical addresses: the upper bits equal the highest bit that is translated. */
    map(iova: bigint, physical: bigint, options?: PageRun & FirstStageAttributes): void;
    protected isPresent(entry: bigint): boolean;
    protected tableEntry(): bigint;
    protected pageEntry(attributes: FirstStageAttributes): bigint;
    protected checkInput(first: bigint, last: bigint): void;
}
