// #region unexpected
import { startInvalidationQueue } from "./invalidation-queue.js";
import { startMachine } from "./machine.js";

const { machine, memory, bus, bar, iommu } = await startMachine({ invalidationTimeout: 1000 });
const submit = startInvalidationQueue(iommu, memory);

bus.write32(bar + 0x80n, 7); // SPURIOUS_COMPLETION, ITag 7
console.log(iommu.read32(0x34) & 0x20, iommu.read64(0xb0) >> 48n); // FSTS.ICE, IQERCD.ICESID
// => 0x20, 0x10n
iommu.write32(0x34, 0x20);
// #endregion

// #region unanswered
const STATUS = 0x80_2000n;
bus.write32(bar + 0x20n, 1 << 4); // MANNERS: NO_INVALIDATE_ANSWER
submit("PASID_DEV_TLB_INV", { SID: 0x10, PASID: 5, ADDR: 0x7000n });
submit("WAIT", { SW: 1, STATUS_DATA: 1, STATUS_ADDR: STATUS });
machine.run(1000);
console.log(iommu.read32(0x34) & 0x40, (iommu.read64(0xb0) >> 32n) & 0xffffn); // FSTS.ITE, ITESID
// => 0x40, 0x10n
console.log(memory.read32(STATUS)); // => 0

iommu.write32(0x34, 0x40);
bus.write32(bar + 0x20n, 0);
submit("WAIT", { SW: 1, STATUS_DATA: 2, STATUS_ADDR: STATUS + 4n });
console.log(memory.read32(STATUS + 4n)); // the queue goes on
// => 2
console.log(memory.read32(STATUS)); // and the wait that was aborted never completes
// => 0
submit("PASID_DEV_TLB_INV", { SID: 0x10, PASID: 5, ADDR: 0x7000n }); // both once more
submit("WAIT", { SW: 1, STATUS_DATA: 1, STATUS_ADDR: STATUS });
machine.run(1);
console.log(memory.read32(STATUS)); // => 1
// #endregion
