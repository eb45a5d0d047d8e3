import { beforeEach, describe, expect, it } from "vitest";
import { FirstStageTable, SecondStageTable, throughSecondStage } from "../../host/tables/index.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, ScalableWorld } from "../queues/worlds.js";

const PASID = 1;
const WRITE = 1 | (8 << 16);
const RECORD = 32;
const GIB = 2n ** 30n;

let unit: QueuedUnit;
let writes: bigint[];

async function start(): Promise<ScalableWorld> {
  // Caches of one entry, so that every walk begins at the top.
  const caches = { firstStagePaging: 1, secondStagePaging: 1 };
  unit = await QueuedUnit.create({ preset: "full", reportWrites: true, caches });
  writes = [];
  unit.iommu.on("memoryWrite", ({ address }) => writes.push(address));
  return new ScalableWorld(unit);
}

/** Every write that the unit counts was reported, once. */
function expectAllReported(): void {
  const { firstStageFlagUpdates, secondStageFlagUpdates } = unit.iommu.counters();
  expect(writes.length).toBe(Number(firstStageFlagUpdates + secondStageFlagUpdates));
  expect(new Set(writes).size).toBe(writes.length);
}

/** Records of the batch form: a write to each address. */
function batchOf(addresses: readonly bigint[]): Uint8Array {
  const records = new Uint8Array(RECORD * addresses.length);
  const view = new DataView(records.buffer);
  for (const [index, address] of addresses.entries()) {
    view.setBigUint64(RECORD * index, address, true);
    view.setUint32(RECORD * index + 8, DEVICE, true);
    view.setUint32(RECORD * index + 12, PASID, true);
    view.setUint32(RECORD * index + 16, WRITE, true);
  }
  return records;
}

describe("more writes of flags (§3.6.2) than the unit's outbox holds", () => {
  const PAGES = 3000;

  beforeEach(async () => {
    const world = await start();
    const table = world.firstStage();
    table.map(0n, 0x10_0000n, { count: PAGES });
    world.pasid(PASID, { kind: "first-stage", domain: 1, firstStage: table });
    world.start();
  });

  it("by single requests in words", () => {
    for (let page = 0; page < PAGES; page++) {
      expect(unit.iommu.translateWords(DEVICE, PASID, page << 12, 0, WRITE)).toBe(0);
      expect(unit.iommu.translatedLow).toBe(0x10_0000 + (page << 12));
    }
    expectAllReported();
  });

  it("by one batch", () => {
    const addresses = Array.from({ length: PAGES }, (_, page) => BigInt(page) << 12n);
    expect(unit.iommu.translateBatch(batchOf(addresses))).toBe(0);
    expectAllReported();
  });

  it("a listener that calls the unit does not change the answer in words", () => {
    const again = { sourceId: DEVICE, pasid: PASID, address: 0x5000n, access: "read" } as const;
    unit.iommu.on("memoryWrite", () => unit.iommu.translate(again));
    unit.iommu.translateWords(DEVICE, PASID, 0x2000, 0, WRITE);
    expect([unit.iommu.translatedLow, unit.iommu.translatedHigh]).toEqual([0x10_2000, 0]);
  });
});

it("a batch of nested walks (§3.8) with five levels in both stages reports every write", async () => {
  const world = await start();
  const { memory, frames } = unit;
  const secondStage = new SecondStageTable({ memory, frames, levels: 5 });
  const size = memory.regions[0]!.size;
  secondStage.map(0n, 0n, { count: size / 4096 });
  const inGuest = throughSecondStage(memory, secondStage);
  const firstStage = new FirstStageTable({ memory: inGuest, frames, levels: 5 });
  const addresses = Array.from({ length: 60 }, (_, index) => BigInt(index) * GIB);
  for (const [index, address] of addresses.entries()) {
    firstStage.map(address, BigInt(index) << 12n);
  }
  const stages = { firstStage, secondStage, ssade: true };
  world.pasid(PASID, { kind: "nested", domain: 1, ...stages });
  world.start();
  expect(unit.iommu.translateBatch(batchOf(addresses))).toBe(0);
  const { firstStageFlagUpdates, secondStageFlagUpdates } = unit.iommu.counters();
  expect(writes.length).toBe(Number(firstStageFlagUpdates + secondStageFlagUpdates));
  expect(writes.length).toBeGreaterThan(200);
});
