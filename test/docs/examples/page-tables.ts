// #region table
import { GuestMemory } from "viommu";
import { FrameAllocator } from "viommu/tables";
import { Gather, Kernel, PageTable, secondStageFormat, TablePages } from "viommu/driver";

const kernel = new Kernel();
const memory = GuestMemory.create({ size: 2 ** 18 });
const frames = new FrameAllocator({ start: 0x1000n, end: 2n ** 18n });
const pages = new TablePages(kernel, { memory, frames });
const table = new PageTable({ pages, format: secondStageFormat() });

kernel.spawn("driver", function* () {
  const run = { iova: 0x20_0000n, physical: 0x4000_0000n, pageSize: 0x1000n, count: 3 };
  console.log(yield* table.mapPages(run)); // => { result: 0, mapped: 0x3000n }
  console.log(yield* table.iovaToPhys(0x20_1234n)); // => 0x4000_1234n
  const gather = new Gather();
  console.log(yield* table.unmapPages(0x20_0000n, 0x3000n, gather)); // => 0x3000n
  yield* table.sync(gather);
});
kernel.settle();
console.log(pages.live); // => 4
// #endregion

// #region lifetime
const freed = new Kernel();
const poisoned = new TablePages(freed, { memory, frames });
const counts = table.meter.paths.walk;
freed.spawn("debugfs", function* () {
  const page = poisoned.make(1);
  yield* poisoned.free(page);
  yield* page.load(0, counts);
});
try {
  freed.settle();
} catch {
  console.log(freed.violation!.invariant); // => "D-I1"
}
// #endregion

// #region explore
import { describeRun, explore, tableScan } from "viommu/driver";

const { violations } = await explore(tableScan, { variant: "gather-unlocked" });
const [found] = violations;
console.log(found!.invariant); // => "D-I1"
const steps = describeRun(found!.run).split("\n");
console.log(steps.filter((line) => line.includes("scanner")).length > 3); // => true
// #endregion

// #region dirty
import {
  bitmapBytes,
  DirtyBitmap,
  DirtyTracking,
  makeTableWorld,
  PagingDomain,
  Rwsem,
  TableRun,
} from "viommu/driver";

const world = await makeTableWorld();
const scanned = new Kernel();
const run = new TableRun(scanned, world);
const domain = new PagingDomain({
  name: "domain",
  domainId: 5,
  pages: run.pages,
  format: secondStageFormat(),
  dirtyTracking: true,
});
const device = run.plugDma({ name: "device", sourceId: 0x10 });
const area = { iova: 0n, length: 0x8000n };
const tracking = new DirtyTracking(domain, {
  lock: new Rwsem(scanned, "iova_rwsem"),
  areas: () => [area],
  alignment: 0x1000n,
});
const bytes = new Uint8Array(bitmapBytes(area.length, 0x1000n));

scanned.spawn("migration", function* () {
  yield* run.attachTo(domain, device);
  yield* domain.map(area.iova, 0x4000_0000n, area.length);
  yield* tracking.set(true);
  yield* device.access(0x3008n, "write");
  yield* tracking.get({ ...area, pageSize: 0x1000n, data: bytes });
});
scanned.settle();
console.log(new DirtyBitmap(area.iova, area.length, 0x1000n, bytes).has(0x3000n)); // => true
console.log(bytes); // => new Uint8Array([0b1000])
// #endregion

// #region meter
import { modelledCycles } from "viommu/driver";

const { paths, reclaim } = domain.table.meter;
console.log(paths.dirtyScan.loads, paths.dirtyScan.stores); // => 23, 1
console.log(modelledCycles(paths.dirtyScan) > 0); // => true
console.log(reclaim.peakDeferredBytes, scanned.locks.contended); // => 0, 0
// #endregion
