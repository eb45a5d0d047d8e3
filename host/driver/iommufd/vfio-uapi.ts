import { Struct } from "./struct.js";

/** Structures and numbers of include/uapi/linux/vfio.h that /dev/iommu takes too. */
export const VFIO_API_VERSION = 0;
export const VFIO_EXTENSION = {
  TYPE1_IOMMU: 1,
  TYPE1v2_IOMMU: 3,
  DMA_CC_IOMMU: 4,
  UNMAP_ALL: 9,
} as const;
export const VFIO_DMA_MAP = { READ: 1, WRITE: 2 } as const;
export const VFIO_DMA_UNMAP = { ALL: 2 } as const;
export const VFIO_INFO = { PGSIZES: 1, CAPS: 2 } as const;
export const VFIO_INFO_CAP = { IOVA_RANGE: 1, DMA_AVAIL: 3 } as const;

export const vfioDmaMap = new Struct("vfio_iommu_type1_dma_map", 32, {
  argsz: [0, 4],
  flags: [4, 4],
  vaddr: [8, 8],
  iova: [16, 8],
  size: [24, 8],
});

export const vfioDmaUnmap = new Struct("vfio_iommu_type1_dma_unmap", 24, {
  argsz: [0, 4],
  flags: [4, 4],
  iova: [8, 8],
  size: [16, 8],
});

export const vfioInfo = new Struct("vfio_iommu_type1_info", 24, {
  argsz: [0, 4],
  flags: [4, 4],
  iova_pgsizes: [8, 8],
  cap_offset: [16, 4],
  pad: [20, 4],
});

export const vfioInfoDmaAvail = new Struct("vfio_iommu_type1_info_dma_avail", 12, {
  id: [0, 2],
  version: [2, 2],
  next: [4, 4],
  avail: [8, 4],
});

export const vfioInfoIovaRange = new Struct("vfio_iommu_type1_info_cap_iova_range", 16, {
  id: [0, 2],
  version: [2, 2],
  next: [4, 4],
  nr_iovas: [8, 4],
  reserved: [12, 4],
});

export const vfioIovaRange = new Struct("vfio_iova_range", 16, { start: [0, 8], end: [8, 8] });
