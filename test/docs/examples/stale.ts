// #region stale
import { startInvalidationQueue } from "./invalidation-queue.js";
import { startUnit } from "./unit.js";

const { iommu, memory, pages, tables } = await startUnit();
const submit = startInvalidationQueue(iommu, memory);
const read = { sourceId: 0x10, pasid: 5, address: 0x7000n, access: "read" } as const;
pages.map(0x7000n, 0x20_0000n);
iommu.translate(read);

pages.unmap(0x7000n);
console.log(iommu.translate(read).status); // => "ok"
console.log(iommu.explain(read).entries.map(({ structure }) => structure)); // => ["IOTLB entry"]
submit("PASID_IOTLB_INV", { G: 3, DID: 1, PASID: 5, ADDR: 0x7000n });
console.log(iommu.translate(read).status); // => "fault"

tables.removePasid("00:02.0", 5);
let result = iommu.translate(read); // the PASID cache still has the entry
console.log(result.status === "fault" && result.condition); // => "SFS.2"
submit("PASID_CACHE_INV", { G: 1, DID: 1, PASID: 5 });
result = iommu.translate(read);
console.log(result.status === "fault" && result.condition); // => "SPT.2"
// #endregion
