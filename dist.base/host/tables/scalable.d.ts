import { type SourceId } from "../spec/source-id.js";
import { type TableEntry } from "./entry.js";
import { type FrameSource } from "./frames.js";
import { type PasidOptions } from "./pasid-entry.js";
import { type TableMemory } from "./table-memory.js";
export interface ScalableTablesOptions {
    /** Where the tables are written. */
    readonly memory: TableMemory;
    /** Where they get their frames from: host-physical. */
    readonly frames: FrameSource;
    /** Sets SSIRWE in the value for RTADDR; reserved without ECAP.SSIRWS. Default false. */
    readonly ssirwe?: boolean;
}
/** A scalable-mode context entry (§9.4). Flags are false by default. */
export interface ScalableContextOptions {
    /** P. Default true. */
    readonly present?: boolean;
    /** FPD: faults of this device are not recorded, whatever `present` says. */
    readonly fpd?: boolean;
    /** DTE: translation requests and translated requests are served. */
    readonly dte?: boolean;
    /** PASIDE: requests with PASID are served. */
    readonly paside?: boolean;
    /** PRE: page requests are served. */
    readonly pre?: boolean;
    /** EPTR: translated requests may have a PASID. */
    readonly eptr?: boolean;
    /** PDTS, 0 to 7: PASIDs up to 2^(PDTS+13) - 1. Default 0, or what the device's directory has. */
    readonly pdts?: number;
    /** RID_PASID: the PASID of requests without PASID, 20 bits. Default 0. */
    readonly ridPasid?: number;
    /** RID_PRIV: requests without PASID are privileged. */
    readonly ridPriv?: boolean;
}
/** Where the entries for a request are. */
export interface EntryAddresses {
    /** Root entry of the bus, 16 bytes. */
    readonly root: bigint;
    /** Context entry: 32 bytes, in legacy mode 16. */
    readonly context: bigint;
}
/** Where the entries for a request are that uses a PASID. */
export interface PasidEntryAddresses extends EntryAddresses {
    /** PASID directory entry, 8 bytes. */
    readonly directory: bigint;
    /** PASID table entry, 64 bytes. */
    readonly pasid: bigint;
}
/**
 * The structures of scalable mode in guest memory: root and context tables, and a PASID directory with
 * PASID tables for each device (§3.4.3). It checks that values fit in their fields, and not that the
 * unit accepts them: entries that must fault are built the same way. It remembers where its tables are,
 * so entries that were spoilt by hand are found again.
 */
export declare class ScalableTables {
    #private;
    /** Address of the root table. */
    readonly rootTable: bigint;
    /** Value for the Root Table Address Register, with TTM = 01b. */
    readonly rootTableAddress: bigint;
    private constructor();
    /** Makes an empty root table. Throws a RangeError if frames or memory fail. */
    static create(options: ScalableTablesOptions): ScalableTables;
    /**
     * Writes the context entry of a device, whole. The first time it makes its PASID directory, which
     * later calls keep.
     * @throws {RangeError} if a value does not fit, or `pdts` is not that of the directory.
     */
    context(sourceId: SourceId, options?: ScalableContextOptions): TableEntry;
    /**
     * Clears the context entry of a device. Answers the frames of its PASID directory and tables, which
     * are out of use now: release them when the caches were invalidated.
     */
    removeContext(sourceId: SourceId): bigint[];
    /**
     * Writes the PASID table entry of a device that has a context entry, whole. The first of 64 adjacent
     * PASIDs makes their table and its directory entry.
     * @throws {RangeError} if a value does not fit, the directory is too small for the PASID, or
     * `context` was not called.
     */
    pasid(sourceId: SourceId, pasid: number, options: PasidOptions): TableEntry;
    /** Clears the PASID table entry. */
    removePasid(sourceId: SourceId, pasid: number): void;
    /** Root entry of the device's bus; LP and LCTP serve devices 0 to 15, UP and UCTP the others. */
    rootEntry(sourceId: SourceId): TableEntry;
    /** Context entry of a device for which `context` was called. */
    contextEntry(sourceId: SourceId): TableEntry;
    /** PASID directory entry, also one without table. */
    directoryEntry(sourceId: SourceId, pasid: number): TableEntry;
    /** PASID table entry; `pasid` must have been called for it or one of the same table. */
    pasidEntry(sourceId: SourceId, pasid: number): TableEntry;
    /** Addresses of the entries that a request of the device meets, of those of a PASID too if given. */
    entryAddresses(sourceId: SourceId): EntryAddresses;
    entryAddresses(sourceId: SourceId, pasid: number): PasidEntryAddresses;
}
