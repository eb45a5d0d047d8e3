import { beforeEach, describe, expect, it } from "vitest";
import type { MemoryRequest } from "../../host/index.js";
import { REG, TE } from "../registers/offsets.js";
import { descriptor, statusWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { LegacyWorld, PAGE } from "./worlds.js";

const DEVICE = 0x0108;
const STATUS = 0x800n;
const READ: MemoryRequest = { sourceId: DEVICE, address: PAGE, access: "read" };

let unit: QueuedUnit;
let world: LegacyWorld;
beforeEach(async () => {
  unit = await QueuedUnit.create({ preset: "full" });
  world = new LegacyWorld(unit);
  world.attach(DEVICE, 1);
  world.table(1).map(0n, 0x10_0000n, { count: 2 });
});

const translationIsOn = () => (unit.status & TE) !== 0;

describe("VTD-11.4.4.1: when TES is set, no untranslated request is in flight", () => {
  beforeEach(() => unit.setRoot(world.tables.rootTableAddress));

  it("a request that begins between the command and its completion is translated", () => {
    const before = unit.iommu.beginAccess(READ);
    expect(before.result).toMatchObject({ status: "ok", address: PAGE });
    unit.command(TE);
    expect(translationIsOn()).toBe(false);
    const between = unit.iommu.beginAccess(READ);
    expect(between.result).toMatchObject({ status: "ok", address: 0x10_1000n });
    unit.iommu.endAccess(before.token);
    expect(translationIsOn()).toBe(true);
    unit.iommu.endAccess(between.token);
  });

  it("one that the tables do not allow faults already", () => {
    unit.iommu.beginAccess(READ);
    unit.command(TE);
    const { result } = unit.iommu.beginAccess({ ...READ, sourceId: DEVICE + 1 });
    expect(result).toMatchObject({ status: "fault", condition: "LCT.2", record: "recorded" });
  });

  it("TE taken back before that: requests pass again", () => {
    const { token } = unit.iommu.beginAccess(READ);
    unit.command(TE);
    unit.iommu.write32(REG.GCMD, 0);
    expect(unit.iommu.translate(READ)).toMatchObject({ address: PAGE });
    unit.iommu.endAccess(token);
    expect(translationIsOn()).toBe(false);
    expect(unit.iommu.translate(READ)).toMatchObject({ address: PAGE });
  });
});

describe("tokens of requests in flight", () => {
  it("are never 0, however many requests there were: a wait finds them all ended", () => {
    world.start();
    unit.enableQueue();
    let zeros = 0;
    // One more than there are generations of a slot.
    for (let count = 0; count <= 2 ** 21; count++) {
      const { token } = unit.iommu.beginAccess(READ);
      if (token <= 0) zeros++;
      unit.iommu.endAccess(token);
    }
    expect(zeros).toBe(0);
    unit.submit(descriptor("IOTLB_INV", { G: 1 }), statusWait(STATUS, 1));
    expect(unit.memory.read32(STATUS)).toBe(1);
  }, 60_000);

  it.each(["warm", "power-good"] as const)("do not become good again by a %s reset", (kind) => {
    const { token } = unit.iommu.beginAccess(READ);
    unit.iommu.reset(kind);
    const next = unit.iommu.beginAccess(READ);
    expect(() => unit.iommu.endAccess(token)).toThrow(RangeError);
    unit.iommu.endAccess(next.token);
  });
});
