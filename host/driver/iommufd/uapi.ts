import { Struct, type StructValues } from "./struct.js";

/** The structures and numbers of include/uapi/linux/iommufd.h, little-endian. */
export const IOMMUFD_TYPE = 0x3b;

export const HWPT_ALLOC = {
  NEST_PARENT: 1,
  DIRTY_TRACKING: 2,
  FAULT_ID_VALID: 4,
  PASID: 8,
} as const;
export const HWPT_DATA = { NONE: 0, VTD_S1: 1, ARM_SMMUV3: 2, AMD_GUEST: 3 } as const;
export const HWPT_INVALIDATE_DATA = { VTD_S1: 0, ARM_SMMUV3: 1 } as const;
export const HWPT_SET_DIRTY_TRACKING = { ENABLE: 1 } as const;
export const HWPT_GET_DIRTY_BITMAP = { NO_CLEAR: 1 } as const;
export const IOAS_MAP = { FIXED_IOVA: 1, WRITEABLE: 2, READABLE: 4 } as const;
export const HW_CAP = { DIRTY_TRACKING: 1 } as const;
export const PGFAULT_FLAGS = { PASID_VALID: 1, LAST_PAGE: 2 } as const;
export const PGFAULT_PERM = { READ: 1, WRITE: 2, EXEC: 4, PRIV: 8 } as const;
export const PAGE_RESP = { SUCCESS: 0, INVALID: 1 } as const;
export const VTD_S1 = { SRE: 1, EAFE: 2, WPE: 4 } as const;
export const VTD_INV = { LEAF: 1 } as const;
export const VEVENTQ_FLAG = { LOST_EVENTS: 1 } as const;

export const iommuDestroy = new Struct("iommu_destroy", 8, { size: [0, 4], id: [4, 4] });

export const iommuIoasAlloc = new Struct("iommu_ioas_alloc", 12, {
  size: [0, 4],
  flags: [4, 4],
  out_ioas_id: [8, 4],
});

export const iommuIoasMap = new Struct("iommu_ioas_map", 40, {
  size: [0, 4],
  flags: [4, 4],
  ioas_id: [8, 4],
  reserved: [12, 4],
  user_va: [16, 8],
  length: [24, 8],
  iova: [32, 8],
});

export const iommuIoasUnmap = new Struct("iommu_ioas_unmap", 24, {
  size: [0, 4],
  ioas_id: [4, 4],
  iova: [8, 8],
  length: [16, 8],
});

export const iommuHwptAlloc = new Struct("iommu_hwpt_alloc", 48, {
  size: [0, 4],
  flags: [4, 4],
  dev_id: [8, 4],
  pt_id: [12, 4],
  out_hwpt_id: [16, 4],
  reserved: [20, 4],
  data_type: [24, 4],
  data_len: [28, 4],
  data_uptr: [32, 8],
  fault_id: [40, 4],
  reserved2: [44, 4],
});

export const iommuHwptSetDirtyTracking = new Struct("iommu_hwpt_set_dirty_tracking", 16, {
  size: [0, 4],
  flags: [4, 4],
  hwpt_id: [8, 4],
  reserved: [12, 4],
});

export const iommuHwptGetDirtyBitmap = new Struct("iommu_hwpt_get_dirty_bitmap", 48, {
  size: [0, 4],
  hwpt_id: [4, 4],
  flags: [8, 4],
  reserved: [12, 4],
  iova: [16, 8],
  length: [24, 8],
  page_size: [32, 8],
  data: [40, 8],
});

export const iommuHwptInvalidate = new Struct("iommu_hwpt_invalidate", 32, {
  size: [0, 4],
  hwpt_id: [4, 4],
  data_uptr: [8, 8],
  data_type: [16, 4],
  entry_len: [20, 4],
  entry_num: [24, 4],
  reserved: [28, 4],
});

export const iommuFaultAlloc = new Struct("iommu_fault_alloc", 16, {
  size: [0, 4],
  flags: [4, 4],
  out_fault_id: [8, 4],
  out_fault_fd: [12, 4],
});

export const iommuViommuAlloc = new Struct("iommu_viommu_alloc", 40, {
  size: [0, 4],
  flags: [4, 4],
  type: [8, 4],
  dev_id: [12, 4],
  hwpt_id: [16, 4],
  out_viommu_id: [20, 4],
  data_len: [24, 4],
  reserved: [28, 4],
  data_uptr: [32, 8],
});

export const iommuVdeviceAlloc = new Struct("iommu_vdevice_alloc", 24, {
  size: [0, 4],
  viommu_id: [4, 4],
  dev_id: [8, 4],
  out_vdevice_id: [12, 4],
  virt_id: [16, 8],
});

export const iommuVeventqAlloc = new Struct("iommu_veventq_alloc", 32, {
  size: [0, 4],
  flags: [4, 4],
  viommu_id: [8, 4],
  type: [12, 4],
  depth: [16, 4],
  out_veventq_id: [20, 4],
  out_veventq_fd: [24, 4],
  reserved: [28, 4],
});

/** A page request as user space reads it. */
export const hwptPgfault = new Struct("iommu_hwpt_pgfault", 40, {
  flags: [0, 4],
  dev_id: [4, 4],
  pasid: [8, 4],
  grpid: [12, 4],
  perm: [16, 4],
  reserved: [20, 4],
  addr: [24, 8],
  length: [32, 4],
  cookie: [36, 4],
});

/** An answer to a group, as user space writes it. */
export const hwptPageResponse = new Struct("iommu_hwpt_page_response", 8, {
  cookie: [0, 4],
  code: [4, 4],
});

export const hwptVtdS1 = new Struct("iommu_hwpt_vtd_s1", 24, {
  flags: [0, 8],
  pgtbl_addr: [8, 8],
  addr_width: [16, 4],
  reserved: [20, 4],
});

export const hwptVtdS1Invalidate = new Struct("iommu_hwpt_vtd_s1_invalidate", 24, {
  addr: [0, 8],
  npages: [8, 8],
  flags: [16, 4],
  reserved: [20, 4],
});

export const veventHeader = new Struct("iommufd_vevent_header", 8, {
  flags: [0, 4],
  sequence: [4, 4],
});

export type HwptPgfault = StructValues<(typeof hwptPgfault)["fields"]>;
export type HwptPageResponse = StructValues<(typeof hwptPageResponse)["fields"]>;
export type HwptVtdS1 = StructValues<(typeof hwptVtdS1)["fields"]>;
export type HwptVtdS1Invalidate = StructValues<(typeof hwptVtdS1Invalidate)["fields"]>;
