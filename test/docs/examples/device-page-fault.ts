// #region device-page-fault
import { startInvalidationQueue } from "./invalidation-queue.js";
import { FILL_ON_DEMAND, startDma, startMachine } from "./machine.js";
import { startPageQueue } from "./page-queue.js";

const parts = await startMachine();
const { machine, memory, iommu, pages } = parts;
const submit = startInvalidationQueue(iommu, memory);
const takeRequests = startPageQueue(iommu, memory);

const status = startDma(parts, FILL_ON_DEMAND, 0x7f00_0000_0000n, 8192);
machine.settle();
console.log(status(), machine.interrupts.take());
// => undefined, [{ address: 0xfee0_0000n, data: 0x42 }]
for (const { address, last, answer } of takeRequests()) {
  console.log(address, last);
  pages.map(address, 0x20_0000n + (address & 0xffffn));
  if (last) submit("PAGE_GROUP_RESPONSE", { ...answer, RC: 0 });
}
// => 0x7f00_0000_0000n, false
// => 0x7f00_0000_1000n, true
machine.settle();
console.log(status(), memory.read64(0x20_1ff8n)); // => 0, 0x1122_3344_5566_7788n
// #endregion
