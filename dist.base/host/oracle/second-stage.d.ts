import type { Permissions } from "../spec/requests.js";
import { type Demand } from "./access-rights.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { Inquiry, Stop, TableMode } from "./inquiry.js";
import type { SecondStageFields } from "./pasid-table.js";
/** A second-stage table, referenced by a context entry or a PASID-table entry. */
export interface SecondStageTables extends SecondStageFields {
    readonly mode: TableMode;
    /** IR and IW (bits 61, 62) in place of R and W (bits 0, 1): SSIRWE. */
    readonly ioPermissions: boolean;
}
/** The leaf that maps an address; its own flags are not yet set. */
export interface SecondStageLeaf {
    /** Host physical address of the input address. */
    readonly address: bigint;
    /** Bytes. */
    readonly pageSize: number;
    /** Cumulative permissions (§3.7.1). */
    readonly granted: Permissions;
    /** SNP. */
    readonly snoop: boolean;
    readonly entryAddress: bigint;
    readonly entry: bigint;
}
/**
 * Walks to the leaf and sets the accessed flag of every entry above it. The caller checks the
 * rights, and then sets the flags of the leaf with `markSecondStageLeaf`.
 */
export declare function walkSecondStage(inquiry: Inquiry, tables: SecondStageTables, input: bigint, demand: Demand): SecondStageLeaf | Stop;
/** Sets the accessed flag of a leaf, and its dirty flag for a write, if the table has flags. */
export declare function markSecondStageLeaf(inquiry: Inquiry, tables: SecondStageTables, leaf: SecondStageLeaf, written: boolean): Stop | undefined;
/** The address limit of second-stage input: the width of the table, or MGAW if that is less (§3.7). */
export declare function inputWidth(unit: UnitCapabilities, tables: SecondStageTables): number;
