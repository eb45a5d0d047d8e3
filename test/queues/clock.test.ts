import { expect, it } from "vitest";
import { ITE, REG } from "../registers/offsets.js";
import { descriptor } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";

const HALF = 2n ** 63n;

/** Lets so many ticks pass; one call takes less than 2^62. */
function advance(unit: QueuedUnit, ticks: bigint): void {
  for (let left = ticks; left > 0n;) {
    const step = left < 2n ** 61n ? left : 2n ** 61n;
    unit.iommu.advance(step);
    left -= step;
  }
}

it.each([2n * HALF - 50n, HALF - 50n, 2n * HALF - 100n])(
  "VTD-6.5.2.11: a time-out across the end of the clock, begun at %d, comes when it is due",
  async (start) => {
    const unit = await QueuedUnit.create({ preset: "full", invalidationTimeout: 100 });
    unit.enableQueue();
    advance(unit, start);
    unit.submit(descriptor("DEV_TLB_INV", { SID: 8 }));
    expect(unit.iommu.nextDeadline()).toBe(100n);
    unit.iommu.advance(99);
    expect(unit.faultStatus).toBe(0);
    expect(unit.iommu.nextDeadline()).toBe(1n);
    unit.iommu.advance(1);
    expect(unit.faultStatus).toBe(ITE);
    expect(unit.iommu.nextDeadline()).toBeUndefined();
  },
);

it("of two that are due on either side of the clock's end, ITESID tells of the earlier", async () => {
  const unit = await QueuedUnit.create({ preset: "full", invalidationTimeout: 100 });
  unit.enableQueue();
  advance(unit, 2n * HALF - 110n);
  unit.submit(descriptor("DEV_TLB_INV", { SID: 0x0300 }));
  unit.iommu.advance(50);
  unit.submit(descriptor("DEV_TLB_INV", { SID: 0x0200 }));
  unit.iommu.advance(2n ** 61n);
  expect((unit.iommu.read64(REG.IQERCD) >> 32n) & 0xffffn).toBe(0x0300n);
});
