// #region queue-error
import { startInvalidationQueue } from "./invalidation-queue.js";
import { startUnit } from "./unit.js";

const { iommu, memory } = await startUnit();
const QUEUE = 0x80_0000n;
const submit = startInvalidationQueue(iommu, memory, QUEUE);
/** IQERCD.IQEI, valid while FSTS.IQE is set. */
const error = () => (iommu.read32(0x34) & 0x10 ? iommu.read64(0xb0) & 0xfn : undefined);

submit("PASID_CACHE_INV", { G: 2 }); // a reserved granularity
console.log(error(), iommu.read64(0x80)); // IQH stays at the bad descriptor
// => 4n, 0n
memory.write64(QUEUE, 5n); // replaced by a wait that asks for nothing
iommu.write32(0x34, 0x10);
console.log(error(), iommu.read64(0x80)); // => undefined, 0x20n

memory.write64(QUEUE + 0x20n, 5n);
memory.poison(QUEUE + 0x20n, 32);
iommu.write64(0x88, 0x40n); // a good descriptor that cannot be fetched
console.log(error()); // => 2n
memory.heal();
iommu.write32(0x34, 0x10);
console.log(error(), iommu.read64(0x80)); // => undefined, 0x40n

iommu.write64(0x88, 0x1000n); // a tail beyond the queue
console.log(error()); // => 1n
// #endregion
