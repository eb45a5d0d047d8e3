// #region page-requests
import { startInvalidationQueue } from "./invalidation-queue.js";
import { startPageQueue } from "./page-queue.js";
import { startUnit } from "./unit.js";

const { iommu, memory, pages } = await startUnit();
const submit = startInvalidationQueue(iommu, memory);
const takeRequests = startPageQueue(iommu, memory);
iommu.on("pageGroupResponse", (response) => console.log(response));
iommu.on("interrupt", ({ data }) => console.log("event", data));

const ask = { sourceId: 0x10, pasid: 5, read: true, write: true, group: 3 };
iommu.requestPage({ ...ask, address: 0x7000n, last: false }); // => "event", 0x42
console.log(iommu.requestPage({ ...ask, address: 0x8000n, last: true }));
// => { status: "accepted" }

for (const { address, last, answer } of takeRequests()) {
  pages.map(address, 0x20_0000n + address);
  if (last) submit("PAGE_GROUP_RESPONSE", { ...answer, RC: 0 });
}
// => { sourceId: 0x10, pasid: 5, group: 3, code: 0 }
const retry = { sourceId: 0x10, pasid: 5, address: 0x8000n, access: "write" } as const;
console.log(iommu.translate(retry).status); // => "ok"
// #endregion

// #region not-accepted
console.log(iommu.requestPage({ ...ask, sourceId: 0x18, address: 0x7000n, last: true }));
// => { sourceId: 0x18, pasid: 5, group: 3, code: 1 }
// => { status: "answered", code: "invalid-request", why: "SCT.2", record: "recorded" }
// #endregion
