// #region tables
import { GuestMemory, Iommu } from "viommu";
import { FrameAllocator, LegacyTables, PAGE_2M, SecondStageTable } from "viommu/tables";

const memory = GuestMemory.create({ size: 16 * 2 ** 20 });
const frames = new FrameAllocator({ start: 0x1_0000n, end: 0x10_0000n });
const secondStage = new SecondStageTable({ memory, frames, levels: 4 });
secondStage.map(0x4000_0000n, 0x20_0000n, { size: PAGE_2M, count: 2 });
secondStage.map(0x7000n, 0x9000n, { write: false });

const tables = LegacyTables.create({ memory, frames });
tables.context("00:02.0", { kind: "second-stage", domain: 1, secondStage });

const iommu = await Iommu.create({ memory, preset: "legacy" });
iommu.write64(0x20, tables.rootTableAddress);
iommu.write32(0x18, 1 << 30);
iommu.write32(0x18, 1 << 31);
const request = { sourceId: 0x10, access: "read" } as const;
console.log(iommu.translate({ ...request, address: 0x4030_0000n }));
// => { status: "ok", address: 0x50_0000n, pageSize: PAGE_2M,
//      permissions: { read: true, write: true } }
// #endregion

// #region spoil
console.log(secondStage.entry(0x7000n, 1).get("R"), secondStage.lookup(0x7000n)?.physical);
// => 1n, 0x9000n
tables.contextEntry("00:02.0").set({ TT: 3 }); // a reserved translation type
iommu.write64(0x28, (1n << 63n) | (1n << 61n)); // CCMD: invalidate the context cache
iommu.write64(0xf8, (1n << 63n) | (1n << 60n)); // IOTLB: invalidate everything
const result = iommu.translate({ ...request, address: 0x7000n });
console.log(result.status === "fault" && result.condition); // => "LCT.4.2"
// #endregion
