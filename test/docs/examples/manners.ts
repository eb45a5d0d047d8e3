// #region manners
import { startInvalidationQueue } from "./invalidation-queue.js";
import { FILL_ON_DEMAND, startDma, startMachine } from "./machine.js";
import { startPageQueue } from "./page-queue.js";

const parts = await startMachine();
const { machine, memory, bus, bar, iommu, pages } = parts;
const submit = startInvalidationQueue(iommu, memory);
const takeRequests = startPageQueue(iommu, memory);
const setManners = (bits: number) => {
  bus.write32(bar + 0x20n, bits);
};

// IGNORE_PERMISSION: a translated write to a page that is mapped read-only.
pages.map(0x7000n, 0x20_0000n, { write: false });
setManners(1 << 5);
startDma(parts, 2 | (1 << 9), 0x7000n, 8);
machine.settle();
console.log(memory.read64(0x20_0000n)); // => 0x1122_3344_5566_7788n

// FORGE_TRANSLATED: the address is taken for a physical one, and nothing is asked.
setManners(1 << 6);
startDma(parts, 2 | (1 << 9), 0x30_0000n, 8);
machine.settle();
console.log(memory.read64(0x30_0000n)); // => 0x1122_3344_5566_7788n

// NO_LAST: a group that never ends, so it is never answered.
setManners(1 << 1);
const status = startDma(parts, FILL_ON_DEMAND, 0x8000n, 8);
machine.settle();
console.log(takeRequests().map(({ last }) => last)); // => [false]

// The way out: disable the queue with a stop marker, and drain.
bus.write32(bar + 0x1000n, 1 << 5); // ENABLE clear, STOP_MARKER
machine.settle();
const [marker] = takeRequests();
console.log(marker?.last, marker?.write); // a stop marker: L set, neither R nor W
// => true, false
submit("WAIT", { SW: 1, STATUS_DATA: 1, STATUS_ADDR: 0x80_2000n, PD: 1 });
console.log(status(), memory.read32(0x80_2000n)); // ABORTED, drained
// => 11, 1
// #endregion
