// #region unit
import { GuestMemory, Iommu, type IommuOptions } from "viommu";
import { FirstStageTable, FrameAllocator, ScalableTables } from "viommu/tables";

/** A unit that translates: device 00:02.0 has PASID 5, and `pages` maps its addresses. */
export async function startUnit(options: Omit<IommuOptions, "memory"> = {}) {
  const memory = GuestMemory.create({ size: 16 * 2 ** 20 });
  const frames = new FrameAllocator({ start: 0x1_0000n, end: 0x10_0000n });
  const tables = ScalableTables.create({ memory, frames });
  const pages = new FirstStageTable({ memory, frames });
  tables.context("00:02.0", { dte: true, paside: true, pre: true });
  tables.pasid("00:02.0", 5, { kind: "first-stage", domain: 1, firstStage: pages });

  const iommu = await Iommu.create({ memory, ...options });
  iommu.write64(0x20, tables.rootTableAddress); // RTADDR
  iommu.write32(0x18, 1 << 30); // GCMD.SRTP: take the root table
  iommu.write32(0x18, 1 << 31); // GCMD.TE: translate
  return { memory, frames, tables, pages, iommu };
}
// #endregion
