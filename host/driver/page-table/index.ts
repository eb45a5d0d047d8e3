/** Page tables as Linux's driver keeps them, the freeing of their pages, and dirty tracking. */
export { bestRun } from "./best-run.js";
export { bitmapBytes, DirtyBitmap } from "./dirty-bitmap.js";
export {
  DirtyLedger,
  type OpenScan,
  type ReportedRange,
  type ScannedRange,
} from "./dirty-ledger.js";
export {
  DirtyTracking,
  type DirtyBitmapRequest,
  type DirtyDomain,
  type DirtyTrackingOptions,
  type MappedArea,
  type MappedAreas,
} from "./dirty-tracking.js";
export {
  firstStageFormat,
  levelOf,
  secondStageFormat,
  type FirstStageFormatOptions,
  type Protection,
  type SecondStageFormatOptions,
  type TableFormat,
  type TableLevel,
} from "./format.js";
export { Gather } from "./gather.js";
export type { Outcome, PageRun } from "./map-pages.js";
export {
  PageTable,
  type DirtyScan,
  type MapResult,
  type PageTableOptions,
  type TableStep,
  type WalkedPage,
} from "./page-table.js";
export { PagingDomain, type PagingDomainOptions, type PagingStep } from "./paging-domain.js";
export { Reclaim, reclaimPolicies, type ReclaimOptions, type ReclaimPolicy } from "./reclaim.js";
export {
  defaultPathLatencies,
  modelledCycles,
  TableMeter,
  tablePaths,
  type PathCounts,
  type PathLatencies,
  type ReclaimCounts,
  type TablePath,
} from "./table-meter.js";
export {
  TablePage,
  TablePages,
  type PageTableMemory,
  type TablePagesOptions,
} from "./table-pages.js";
export { UnitWalks } from "./unit-walks.js";
