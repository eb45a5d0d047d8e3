import type { Permissions } from "../spec/requests.js";
import type { ConditionName } from "./fault-conditions.js";
import { type Inquiry, type Stop } from "./inquiry.js";
import type { FirstStageFields } from "./pasid-table.js";
/** A first-stage table, and for whom it is walked. */
export interface FirstStageTables extends FirstStageFields {
    /** The request asks for supervisor privilege, itself or through RID_PRIV. */
    readonly supervisor: boolean;
}
/** The address space in which first-stage entries point: host memory, or the second stage's input. */
export interface EntrySpace {
    /** Where an entry lies in host memory; `isRoot` for entries of the table that FSPTPTR names. */
    locate(address: bigint, isRoot: boolean): EntryPlace | Stop;
    /** True if the space has this address (SFS.5). */
    reaches(address: bigint): boolean;
}
export interface EntryPlace {
    readonly hostAddress: bigint;
    /** The flags of the entry may be written. */
    readonly writable: boolean;
}
/** The leaf that maps an address; its own flags are not yet set. */
export interface FirstStageLeaf {
    /** Output address of the input address, in the entry space. */
    readonly address: bigint;
    /** Bytes. */
    readonly pageSize: number;
    /** U/S is 1 in every entry. */
    readonly user: boolean;
    /** R/W is 1 in every entry. */
    readonly writable: boolean;
    readonly place: EntryPlace;
    readonly entry: bigint;
}
/** Entries point to host physical addresses, where nothing stands in the way. */
export declare const HOST_MEMORY: EntrySpace;
/** SGN.1: bits 63:N equal bit N-1, where N is 48 or 57 (§3.6). */
export declare function isCanonical(address: bigint, levels: 4 | 5): boolean;
/**
 * Walks to the leaf and sets the accessed flags of every entry above it. The caller checks the
 * rights, and then sets the flags of the leaf with `markFirstStageLeaf`.
 */
export declare function walkFirstStage(inquiry: Inquiry, tables: FirstStageTables, input: bigint, space: EntrySpace): FirstStageLeaf | Stop;
/** What the leaf grants this requester (§3.6.1), or SGN.2 for a user on a supervisor's page. */
export declare function firstStageRights(inquiry: Inquiry, tables: FirstStageTables, leaf: FirstStageLeaf): Permissions | ConditionName;
/** Sets the accessed flags of a leaf, and its dirty flag for a write. */
export declare function markFirstStageLeaf(inquiry: Inquiry, tables: FirstStageTables, leaf: FirstStageLeaf, written: boolean): Stop | undefined;
