// #region readme
import { GuestMemory, Iommu } from "viommu";
import { FirstStageTable, FrameAllocator, ScalableTables } from "viommu/tables";

const memory = GuestMemory.create({ size: 16 * 2 ** 20 });
const frames = new FrameAllocator({ start: 0x10000n, end: 0x100000n });
const tables = ScalableTables.create({ memory, frames });
const firstStage = new FirstStageTable({ memory, frames });
firstStage.map(0x7f00_0000_0000n, 0x20_0000n);
tables.context("00:02.0", { dte: true, paside: true, pre: true });
tables.pasid("00:02.0", 5, { kind: "first-stage", domain: 1, firstStage });

const iommu = await Iommu.create({ memory, preset: "full" });
iommu.write64(0x20, tables.rootTableAddress); // RTADDR
iommu.write32(0x18, 1 << 30); // GCMD.SRTP
iommu.write32(0x18, 1 << 31); // GCMD.TE

const request = { sourceId: 0x10, pasid: 5, access: "write" } as const;
console.log(iommu.translate({ ...request, address: 0x7f00_0000_0008n }));
// => { status: "ok", address: 0x20_0008n, pageSize: 4096,
//      permissions: { read: true, write: true } }
iommu.on("fault", ({ condition, record }) => console.log(condition, record));
iommu.translate({ ...request, address: 0x1000n }); // => "SFS.2", "recorded"
console.log(iommu.explain({ ...request, address: 0x1000n }).decision);
// => "SFS.2, reason 0x71: a first-stage entry is not present; answered UR"
// #endregion
