// #region fault-overflow
import { startUnit } from "./unit.js";

const { iommu } = await startUnit({ capabilities: { NFR: 0 } }); // one fault record
const read = { pasid: 5, address: 0x7000n, access: "read" } as const;
for (const sourceId of [0x10, 0x10, 0x18]) {
  const result = iommu.translate({ ...read, sourceId });
  console.log(result.status === "fault" && result.record);
}
// => "recorded"
// => "collapsed"
// => "overflow"
console.log(iommu.read32(0x34) & 3); // FSTS.PPF and PFO
// => 3
// #endregion
