import { beforeEach, describe, expect, it } from "vitest";
import { descriptor } from "../queues/descriptors.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { GIB, LegacyWorld, outputOf, PAGE } from "../queues/worlds.js";
import { QIE, REG, SRTP, TE, WBF } from "./offsets.js";

const DEVICE = 0x0108;

let unit: QueuedUnit;
beforeEach(async () => {
  unit = await QueuedUnit.create({ preset: "full" });
});

describe("VTD-11.4.4: handshakes of GCMD and GSTS", () => {
  it("SRTP sets RTPS, and a clear SRTP leaves it set", () => {
    unit.iommu.write32(REG.GCMD, SRTP);
    expect(unit.status).toBe(SRTP);
    unit.iommu.write32(REG.GCMD, 0);
    expect(unit.status).toBe(SRTP);
    unit.iommu.write32(REG.GCMD, SRTP);
    expect(unit.status).toBe(SRTP);
  });

  it("QIE and TE are levels: GSTS follows the bit that was written last", () => {
    unit.command(SRTP);
    unit.command(QIE);
    expect(unit.status).toBe(SRTP + QIE);
    unit.command(TE);
    expect(unit.status).toBe(SRTP + QIE + TE);
    unit.command(QIE, false);
    expect(unit.status).toBe(SRTP + TE);
    unit.iommu.write32(REG.GCMD, 0);
    expect(unit.status).toBe(SRTP);
  });

  it.each([
    ["SFL", 1 << 29],
    ["EAFL", 1 << 28],
    ["WBF", WBF],
    ["a reserved bit", 1 << 22],
    ["the lowest bit", 1],
  ])("%s, without its capability, changes nothing", (_, bit) => {
    unit.command(SRTP);
    unit.iommu.write32(REG.GCMD, bit);
    expect(unit.status).toBe(SRTP);
  });

  it.each([
    ["IRE", 1 << 25],
    ["SIRTP", 1 << 24],
    ["CFI", 1 << 23],
  ])("%s is a reserved bit without ECAP.IR", async (_, bit) => {
    const plain = await QueuedUnit.create({ preset: "second-stage" });
    plain.iommu.write32(REG.GCMD, bit);
    expect(plain.status).toBe(0);
  });

  it("QIE is a reserved bit without ECAP.QI", async () => {
    const old = await QueuedUnit.create({ preset: "legacy", capabilities: { QI: 0, DT: 0 } });
    old.iommu.write32(REG.GCMD, QIE);
    expect(old.status).toBe(0);
  });

  it("TE before the first SRTP since reset is not accepted (choice C2)", () => {
    unit.command(TE);
    expect(unit.status).toBe(0);
    expect(outputOf(unit, DEVICE, 0x5000n)).toBe(0x5000n);
    unit.setRoot(unit.frames.allocate());
    unit.command(TE);
    expect(unit.status).toBe((SRTP | TE) >>> 0);
    unit.iommu.reset("warm");
    unit.command(TE);
    expect(unit.status).toBe(0);
  });

  it("GSTS ignores writes", () => {
    unit.iommu.write32(REG.GSTS, 0xffff_ffff);
    expect(unit.status).toBe(0);
  });
});

