// #region faults
import { startUnit } from "./unit.js";

const { iommu } = await startUnit();
iommu.write32(0x3c, 0x40); // FEDATA, FEADDR: where the event is sent to
iommu.write32(0x40, 0xfee0_0000);
iommu.write32(0x38, 0); // FECTL: not masked
iommu.on("fault", (fault) => console.log(fault));
iommu.on("interrupt", (message) => console.log(message));

const read = { sourceId: 0x10, pasid: 5, address: 0x7abcn, access: "read" } as const;
iommu.translate(read);
// => { address: 0xfee0_0000n, data: 0x40 }
// => { sourceId: 0x10, pasid: 5, address: 0x7abcn, condition: "SFS.2", reason: 0x71,
//      record: "recorded" }
const again = iommu.translate(read);
// => { sourceId: 0x10, pasid: 5, address: 0x7abcn, condition: "SFS.2", reason: 0x71,
//      record: "collapsed" }
if (again.status === "fault") console.log(again.record); // => "collapsed"

const record = 0x220; // CAP.FRO times 16
console.log(iommu.read64(record)); // FRCD: the page
// => 0x7000n
console.log(iommu.read32(record + 12) & 0xff, iommu.read32(0x34) & 2); // reason, FSTS.PPF
// => 0x71, 2
iommu.write32(record + 12, 1 << 31); // F: software has read it
console.log(iommu.read32(0x34) & 2); // => 0
// #endregion
