/** The performance monitoring events of VT-d 5.10 Table 49, and which of them this unit counts. */

/** Filters in the order of their support bits in PERFCAP and of their registers (§11.4.13.16 on). */
export const performanceFilters = ["RID", "DID", "PASID", "AT", "PTL"] as const;

export type PerformanceFilter = (typeof performanceFilters)[number];

interface TableRow {
  readonly group: number;
  /** Bit of the event in PERFEVNTCAP.ES and PERFCNTRCFG.ES. */
  readonly bit: number;
  readonly mnemonic: string;
  /** Filters that the event may be counted with. */
  readonly filters: readonly PerformanceFilter[];
}

/** An event that a unit announces when it has one of `requiresAny`. */
export interface CountedEvent extends TableRow {
  /** What counts once. */
  readonly counts: string;
  readonly requiresAny?: readonly string[];
}

/** An event that no unit announces. */
export interface UncountedEvent extends TableRow {
  readonly why: string;
}

export type PerformanceEvent = CountedEvent | UncountedEvent;

export function isCounted(event: PerformanceEvent): event is CountedEvent {
  return "counts" in event;
}

const noTime = "a request takes no time in the unit, so that nothing occupies it";
const noPressure = "nothing keeps the unit waiting: there is no back pressure";
const noPermissionTables = "host permission tables are not built";

export const performanceEvents: readonly PerformanceEvent[] = [
  {
    group: 0,
    bit: 0,
    mnemonic: "IOMMU_CLOCKS",
    filters: [],
    why: "the ticks of the explicit clock are no clock cycles: requests pass between two of them",
  },
  {
    group: 0,
    bit: 1,
    mnemonic: "IOMMU_REQUESTS",
    filters: ["AT"],
    counts:
      "an untranslated, translated or translation request, also one that is blocked, faults, or passes because translation is disabled; no interrupt message, no page request",
  },
  { group: 0, bit: 2, mnemonic: "PW_OCCUPANCY", filters: [], why: noTime },
  { group: 0, bit: 3, mnemonic: "ATS_BLOCKED", filters: [], why: noPressure },
  { group: 0, bit: 5, mnemonic: "TOTAL_OCCUPANCY", filters: [], why: noTime },
  { group: 0, bit: 6, mnemonic: "MEM_OCCUPANCY", filters: [], why: noTime },
  {
    group: 1,
    bit: 0,
    mnemonic: "IOMMU_MRDS",
    filters: [],
    counts:
      "a read of one table entry (root, context, PASID directory, PASID, paging structure, interrupt), of one queue descriptor or of a posted-interrupt descriptor, of whatever size, also one that fails",
  },
  {
    group: 1,
    bit: 3,
    mnemonic: "IOMMU_ATOMIC_AD_UPDATE",
    filters: [],
    requiresAny: ["FSTS", "SSADS"],
    counts: "an entry of a paging structure whose accessed or dirty flags were set, in one step",
  },
  { group: 1, bit: 5, mnemonic: "IOMMU_MEM_BLOCKED", filters: [], why: noPressure },
  {
    group: 1,
    bit: 6,
    mnemonic: "PG_REQ_POSTED",
    filters: [],
    requiresAny: ["PRS"],
    counts: "a descriptor written to the page request queue, also that of a stop marker",
  },
  {
    group: 1,
    bit: 7,
    mnemonic: "PG_REQ_OVERFLOW",
    filters: [],
    requiresAny: ["PRS"],
    counts:
      "a page group response that the unit sent by itself because the queue was full, could not be written, or PRS.PRO was set",
  },
  {
    group: 2,
    bit: 0,
    mnemonic: "CTXT_CACHE_LOOKUP",
    filters: [],
    counts: "a lookup in the context cache, by requests and page requests",
  },
  {
    group: 2,
    bit: 1,
    mnemonic: "CTXT_CACHE_HIT",
    filters: [],
    counts: "a lookup in the context cache that found an entry",
  },
  {
    group: 2,
    bit: 2,
    mnemonic: "PASID_CACHE_LOOKUP",
    filters: [],
    requiresAny: ["SMTS"],
    counts: "a lookup in the PASID cache, by requests and page requests",
  },
  {
    group: 2,
    bit: 3,
    mnemonic: "PASID_CACHE_HIT",
    filters: [],
    requiresAny: ["SMTS"],
    counts: "a lookup in the PASID cache that found an entry",
  },
  {
    group: 2,
    bit: 4,
    mnemonic: "SS_NONLEAF_LOOKUP",
    filters: [],
    requiresAny: ["SAGAW", "SSTS"],
    counts:
      "a lookup in the second-stage paging-structure cache, in all levels at once: one for each second-stage walk, of which a nested walk has several",
  },
  {
    group: 2,
    bit: 5,
    mnemonic: "SS_NONLEAF_HIT",
    filters: ["PTL"],
    requiresAny: ["SAGAW", "SSTS"],
    counts: "such a lookup that found an entry; its level is that of the lowest entry found",
  },
  {
    group: 2,
    bit: 6,
    mnemonic: "FS_NONLEAF_LOOKUP",
    filters: [],
    requiresAny: ["FSTS"],
    counts: "a lookup in the first-stage paging-structure cache, in all levels at once",
  },
  {
    group: 2,
    bit: 7,
    mnemonic: "FS_NONLEAF_HIT",
    filters: ["PTL"],
    requiresAny: ["FSTS"],
    counts: "such a lookup that found an entry; its level is that of the lowest entry found",
  },
  { group: 2, bit: 8, mnemonic: "HPT_NONLEAF_LOOKUP", filters: ["AT"], why: noPermissionTables },
  {
    group: 2,
    bit: 9,
    mnemonic: "HPT_NONLEAF_HIT",
    filters: ["AT", "PTL"],
    why: noPermissionTables,
  },
  {
    group: 3,
    bit: 0,
    mnemonic: "IOTLB_LOOKUP",
    filters: [],
    counts: "a lookup in the IOTLB, for all page sizes at once",
  },
  {
    group: 3,
    bit: 1,
    mnemonic: "IOTLB_HIT",
    filters: ["PTL"],
    counts:
      "a lookup in the IOTLB that found an entry, also one that refuses the request or still lacks a dirty flag; its level is the size of the page that the entry translates",
  },
  { group: 3, bit: 2, mnemonic: "HPT_LEAF_LOOKUP", filters: [], why: noPermissionTables },
  { group: 3, bit: 3, mnemonic: "HPT_LEAF_HIT", filters: ["PTL"], why: noPermissionTables },
  {
    group: 4,
    bit: 0,
    mnemonic: "INT_CACHE_LOOKUP",
    filters: [],
    requiresAny: ["IR"],
    counts: "a lookup in the interrupt entry cache",
  },
  {
    group: 4,
    bit: 1,
    mnemonic: "INT_CACHE_HIT_NONPOSTED",
    filters: [],
    requiresAny: ["IR"],
    counts: "a lookup in the interrupt entry cache that found an entry with IM clear",
  },
  {
    group: 4,
    bit: 2,
    mnemonic: "INT_CACHE_HIT_POSTED",
    filters: [],
    requiresAny: ["PI"],
    counts: "a lookup in the interrupt entry cache that found an entry with IM set",
  },
];
