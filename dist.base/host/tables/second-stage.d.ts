import { PageTable, type PageRun, type PageTableOptions } from "./page-table.js";
import { type TableMemory } from "./table-memory.js";
export interface SecondStageOptions extends PageTableOptions {
    /** 3 (39-bit addresses), 4 (48 bits) or 5 (57 bits), as CAP.SAGAW allows. Default 4. */
    readonly levels?: 3 | 4 | 5;
    /** The tables are used with RTADDR.SSIRWE: IR and IW count, and follow R and W. Default false. */
    readonly ssirwe?: boolean;
}
/** What a second-stage leaf says besides the address. */
export interface SecondStageAttributes {
    /** R. Default true. */
    readonly read?: boolean;
    /** W. Default true. */
    readonly write?: boolean;
    /** SNP: no-snoop requests are snooped all the same; reserved without ECAP.SC. Default false. */
    readonly snoop?: boolean;
    /** A, for PASID entries with SSADE. Default false. */
    readonly accessed?: boolean;
    /** D, for PASID entries with SSADE. Default false. */
    readonly dirty?: boolean;
}
/**
 * Second-stage page tables (§3.7, §9.8), for context entries in legacy mode and for PASID entries.
 * Entries that point to tables allow reads and writes, so the leaf alone decides; `entry` changes that.
 */
export declare class SecondStageTable extends PageTable<SecondStageAttributes> {
    #private;
    readonly levels: 3 | 4 | 5;
    protected readonly structure: import("../spec/fields.js").Structure;
    /** @throws {RangeError} if `levels` is not 3, 4 or 5, or frames or memory fail. */
    constructor(options: SecondStageOptions);
    /** Maps pages; as `PageTable.map`, and an error if neither `read` nor `write` is allowed. */
    map(iova: bigint, physical: bigint, options?: PageRun & SecondStageAttributes): void;
    protected isPresent(entry: bigint): boolean;
    protected tableEntry(): bigint;
    protected pageEntry(attributes: SecondStageAttributes): bigint;
    protected checkInput(first: bigint, last: bigint): void;
}
/**
 * Memory as a guest sees it that `table` confines: addresses are guest-physical. A first stage that is
 * nested on `table` is built in it. Permissions are not looked at; what is not mapped fails.
 */
export declare function throughSecondStage(memory: TableMemory, table: SecondStageTable): TableMemory;
