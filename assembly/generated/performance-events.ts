// Events that performance monitoring counts (VT-d 5.10 Table 49).
// Generated from host/spec/performance-events.ts by "npm run generate"; edit that instead.

export const FILTER_RID: u32 = 0x1;
export const FILTER_DID: u32 = 0x2;
export const FILTER_PASID: u32 = 0x4;
export const FILTER_AT: u32 = 0x8;
export const FILTER_PTL: u32 = 0x10;
export const FILTER_COUNT: i32 = 5;

export const EVENT_IOMMU_REQUESTS: u32 = 0x1;
export const EVENT_IOMMU_MRDS: u32 = 0x20;
export const EVENT_IOMMU_ATOMIC_AD_UPDATE: u32 = 0x23;
export const EVENT_PG_REQ_POSTED: u32 = 0x26;
export const EVENT_PG_REQ_OVERFLOW: u32 = 0x27;
export const EVENT_CTXT_CACHE_LOOKUP: u32 = 0x40;
export const EVENT_CTXT_CACHE_HIT: u32 = 0x41;
export const EVENT_PASID_CACHE_LOOKUP: u32 = 0x42;
export const EVENT_PASID_CACHE_HIT: u32 = 0x43;
export const EVENT_SS_NONLEAF_LOOKUP: u32 = 0x44;
export const EVENT_SS_NONLEAF_HIT: u32 = 0x45;
export const EVENT_FS_NONLEAF_LOOKUP: u32 = 0x46;
export const EVENT_FS_NONLEAF_HIT: u32 = 0x47;
export const EVENT_IOTLB_LOOKUP: u32 = 0x60;
export const EVENT_IOTLB_HIT: u32 = 0x61;
export const EVENT_INT_CACHE_LOOKUP: u32 = 0x80;
export const EVENT_INT_CACHE_HIT_NONPOSTED: u32 = 0x81;
export const EVENT_INT_CACHE_HIT_POSTED: u32 = 0x82;

/** Filters that an event may be counted with. */
export function eventFilters(event: u32): u32 {
  if (event == EVENT_IOMMU_REQUESTS) return FILTER_AT;
  if (event == EVENT_SS_NONLEAF_HIT) return FILTER_PTL;
  if (event == EVENT_FS_NONLEAF_HIT) return FILTER_PTL;
  if (event == EVENT_IOTLB_HIT) return FILTER_PTL;
  return 0;
}
