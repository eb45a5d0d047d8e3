import { FirstStageTable, LegacyTables, ScalableTables, SecondStageTable, type CommonPasidOptions, type FirstStageAttributes, type FrameSource, type PageSize, type ScalableContextOptions, type SecondStageAttributes, type TableEntry, type TableMemory } from "../../tables/index.js";
import type { CaseNeeds } from "../case.js";
import type { ReportedCapabilities } from "../capabilities.js";
/** How a request is translated: in legacy mode, or by PGTT in scalable mode. */
export declare const worldKinds: readonly ["legacy", "legacy-pass-through", "first-stage", "second-stage", "nested", "pass-through"];
export type WorldKind = (typeof worldKinds)[number];
/** What a unit must report for a kind of translation. */
export declare const needsOfWorld: Readonly<Record<WorldKind, CaseNeeds>>;
/** A PASID for requests that have one; in the same PASID table as that of requests without. */
export declare const WORLD_PASID = 5;
export interface WorldOptions {
    readonly sourceId?: number;
    /** Levels of the second stage. Default: the most that SAGAW announces, 4 at most. */
    readonly secondLevels?: 3 | 4 | 5;
    /** Levels of the first stage. Default 4. */
    readonly firstLevels?: 4 | 5;
    /** Fields of the scalable-mode context entry. */
    readonly context?: ScalableContextOptions;
    /** Fields of the PASID table entries. */
    readonly pasid?: Partial<CommonPasidOptions>;
    /** Domain-id. Default 1. */
    readonly domain?: number;
}
/** One run of pages: rights and flags for the stages that there are. */
export interface WorldMapping {
    readonly size?: PageSize;
    readonly count?: number;
    /** Of the first stage. */
    readonly first?: FirstStageAttributes;
    /** Of the second stage. */
    readonly second?: SecondStageAttributes;
    /** Guest-physical address between the stages of a nested world. Default: that of the output. */
    readonly guest?: bigint;
}
interface Ground {
    readonly memory: TableMemory;
    readonly frames: FrameSource;
    readonly capabilities: ReportedCapabilities;
    readonly hostAddressWidth: number;
    readonly sourceId: number;
}
/** Tables of one endpoint, complete and good: the ground of most cases, who then spoil what they test. */
export declare class World {
    #private;
    readonly kind: WorldKind;
    readonly sourceId: number;
    readonly domain: number;
    /** PASID of requests without PASID in scalable mode. */
    readonly ridPasid = 0;
    constructor(kind: WorldKind, ground: Ground, options?: WorldOptions);
    /** For RTADDR. */
    get rootTableAddress(): bigint;
    /** Tables of a legacy-mode world. */
    get legacy(): LegacyTables;
    /** Tables of a scalable-mode world. */
    get scalable(): ScalableTables;
    get first(): FirstStageTable;
    get second(): SecondStageTable;
    get isScalable(): boolean;
    get rootEntry(): TableEntry;
    get contextEntry(): TableEntry;
    /** PASID directory entry; both PASIDs of the world share it. */
    get directoryEntry(): TableEntry;
    /** PASID table entry; by default that of requests without PASID. */
    pasidEntry(pasid?: number): TableEntry;
    /** Writes the entry of one more PASID, translated as those of the world. */
    addPasid(pasid: number, flags?: Partial<CommonPasidOptions>): TableEntry;
    /** Makes `input` reach `output`; nothing to do where addresses pass unchanged. */
    map(input: bigint, output: bigint, mapping?: WorldMapping): this;
    /** The leaf entry for `input` in the stage that the request meets first. */
    leaf(input: bigint): TableEntry;
}
export {};
