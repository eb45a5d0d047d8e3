import { type SourceId } from "../spec/source-id.js";
import { type TableEntry } from "./entry.js";
import { type FrameSource } from "./frames.js";
import { type AddressWidth, type SecondStageRoot } from "./pasid-entry.js";
import type { EntryAddresses } from "./scalable.js";
import type { TableMemory } from "./table-memory.js";
export interface LegacyTablesOptions {
    /** Where the tables are written. */
    readonly memory: TableMemory;
    /** Where they get their frames from: host-physical. */
    readonly frames: FrameSource;
}
interface CommonLegacyContext {
    /** P. Default true. */
    readonly present?: boolean;
    /** FPD: faults of this device are not recorded, whatever `present` says. Default false. */
    readonly fpd?: boolean;
    /** DID, the domain that caches tag translations with, 16 bits. */
    readonly domain: number;
}
/** TT 00b, or 01b with `deviceTlb`. */
export interface LegacySecondStage extends CommonLegacyContext {
    readonly kind: "second-stage";
    readonly secondStage: SecondStageRoot;
    /** Translation requests and translated requests are served too; needs ECAP.DT. Default false. */
    readonly deviceTlb?: boolean;
}
/** TT 10b. */
export interface LegacyPassThrough extends CommonLegacyContext {
    readonly kind: "pass-through";
    /** AW: the largest that CAP.SAGAW announces. */
    readonly addressWidth: AddressWidth;
}
/** A legacy-mode context entry (§9.3). */
export type LegacyContextOptions = LegacySecondStage | LegacyPassThrough;
/**
 * The structures of legacy mode in guest memory: root and context tables (§3.4.2). It checks that values
 * fit in their fields, and not that the unit accepts them: entries that must fault are built the same
 * way.
 */
export declare class LegacyTables {
    #private;
    /** Address of the root table. */
    readonly rootTable: bigint;
    /** Value for the Root Table Address Register, with TTM = 00b. */
    readonly rootTableAddress: bigint;
    private constructor();
    /** Makes an empty root table. Throws a RangeError if frames or memory fail. */
    static create(options: LegacyTablesOptions): LegacyTables;
    /**
     * Writes the context entry of a device, whole. The first of a bus makes the context table.
     * @throws {RangeError} if a value does not fit.
     */
    context(sourceId: SourceId, options: LegacyContextOptions): TableEntry;
    /** Clears the context entry of a device. */
    removeContext(sourceId: SourceId): void;
    /** Root entry of the device's bus. */
    rootEntry(sourceId: SourceId): TableEntry;
    /** Context entry of a device; `context` must have been called for it or another of its bus. */
    contextEntry(sourceId: SourceId): TableEntry;
    /** Addresses of the entries that a request of the device meets. */
    entryAddresses(sourceId: SourceId): EntryAddresses;
}
export {};
