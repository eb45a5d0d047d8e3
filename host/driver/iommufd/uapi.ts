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
export const HW_INFO_TYPE = { NONE: 0, DEFAULT: 0, INTEL_VTD: 1 } as const;
export const HW_INFO_FLAG = { INPUT_TYPE: 1 } as const;
export const HW_INFO_VTD = { ERRATA_772415_SPR17: 1 } as const;
export const HW_CAP = {
  DIRTY_TRACKING: 1,
  PCI_PASID_EXEC: 2,
  PCI_PASID_PRIV: 4,
  PCI_ATS_NOT_SUPPORTED: 8,
} as const;
export const OPTION = { RLIMIT_MODE: 0, HUGE_PAGES: 1 } as const;
export const OPTION_OP = { SET: 0, GET: 1 } as const;
export const VFIO_IOAS_OP = { GET: 0, SET: 1, CLEAR: 2 } as const;
export const HW_QUEUE_TYPE = { DEFAULT: 0, TEGRA241_CMDQV: 1 } as const;
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

export const iommuIovaRange = new Struct("iommu_iova_range", 16, { start: [0, 8], last: [8, 8] });

export const iommuIoasIovaRanges = new Struct("iommu_ioas_iova_ranges", 32, {
  size: [0, 4],
  ioas_id: [4, 4],
  num_iovas: [8, 4],
  reserved: [12, 4],
  allowed_iovas: [16, 8],
  out_iova_alignment: [24, 8],
});

export const iommuIoasAllowIovas = new Struct("iommu_ioas_allow_iovas", 24, {
  size: [0, 4],
  ioas_id: [4, 4],
  num_iovas: [8, 4],
  reserved: [12, 4],
  allowed_iovas: [16, 8],
});

export const iommuIoasCopy = new Struct("iommu_ioas_copy", 40, {
  size: [0, 4],
  flags: [4, 4],
  dst_ioas_id: [8, 4],
  src_ioas_id: [12, 4],
  length: [16, 8],
  dst_iova: [24, 8],
  src_iova: [32, 8],
});

export const iommuIoasMapFile = new Struct("iommu_ioas_map_file", 40, {
  size: [0, 4],
  flags: [4, 4],
  ioas_id: [8, 4],
  fd: [12, 4],
  start: [16, 8],
  length: [24, 8],
  iova: [32, 8],
});

export const iommuIoasChangeProcess = new Struct("iommu_ioas_change_process", 8, {
  size: [0, 4],
  reserved: [4, 4],
});

export const iommuOption = new Struct("iommu_option", 24, {
  size: [0, 4],
  option_id: [4, 4],
  op: [8, 2],
  reserved: [10, 2],
  object_id: [12, 4],
  val64: [16, 8],
});

export const iommuVfioIoas = new Struct("iommu_vfio_ioas", 12, {
  size: [0, 4],
  ioas_id: [4, 4],
  op: [8, 2],
  reserved: [10, 2],
});

export const iommuHwInfo = new Struct("iommu_hw_info", 40, {
  size: [0, 4],
  flags: [4, 4],
  dev_id: [8, 4],
  data_len: [12, 4],
  data_uptr: [16, 8],
  /** in_data_type and out_data_type. */
  data_type: [24, 4],
  out_max_pasid_log2: [28, 1],
  reserved0: [29, 1],
  reserved1: [30, 1],
  reserved2: [31, 1],
  out_capabilities: [32, 8],
});

export const hwInfoVtd = new Struct("iommu_hw_info_vtd", 24, {
  flags: [0, 4],
  reserved: [4, 4],
  cap_reg: [8, 8],
  ecap_reg: [16, 8],
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

export const iommuHwQueueAlloc = new Struct("iommu_hw_queue_alloc", 40, {
  size: [0, 4],
  flags: [4, 4],
  viommu_id: [8, 4],
  type: [12, 4],
  index: [16, 4],
  out_hw_queue_id: [20, 4],
  nesting_parent_iova: [24, 8],
  length: [32, 8],
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
