// #region stale-device
import { startInvalidationQueue } from "./invalidation-queue.js";
import { startDma, startMachine } from "./machine.js";

const FILL_BY_ATS = 2 | (1 << 9);
const parts = await startMachine();
const { machine, memory, bus, bar, iommu, pages } = parts;
const submit = startInvalidationQueue(iommu, memory);
const dma = () => {
  const status = startDma(parts, FILL_BY_ATS, 0x7000n, 8);
  machine.settle();
  return status();
};
const unmap = () => {
  pages.unmap(0x7000n);
  submit("PASID_IOTLB_INV", { G: 3, DID: 2, PASID: 5, ADDR: 0x7000n });
};
const invalidateDeviceTlb = () => {
  submit("PASID_DEV_TLB_INV", { SID: 0x10, PASID: 5, ADDR: 0x7000n });
  machine.run(4); // the device answers
};

pages.map(0x7000n, 0x20_0000n);
console.log(dma()); // => 0
unmap(); // and the device TLB is forgotten
console.log(dma()); // => 0
invalidateDeviceTlb();
console.log(dma()); // NO_PERMISSION
// => 3

pages.map(0x7000n, 0x20_0000n);
dma();
bus.write32(bar + 0x20n, 1 << 3); // MANNERS: STALE_TLB
unmap();
invalidateDeviceTlb();
console.log(dma()); // it said that it dropped the translation, and uses it
// => 0
// #endregion
