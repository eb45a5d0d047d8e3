// #region refused
import { startInvalidationQueue } from "./invalidation-queue.js";
import { FILL_ON_DEMAND, startDma, startMachine } from "./machine.js";
import { startPageQueue } from "./page-queue.js";

const parts = await startMachine();
const { machine, memory, bus, bar, iommu } = parts;
const submit = startInvalidationQueue(iommu, memory);
const takeRequests = startPageQueue(iommu, memory);

/** A DMA that no page is mapped for; every group gets the response code. */
function refuse(code: number): number | undefined {
  const status = startDma(parts, FILL_ON_DEMAND, 0x7000n, 64);
  machine.settle();
  for (const { last, answer } of takeRequests()) {
    if (last) submit("PAGE_GROUP_RESPONSE", { ...answer, RC: code });
  }
  machine.settle();
  return status();
}

console.log(refuse(1)); // PAGE_INVALID
// => 4
console.log(refuse(15), machine.config.read16(0x10, 0x114)); // PAGE_FAILURE, PRI Enable is clear
// => 5, 0
console.log(bus.read32(bar + 0x10n) & 0xc0); // RESPONSE_FAILURE and PRI_STOPPED
// => 0xc0
// #endregion
