// #region iommu-testdev
import { Machine } from "viommu";
import { iommuTestdevRegisters } from "viommu/devices";
import { FrameAllocator, LegacyTables, SecondStageTable } from "viommu/tables";

const TESTDEV = 0x20; // 00:04.0
const UNIT = 0xfed9_0000n;
const { reg, result } = iommuTestdevRegisters;

const machine = await Machine.create({
  memory: { size: 16 * 2 ** 20 },
  units: [{}],
  endpoints: [{ bdf: TESTDEV, kind: "iommu-testdev" }],
});
const { memory, bus, config } = machine;
const frames = new FrameAllocator({ start: 0x1_0000n, end: 0x10_0000n });
const tables = LegacyTables.create({ memory, frames });
const pages = new SecondStageTable({ memory, frames });
tables.context(TESTDEV, { kind: "second-stage", domain: 1, secondStage: pages });
pages.map(0x1020_0000n, 0x20_0000n);
bus.write64(UNIT + 0x20n, tables.rootTableAddress);
bus.write32(UNIT + 0x18n, 1 << 30);
bus.write32(UNIT + 0x18n, 1 << 31);

config.write16(TESTDEV, 0x04, 6); // decode memory, master the bus
const bar = BigInt(config.read32(TESTDEV, 0x10));

/** Writes the pattern at `iova`, which should reach `gpa`. Answers RESULT. */
function test(iova: number, gpa: number): number {
  bus.write32(bar + BigInt(reg.iovaLow), iova);
  bus.write32(bar + BigInt(reg.gpaLow), gpa);
  bus.write32(bar + BigInt(reg.length), 4);
  bus.write32(bar + BigInt(reg.doorbell), 1);
  bus.read32(bar + BigInt(reg.trigger)); // the read runs it
  return bus.read32(bar + BigInt(reg.result));
}

console.log(test(0x1020_0567, 0x20_0567) === result.ok, memory.read32(0x20_0567n) === 0x1234_5678);
// => true, true
console.log(test(0x1020_0567, 0x20_1567) === result.mismatch);
// => true
console.log(test(0x1030_0567, 0x20_0567) === result.dmaFailed);
// => true
// #endregion
