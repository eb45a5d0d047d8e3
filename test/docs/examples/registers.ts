// #region registers
import { startUnit } from "./unit.js";

const { iommu } = await startUnit();
console.log(iommu.read32(0x1c)); // GSTS: TES and RTPS
// => 0xc000_0000
console.log(iommu.access({ kind: "read", offset: 0x1e, size: 4 }));
// => { value: 0xffff_ffffn,
//      problem: "4-byte access to register offset 0x1e: must be aligned to its size" }
try {
  iommu.read32(0x1e);
} catch (error) {
  console.log((error as Error).name); // => "RegisterAccessError"
}

iommu.reset("warm"); // fault registers keep their sticky bits
console.log(iommu.read32(0x1c)); // => 0
// #endregion
