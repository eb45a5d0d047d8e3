import { beforeEach, describe, expect, it } from "vitest";
import { InterruptTable } from "../../host/tables/index.js";
import { CFI, InterruptUnit, invalidateEntries, IRE, QIE, REG, SIRTP } from "./interrupt-unit.js";

const FIRST = { vector: 0x41, destination: 1 } as const;
const SECOND = { vector: 0x42, destination: 2 } as const;
const INDEX = 5;

const vectorOf = (unit: InterruptUnit, index = INDEX) => {
  const result = unit.interrupt(index);
  return result.status === "ok" ? result.data & 0xff : result;
};
const IQE = 1 << 4;

describe("VTD-11.4.4: commands of interrupt remapping", () => {
  let unit: InterruptUnit;
  beforeEach(async () => {
    unit = await InterruptUnit.create({ enabled: false });
  });

  it("VTD-11.4.4.1: SIRTP sets IRTPS, IRE sets IRES, CFI sets CFIS; the latter two are levels", () => {
    expect(unit.status).toBe(QIE | SIRTP);
    unit.command(IRE);
    unit.command(CFI);
    expect(unit.status).toBe(QIE | SIRTP | IRE | CFI);
    unit.command(CFI, false);
    unit.command(IRE, false);
    expect(unit.status).toBe(QIE | SIRTP);
  });

  it("VTD-11.4.4.1: IRE before the first SIRTP since reset is not accepted (choice C2)", () => {
    unit.iommu.reset("warm");
    unit.command(IRE);
    expect(unit.status).toBe(0);
  });

  it("VTD-11.4.10: IRTA counts when SIRTP latches it, and not before", () => {
    unit.table.remapped(INDEX, FIRST);
    const other = InterruptTable.create({ memory: unit.memory, frames: unit.frames });
    other.remapped(INDEX, SECOND);
    unit.command(IRE);
    expect(vectorOf(unit)).toBe(FIRST.vector);
    unit.iommu.write64(REG.IRTA, other.tableAddress);
    unit.submit(invalidateEntries());
    expect(vectorOf(unit)).toBe(FIRST.vector);
    unit.command(SIRTP);
    expect(vectorOf(unit)).toBe(SECOND.vector);
  });

  it("VTD-11.4.10: EIME counts from SIRTP on", () => {
    unit.table.remapped(INDEX, FIRST);
    unit.command(IRE);
    unit.iommu.write64(REG.IRTA, unit.table.tableAddress | (1n << 11n));
    expect(unit.interrupt(INDEX)).toMatchObject({ address: 0xfee0_1000n });
    unit.command(SIRTP);
    // The destination field, 100h, is a 32-bit one now.
    expect(unit.interrupt(INDEX)).toMatchObject({ address: 0x0000_0100_fee0_0000n });
  });

  it("VTD-11.3: a reset switches remapping off and forgets the table", () => {
    unit.command(IRE);
    for (const kind of ["warm", "power-good"] as const) {
      unit.iommu.reset(kind);
      expect([unit.status, unit.iommu.read64(REG.IRTA)]).toEqual([0, 0n]);
      expect(unit.interrupt(INDEX)).toMatchObject({ status: "ok", remapped: false });
    }
  });

  it("VTD-11.4.10: EIME is reserved without ECAP.EIM", async () => {
    const xapic = await InterruptUnit.create({ capabilities: { EIM: 0 } });
    xapic.iommu.write64(REG.IRTA, 0x1000n | (1n << 11n));
    expect(xapic.iommu.read64(REG.IRTA)).toBe(0x1000n);
  });
});

