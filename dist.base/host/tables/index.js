/**
 * viommu/tables: root, context, PASID, page and interrupt tables in guest memory. "Map iova to gpa, writable, for
 * PASID 5", without poking bits; and the entries themselves, to poke bits all the same.
 */
export { formatSourceId, parseSourceId } from "../spec/source-id.js";
export { TableEntry } from "./entry.js";
export { FirstStageTable, } from "./first-stage.js";
export { FrameAllocator } from "./frames.js";
export { InterruptTable, remappableMessage, } from "./interrupt-table.js";
export { LegacyTables, } from "./legacy.js";
export { PAGE_1G, PAGE_2M, PAGE_4K, } from "./page-table.js";
export { PostedDescriptor } from "./posted-descriptor.js";
export { ScalableTables, } from "./scalable.js";
export { SecondStageTable, throughSecondStage, } from "./second-stage.js";
