// #region device-tlb
import { startInvalidationQueue } from "./invalidation-queue.js";
import { startUnit } from "./unit.js";

const { iommu, memory } = await startUnit({ invalidationTimeout: 1000 });
const submit = startInvalidationQueue(iommu, memory);
const STATUS = 0x90_0000n;
iommu.on("deviceTlbInvalidate", (request) => console.log(request));

submit("PASID_DEV_TLB_INV", { SID: 0x10, PASID: 5, ADDR: 0x7000n });
// => { sourceId: 0x10, pasid: 5, address: 0x7000n, sizeBit: false, global: false, itag: 0 }
submit("WAIT", { SW: 1, STATUS_DATA: 1, STATUS_ADDR: STATUS });
console.log(memory.read32(STATUS), iommu.nextDeadline()); // => 0, 1000n

iommu.completeInvalidation({ sourceId: 0x10, itag: 0 }); // what the device does
console.log(memory.read32(STATUS), iommu.nextDeadline()); // => 1, undefined
// #endregion

// #region time-out
submit("PASID_DEV_TLB_INV", { SID: 0x10, PASID: 5, ADDR: 0x7000n });
// => { sourceId: 0x10, pasid: 5, address: 0x7000n, sizeBit: false, global: false, itag: 1 }
iommu.advance(999);
console.log(iommu.read32(0x34) & (1 << 6)); // FSTS.ITE
// => 0
iommu.advance(1);
console.log(iommu.read32(0x34) & (1 << 6)); // => 64
// #endregion