describe("VTD-6.8: write-buffer flushes", () => {
  const flushes = () => unit.iommu.counters().writeBufferFlushes;

  async function old(capabilities: Record<string, number> = {}) {
    unit = await QueuedUnit.create({
      preset: "legacy",
      capabilities: { RWBF: 1, ...capabilities },
    });
  }

  it("choice C12: WBF is done by the write, and WBFS reads 0", async () => {
    await old();
    unit.command(SRTP);
    unit.command(WBF);
    expect(unit.status).toBe(SRTP);
    expect(flushes()).toBe(1n);
    unit.iommu.write32(REG.GCMD, 0);
    expect(flushes()).toBe(1n);
  });

  it("choice C1: WBF together with other commands is done too", async () => {
    await old();
    unit.iommu.write32(REG.GCMD, SRTP + QIE + WBF + TE);
    expect(unit.status).toBe(SRTP + QIE + TE);
    expect(flushes()).toBe(1n);
  });

  it("without RWBF there is nothing to flush", async () => {
    await old({ RWBF: 0 });
    unit.command(WBF);
    unit.iommu.write64(REG.CCMD, 0xa000_0000_0000_0000n);
    expect(flushes()).toBe(0n);
  });

  it("context-cache and IOTLB invalidations by register flush implicitly (§11.4.4.1)", async () => {
    await old();
    unit.iommu.write64(REG.CCMD, 0xa000_0000_0000_0000n);
    expect(flushes()).toBe(1n);
    unit.iommu.write64(REG.IOTLB, 0x9000_0000_0000_0000n);
    expect(flushes()).toBe(2n);
  });

  it("invalidations that are refused flush nothing", async () => {
    await old();
    unit.iommu.write64(REG.CCMD, 0x8000_0000_0000_0000n);
    unit.iommu.write64(REG.IOTLB, 0x8000_0000_0000_0000n);
    expect(flushes()).toBe(0n);
  });

  it("descriptors of the same kinds flush implicitly (§6.5.2.1, §6.5.2.3), and others do not", async () => {
    await old();
    unit.enableQueue();
    unit.submit(descriptor("CC_INV", { G: 1 }), descriptor("IOTLB_INV", { G: 1 }));
    expect(flushes()).toBe(2n);
    unit.submit(descriptor("WAIT", {}), descriptor("CC_INV", { G: 0 }));
    expect(unit.queueError).toBe(4);
    expect(flushes()).toBe(2n);
  });

  it("memory is coherent without a flush: a new entry counts at once (choice C12)", async () => {
    await old();
    const world = new LegacyWorld(unit);
    world.attach(DEVICE, 1);
    world.start();
    expect(outputOf(unit, DEVICE, 0n)).toBe("LGN.3");
    world.table(1).map(0n, 0x10_0000n);
    expect(outputOf(unit, DEVICE, 0n)).toBe(0x10_0000n);
    expect(flushes()).toBe(0n);
  });
});

describe("choice C1: several bits in one write of GCMD", () => {
  it("SRTP comes before TE", () => {
    unit.iommu.write64(REG.RTADDR, unit.frames.allocate() | (1n << 10n));
    unit.iommu.write32(REG.GCMD, SRTP + TE);
    expect(unit.status).toBe(SRTP + TE);
    expect(outputOf(unit, DEVICE, 0x5000n)).toBe("SRT.2");
  });

  it("SRTP comes before QIE: the queue starts in the new table mode", () => {
    const queue = unit.frames.allocate();
    const [low = 0n, high = 0n] = descriptor("CC_INV", { G: 1 });
    unit.memory.write64(queue, low);
    unit.memory.write64(queue + 8n, high);
    unit.iommu.write64(REG.IQA, queue);
    unit.iommu.write64(REG.IQT, 16n);
    unit.iommu.write64(REG.RTADDR, unit.frames.allocate() | (1n << 10n));
    unit.iommu.write32(REG.GCMD, SRTP + QIE);
    // 128-bit descriptors are good for legacy mode alone.
    expect(unit.queueError).toBe(5);
    expect(unit.head).toBe(0);
  });

  it("all of them are done by the one write", () => {
    unit.iommu.write32(REG.GCMD, SRTP + QIE + TE);
    expect(unit.status).toBe(SRTP + QIE + TE);
  });
});

describe("VTD-6.6: what SRTP latches", () => {
  function worlds() {
    const [first, second] = [new LegacyWorld(unit), new LegacyWorld(unit)];
    first.attach(DEVICE, 1);
    first.table(1).map(0n, 0x10_0000n, { count: 2 });
    second.attach(DEVICE, 1);
    second.table(1).map(0n, 0x20_0000n, { count: 2 });
    return [first, second] as const;
  }

  it("writing RTADDR has no effect until SRTP", () => {
    const [first, second] = worlds();
    first.start();
    unit.iommu.write64(REG.RTADDR, second.tables.rootTableAddress);
    expect(outputOf(unit, DEVICE, 0n)).toBe(0x10_0000n);
    expect(outputOf(unit, DEVICE, PAGE)).toBe(0x10_1000n);
    unit.command(SRTP);
    expect(outputOf(unit, DEVICE, 0n)).toBe(0x20_0000n);
  });

  it("the table mode is latched with the pointer", () => {
    const [first] = worlds();
    first.start();
    unit.iommu.write64(REG.RTADDR, first.tables.rootTableAddress | (3n << 10n));
    expect(outputOf(unit, DEVICE, 0n)).toBe(0x10_0000n);
    unit.command(SRTP);
    expect(outputOf(unit, DEVICE, 0n)).toBe("RTA.4");
  });

  it("TE off and on again goes on with the latched pointer", () => {
    const [first, second] = worlds();
    first.start();
    unit.command(TE, false);
    unit.iommu.write64(REG.RTADDR, second.tables.rootTableAddress);
    expect(outputOf(unit, DEVICE, 0n)).toBe(0n);
    unit.command(TE);
    expect(outputOf(unit, DEVICE, 0n)).toBe(0x10_0000n);
  });

  it("a reset forgets what was latched", () => {
    const [first, second] = worlds();
    first.start();
    unit.iommu.reset("warm");
    expect(outputOf(unit, DEVICE, 0n)).toBe(0n);
    second.start();
    expect(outputOf(unit, DEVICE, 0n)).toBe(0x20_0000n);
  });
});

