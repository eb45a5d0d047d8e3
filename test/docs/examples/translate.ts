// #region translate
import { startUnit } from "./unit.js";

const { iommu, pages } = await startUnit();
pages.map(0x7000n, 0x20_0000n, { write: false });

const read = { sourceId: 0x10, pasid: 5, address: 0x7008n, access: "read" } as const;
console.log(iommu.translate(read));
// => { status: "ok", address: 0x20_0008n, pageSize: 4096,
//      permissions: { read: true, write: false } }
console.log(iommu.translate({ ...read, access: "write" }));
// => { status: "fault", condition: "SGN.6", reason: 0x85, completion: "UR", record: "recorded" }
console.log(iommu.translate({ ...read, pasid: undefined, address: 0xfee0_0000n }).status);
// => "fault"
const message = { sourceId: 0x10, address: 0xfee0_0000n, access: "write", size: 4 } as const;
console.log(iommu.translate(message)); // => { status: "interrupt", address: 0xfee0_0000n }
// #endregion

// #region words
const WRITE = 1;
const SIZE = 8 << 16;
console.log(iommu.translateWords(0x10, 5, 0x7008, 0, SIZE)); // => 0
console.log(iommu.translatedLow, iommu.translatedHigh); // => 0x20_0008, 0
console.log(iommu.translateWords(0x10, 5, 0x7008, 0, SIZE | WRITE)); // => 2
// #endregion

// #region batch
const records = new Uint8Array(3 * 32);
const view = new DataView(records.buffer);
for (const [index, address] of [0x7000n, 0x7ff8n, 0x8000n].entries()) {
  view.setBigUint64(32 * index, address, true);
  view.setUint32(32 * index + 8, 0x10, true); // source-id
  view.setUint32(32 * index + 12, 5, true); // PASID, all ones for none
  view.setUint32(32 * index + 16, SIZE, true); // access: a read of 8 bytes
}
console.log(iommu.translateBatch(records)); // => 1
console.log(view.getBigUint64(32 + 24, true)); // => 0x20_0ff8n
console.log(view.getUint16(64 + 20, true)); // fault, reason 71h
// => 0x7102
// #endregion
