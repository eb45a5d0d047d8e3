/**
 * viommu/tables: root, context, PASID, page and interrupt tables in guest memory. "Map iova to gpa, writable, for
 * PASID 5", without poking bits; and the entries themselves, to poke bits all the same.
 */
export { formatSourceId, parseSourceId, type SourceId } from "../spec/source-id.js";
export { TableEntry, type EntryFields, type EntryValue } from "./entry.js";
export { FirstStageTable, type FirstStageAttributes, type FirstStageOptions, } from "./first-stage.js";
export { FrameAllocator, type FrameRange, type FrameSource } from "./frames.js";
export { InterruptTable, remappableMessage, type DeliveryMode, type InterruptSource, type InterruptTableOptions, type PostedInterruptOptions, type RemappedInterrupt, } from "./interrupt-table.js";
export { LegacyTables, type LegacyContextOptions, type LegacyPassThrough, type LegacySecondStage, type LegacyTablesOptions, } from "./legacy.js";
export { PAGE_1G, PAGE_2M, PAGE_4K, type Level, type MappedPage, type PageRun, type PageSize, type PageTableOptions, type WalkStep, } from "./page-table.js";
export type { AddressWidth, CommonPasidOptions, FirstStagePasid, FirstStageRoot, NestedPasid, PasidOptions, PassThroughPasid, SecondStagePasid, SecondStageRoot, } from "./pasid-entry.js";
export { PostedDescriptor, type PostedDescriptorOptions } from "./posted-descriptor.js";
export { ScalableTables, type EntryAddresses, type PasidEntryAddresses, type ScalableContextOptions, type ScalableTablesOptions, } from "./scalable.js";
export { SecondStageTable, throughSecondStage, type SecondStageAttributes, type SecondStageOptions, } from "./second-stage.js";
export type { TableMemory } from "./table-memory.js";