describe("what the commands flush", () => {
  async function cached(preset: "full" | "legacy", capabilities: Record<string, number> = {}) {
    unit = await QueuedUnit.create({ preset, capabilities });
    const world = new LegacyWorld(unit);
    world.attach(DEVICE, 1);
    // The second page shares all non-leaf entries with the first, and the third none but the root.
    world.table(1).map(0n, 0x10_0000n, { count: 2 });
    world.table(1).map(2n * GIB, 0x10_2000n);
    world.start();
    for (const page of [0n, 2n * GIB]) outputOf(unit, DEVICE, page);
    return world;
  }

  /** Rewrites everything from the context entry on. */
  function moveAway(world: LegacyWorld) {
    const other = world.table(7);
    other.map(0n, 0x20_0000n, { count: 2 });
    other.map(2n * GIB, 0x20_2000n);
    world.tables.context(DEVICE, { kind: "second-stage", domain: 1, secondStage: other });
  }

  const looks = () => [0n, PAGE, 2n * GIB].map((page) => outputOf(unit, DEVICE, page));
  const STALE = [0x10_0000n, 0x10_1000n, 0x10_2000n];
  const FRESH = [0x20_0000n, 0x20_1000n, 0x20_2000n];

  it("VTD-11.4.2: with CAP.ESRTPS, SRTP invalidates every cache", async () => {
    const world = await cached("full");
    moveAway(world);
    expect(looks()).toEqual(STALE);
    unit.setRoot(world.tables.rootTableAddress);
    expect(looks()).toEqual(FRESH);
  });

  it.each([["full", { ESRTPS: 0 }] as const, ["legacy", {}] as const])(
    "VTD-6.6: without it, %s keeps its caches over SRTP",
    async (preset, capabilities) => {
      const world = await cached(preset, capabilities);
      moveAway(world);
      unit.setRoot(world.tables.rootTableAddress);
      expect(looks()).toEqual(STALE);
    },
  );

  it("without ESRTPS, context-cache and IOTLB invalidation must follow SRTP", async () => {
    const world = await cached("full", { ESRTPS: 0 });
    moveAway(world);
    unit.enableQueue();
    unit.setRoot(world.tables.rootTableAddress);
    unit.submit(descriptor("IOTLB_INV", { G: 1 }));
    expect(looks()).toEqual(STALE);
    unit.submit(descriptor("CC_INV", { G: 1 }), descriptor("IOTLB_INV", { G: 1 }));
    expect(looks()).toEqual(FRESH);
  });

  it("VTD-11.4.4.1: TE off invalidates every cache of a unit with scalable mode", async () => {
    const world = await cached("full", { ESRTPS: 0 });
    moveAway(world);
    unit.command(TE, false);
    unit.command(TE);
    expect(looks()).toEqual(FRESH);
  });

  it("TE off leaves the caches of a unit without scalable mode alone", async () => {
    const world = await cached("legacy");
    moveAway(world);
    unit.command(TE, false);
    unit.command(TE);
    expect(looks()).toEqual(STALE);
  });

  it("a reset empties every cache", async () => {
    const world = await cached("legacy");
    moveAway(world);
    unit.iommu.reset("warm");
    world.start();
    expect(looks()).toEqual(FRESH);
  });
});
