// #region flood
import { FILL_ON_DEMAND, startDma, startMachine } from "./machine.js";
import { startPageQueue } from "./page-queue.js";

const parts = await startMachine();
const { machine, memory, bus, bar, iommu } = parts;
const takeRequests = startPageQueue(iommu, memory);
let answered = 0;
iommu.on("pageGroupResponse", ({ code }) => (answered += code === 0 ? 1 : 0));

bus.write32(bar + 0x20n, 1 << 2); // MANNERS: FLOOD
startDma(parts, FILL_ON_DEMAND, 0x7f00_0000_0000n, 200 * 4096);
machine.run(1000);
console.log(iommu.read32(0xdc)); // PRS: PPR and PRO
// => 3
console.log(takeRequests().length, answered > 0); // => 127, true
iommu.write32(0xdc, 2); // PRO: from now on requests are queued again
// #endregion