describe("VTD-6.4: the interrupt entry cache", () => {
  const cached = async (options: Parameters<typeof InterruptUnit.create>[0] = {}) => {
    const unit = await InterruptUnit.create(options);
    for (const index of [4, 5, 6, 7, 8]) {
      unit.table.remapped(index, FIRST);
      unit.interrupt(index);
      unit.table.remapped(index, SECOND);
    }
    return unit;
  };
  const stale = (unit: InterruptUnit) =>
    [4, 5, 6, 7, 8].filter((index) => vectorOf(unit, index) === FIRST.vector);

  it("VTD-6.4: an entry that changed in memory stays as it was until it is invalidated", async () => {
    const unit = await cached();
    expect(stale(unit)).toEqual([4, 5, 6, 7, 8]);
    const { interruptEntryLookups, interruptEntryHits } = unit.iommu.counters();
    expect([interruptEntryLookups, interruptEntryHits]).toEqual([10n, 5n]);
  });

  it.each([
    [undefined, 0, []],
    [5, 0, [4, 6, 7, 8]],
    [5, 1, [6, 7, 8]],
    [6, 2, [8]],
    [0, 3, [8]],
    [8, 15, []],
    [9, 0, [4, 5, 6, 7, 8]],
  ])("VTD-6.5.2.8: index %s with mask %i leaves %j", async (index, mask, left) => {
    const unit = await cached();
    unit.submit(invalidateEntries(index, mask));
    expect(stale(unit)).toEqual(left);
  });

  it("VTD-6.5.2.8: a mask above ECAP.MHMV is an invalidation queue error", async () => {
    const unit = await cached({ capabilities: { MHMV: 2 } });
    unit.submit(invalidateEntries(4, 3));
    expect(unit.iommu.read32(REG.FSTS) & IQE).toBe(IQE);
    expect(unit.iommu.read64(REG.IQERCD)).toBe(4n);
    expect(unit.iommu.read64(REG.IQH)).toBe(0n);
    expect(stale(unit)).toEqual([4, 5, 6, 7, 8]);
  });

  it("VTD-6.5.2.8: a global one ignores the mask", async () => {
    const unit = await cached({ capabilities: { MHMV: 2 } });
    unit.submit([4n | (9n << 27n) | (0xffffn << 32n), 0n]);
    expect(stale(unit)).toEqual([]);
  });

  it.each([5n, 8n, 12n, 26n, 48n, 63n, 64n, 127n])(
    "VTD-6.5.2.8: reserved bit %i is an invalidation queue error",
    async (bit) => {
      const unit = await cached();
      unit.submit([4n | (bit < 64n ? 1n << bit : 0n), bit < 64n ? 0n : 1n << (bit - 64n)]);
      expect(unit.iommu.read64(REG.IQERCD)).toBe(4n);
      expect(stale(unit)).toEqual([4, 5, 6, 7, 8]);
    },
  );

  it("VTD-6.5.2.8: without ECAP.IR the descriptor's type does not exist", async () => {
    const unit = await InterruptUnit.create({ preset: "legacy" });
    unit.submit(invalidateEntries());
    expect(unit.iommu.read64(REG.IQERCD)).toBe(3n);
  });

  it.each([
    [1, "SIRTP", []],
    [1, "IRE off", []],
    [0, "SIRTP", [4, 5, 6, 7, 8]],
    [0, "IRE off", [4, 5, 6, 7, 8]],
  ])("VTD-6.7: with ESIRTPS %i, %s leaves %j", async (ESIRTPS, command, left) => {
    const unit = await cached({ capabilities: { ESIRTPS } });
    if (command === "SIRTP") unit.command(SIRTP);
    else unit.command(IRE, false);
    unit.command(IRE);
    expect(stale(unit)).toEqual(left);
  });

  it("VTD-6.4: with CM clear nothing is cached that met a fault", async () => {
    const unit = await InterruptUnit.create();
    expect(unit.interrupt(INDEX)).toMatchObject({ condition: "IR.22" });
    unit.table.remapped(INDEX, { ...FIRST, source: { sourceId: 0 } });
    expect(unit.interrupt(INDEX)).toMatchObject({ condition: "IR.26" });
    unit.table.remapped(INDEX, FIRST);
    expect(vectorOf(unit)).toBe(FIRST.vector);
  });

  it("VTD-6.4: with CM set an entry that is not present is cached, until it is invalidated", async () => {
    const unit = await InterruptUnit.create({ capabilities: { CM: 1 } });
    expect(unit.interrupt(INDEX)).toMatchObject({ condition: "IR.22", record: "recorded" });
    unit.table.remapped(INDEX, FIRST);
    expect(unit.interrupt(INDEX)).toMatchObject({ condition: "IR.22", record: "collapsed" });
    unit.submit(invalidateEntries(INDEX));
    expect(vectorOf(unit)).toBe(FIRST.vector);
  });

  it.each([
    ["24h: reserved bits", 0x24, { SVT: 3 }],
    ["26h: another source", 0x26, { SVT: 1, SQ: 0, SID: 0x0400 }],
  ] as const)(
    "VTD-6.4: with CM set what faults otherwise is cached too, %s",
    async (_, reason, bad) => {
      const unit = await InterruptUnit.create({ capabilities: { CM: 1 }, faultCollapse: false });
      const entry = unit.table.remapped(7, FIRST);
      const good = entry.read();
      entry.set(bad);
      expect(unit.interrupt(7)).toMatchObject({ status: "fault", reason });
      entry.write(good);
      expect(unit.interrupt(7), "stale").toMatchObject({ status: "fault", reason });
      expect(unit.faults().map((fault) => fault.reason)).toEqual([reason, reason]);
      unit.submit(invalidateEntries(7));
      expect(unit.interrupt(7).status).toBe("ok");
    },
  );

  it("VTD-6.8: with RWBF its invalidation flushes the write buffers, by index and as a whole", async () => {
    const capabilities = { RWBF: 1, IR: 1, EIM: 0, MHMV: 0 };
    const unit = await InterruptUnit.create({ preset: "legacy", capabilities });
    unit.submit(invalidateEntries(7), invalidateEntries());
    expect(unit.iommu.counters().writeBufferFlushes).toBe(2n);
  });

  it("VTD-9.9: the source of a request is checked against a cached entry too", async () => {
    const unit = await InterruptUnit.create();
    unit.table.remapped(INDEX, { ...FIRST, source: { sourceId: 0x100 } });
    expect(unit.interrupt(INDEX, undefined, 0x100)).toMatchObject({ status: "ok" });
    expect(unit.interrupt(INDEX, undefined, 0x101)).toMatchObject({ condition: "IR.26" });
  });

  it("VTD-5.1.3: an index beyond a table that became smaller faults although it is cached", async () => {
    const unit = await cached({ capabilities: { ESIRTPS: 0 } });
    unit.iommu.write64(REG.IRTA, unit.table.table | 1n);
    unit.command(SIRTP);
    expect(unit.interrupt(4)).toMatchObject({ condition: "IR.21" });
  });

  it("works with room for one entry", async () => {
    const unit = await cached({ caches: { interruptEntry: 1 } });
    expect([8, 4, 8].map((index) => vectorOf(unit, index))).toEqual([
      FIRST.vector,
      SECOND.vector,
      SECOND.vector,
    ]);
  });

  it("is part of a snapshot", async () => {
    const unit = await cached();
    const snapshot = unit.iommu.snapshot();
    unit.submit(invalidateEntries());
    expect(stale(unit)).toEqual([]);
    unit.iommu.restoreState(snapshot);
    expect(stale(unit)).toEqual([4, 5, 6, 7, 8]);
  });
});
