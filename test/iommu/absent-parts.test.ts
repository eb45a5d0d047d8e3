import { beforeEach, describe, expect, it } from "vitest";
import { QueuedUnit } from "../queues/queued-unit.js";
import { LegacyWorld, outputOf } from "../queues/worlds.js";
import { REG, TE } from "../registers/offsets.js";

const DEVICE = 8;

describe("fault records (§11.4.7.6) at the offsets of registers that the unit lacks", () => {
  const RECORDS = 0xe0;
  let unit: QueuedUnit;

  beforeEach(async () => {
    const capabilities = { FRO: RECORDS >> 4, IRO: 0x10 };
    unit = await QueuedUnit.create({ preset: "legacy", capabilities });
    const world = new LegacyWorld(unit);
    world.attach(DEVICE, 1);
    world.start();
    expect(outputOf(unit, DEVICE, 0x4000_0000n)).toBe("LGN.3");
  });

  it("a write of FSTS leaves them alone", () => {
    unit.iommu.write32(REG.FSTS, 0);
    expect(unit.iommu.read64(RECORDS)).toBe(0x4000_0000n);
  });

  it("a write to them sends no event", () => {
    unit.iommu.write32(RECORDS, 0);
    expect(unit.sent.interrupts).toEqual([]);
  });
});

describe("a unit without device-TLBs (§11.4.7.1)", () => {
  it("treats an Invalidate Completion as an unsupported request: ICE is a reserved bit", async () => {
    const unit = await QueuedUnit.create({ preset: "legacy", capabilities: { DT: 0 } });
    unit.setRoot(unit.frames.allocate());
    unit.command(TE);
    unit.iommu.completeInvalidation({ sourceId: DEVICE, itag: 0 });
    expect([unit.faultStatus, unit.iommu.read64(REG.IQERCD)]).toEqual([0, 0n]);
  });
});

describe("VTD-11.2, choice C7: accesses that no 32-bit number describes", () => {
  const ALL_ONES = 2n ** 64n - 1n;
  let unit: QueuedUnit;
  beforeEach(async () => {
    unit = await QueuedUnit.create({ preset: "full" });
  });

  it.each([2 ** 32 + REG.CAP, -(2 ** 32) + REG.CAP, 2 ** 53, REG.CAP + 0.5, NaN])(
    "offset %d is outside the registers",
    (offset) => {
      const { value, problem } = unit.iommu.access({ kind: "read", offset, size: 8 });
      expect([value, problem]).toEqual([ALL_ONES, expect.stringMatching("0x4000 bytes")]);
    },
  );

  it("and a write there changes nothing", () => {
    const offset = 2 ** 32 + REG.FEDATA;
    unit.iommu.access({ kind: "write", offset, size: 4, value: 0x55n });
    expect(unit.iommu.read32(REG.FEDATA)).toBe(0);
  });

  it("a size of 2^32 + 4 is not 4", () => {
    const size = 2 ** 32 + 4;
    unit.iommu.access({ kind: "write", offset: REG.FEDATA, size, value: 0x55n });
    expect(unit.iommu.read32(REG.FEDATA)).toBe(0);
  });
});
