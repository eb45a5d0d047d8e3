// #region counters
import { startUnit } from "./unit.js";

const { iommu, pages } = await startUnit();
pages.map(0x7000n, 0x20_0000n);
const configuration = (n: number) => iommu.read32(0x310) + 0x100 * n; // PERFCFGOFF
const counter = (n: number) => iommu.read32(0x31c) + 0x400 * n; // PERFCNTROFF
/** Submits an enhanced command; answers its status code. */
function command(code: number, operand = 0): number {
  iommu.write64(0x400, BigInt(code | (operand << 16))); // ECMD
  return Number(iommu.read64(0x410)) >> 1; // ECRSP.SC
}

iommu.write64(configuration(0), (1n << 33n) | (3n << 8n)); // group 3, event 1: IOTLB_HIT
iommu.write32(configuration(0) + 0x18, (1 << 31) | 1); // PERFPTLFLT: 4 KiB
iommu.write64(configuration(1), (1n << 33n) | 0b110n); // group 0, event 1, with IO and GFO
iommu.write64(counter(1), 2n ** 48n - 2n);
console.log(command(0xf0, 0), command(0xf0, 1)); // => 0, 0

iommu.on("interrupt", ({ data }) => console.log("interrupt", data));
iommu.write32(0x32c, 0x41); // PERFINTRDATA
iommu.write32(0x330, 0xfee0_0000); // PERFINTRADDR
iommu.write32(0x328, 0); // PERFINTRCTL: not masked

const read = { sourceId: 0x10, pasid: 5, address: 0x7000n, access: "read" } as const;
iommu.translate(read);
iommu.translate(read);
// => "interrupt", 0x41
console.log(iommu.read64(0x1808), iommu.read64(0x1800)); // overflowed; all are frozen
// => 2n, 0xffn
console.log(iommu.read64(counter(0))); // frozen before the second lookup hit
// => 0n
iommu.write64(0x1808, 2n);
iommu.write32(0x324, 1); // PERFINTRSTS.PIS
command(0xf5); // unfreeze
iommu.translate(read);
console.log(iommu.read64(counter(0)), iommu.read64(counter(1))); // => 1n, 1n
// #endregion
