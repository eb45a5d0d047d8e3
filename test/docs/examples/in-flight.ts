// #region in-flight
import { startInvalidationQueue } from "./invalidation-queue.js";
import { startUnit } from "./unit.js";

const { iommu, memory, pages } = await startUnit();
const submit = startInvalidationQueue(iommu, memory);
const STATUS = 0x90_0000n;
pages.map(0x7000n, 0x20_0000n);

const write = { sourceId: 0x10, pasid: 5, address: 0x7000n, access: "write" } as const;
const { result, token } = iommu.beginAccess(write); // the data has not moved yet
pages.unmap(0x7000n);
submit("PASID_IOTLB_INV", { G: 3, DID: 1, PASID: 5, ADDR: 0x7000n });
submit("WAIT", { SW: 1, STATUS_DATA: 1, STATUS_ADDR: STATUS });
console.log(result.status, memory.read32(STATUS)); // => "ok", 0

iommu.endAccess(token);
console.log(memory.read32(STATUS)); // => 1
// #endregion
