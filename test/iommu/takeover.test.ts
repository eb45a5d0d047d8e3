/**
 * A second kernel takes over a unit that translates: TE stays on, the tables are copied, and a Set Root
 * Table Pointer leads to the copies (§6.6, §11.4.4.1).
 */
import { beforeEach, describe, expect, it } from "vitest";
import { descriptor } from "../queues/descriptors.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, outputOf, PAGE, ScalableWorld } from "../queues/worlds.js";
import { QIE, REG, SRTP, TE } from "../registers/offsets.js";

const PASID = 5;
/** Of the same device: its PASID entry is never looked up before the takeover. */
const OTHER_PASID = 6;
const DOMAIN = 0x21;
const OLD = 0x10_0000_0000n;
const NEW = 0x20_0000_0000n;
const FAR = 0x80_0000_0000n;

/** Both are set all the time: nothing passes untranslated. */
const RUNNING = (TE | SRTP) >>> 0;
const running = () => (unit.status & RUNNING) >>> 0;

let unit: QueuedUnit;

/** Second-stage tables that lead to `base`, for both PASIDs. */
function tables(base: bigint): ScalableWorld {
  const world = new ScalableWorld(unit);
  for (const [index, pasid] of [PASID, OTHER_PASID].entries()) {
    const secondStage = world.secondStage();
    secondStage.map(0n, base, { count: 4 });
    secondStage.map(FAR, base + FAR, { count: 4 });
    world.pasid(pasid, { kind: "second-stage", domain: DOMAIN + index, secondStage, pwsnp: true });
  }
  return world;
}

/** Copies root and context tables as a kernel does that knows nothing but RTADDR; answers RTADDR. */
function copyTables(): bigint {
  const { memory, frames, iommu } = unit;
  const copyOf = (page: bigint) => {
    const copy = frames.allocate();
    memory.writeBytes(copy, memory.readBytes(page, 4096));
    return copy;
  };
  const register = iommu.read64(REG.RTADDR);
  const root = copyOf(register & ~0xfffn);
  for (let half = root; half < root + 4096n; half += 8n) {
    const entry = memory.read64(half)!;
    if ((entry & 1n) !== 0n) memory.write64(half, copyOf(entry & ~0xfffn) | (entry & 0xfffn));
  }
  return root | (register & 0xfffn);
}

/** Four looks, each of which depends on one cache alone when the root pointer has changed. */
function looks() {
  return {
    iotlb: outputOf(unit, DEVICE, 0n, PASID),
    pagingStructures: outputOf(unit, DEVICE, 3n * PAGE, PASID),
    pasidEntry: outputOf(unit, DEVICE, FAR, PASID),
    contextEntry: outputOf(unit, DEVICE, 0n, OTHER_PASID),
  };
}

const all = (base: bigint) => ({
  iotlb: base,
  pagingStructures: base + 3n * PAGE,
  pasidEntry: base + FAR,
  contextEntry: base,
});

async function firstKernel(capabilities: Record<string, number> = {}): Promise<ScalableWorld> {
  unit = await QueuedUnit.create({ preset: "full", capabilities });
  const world = tables(OLD);
  world.start();
  unit.enableQueue();
  expect(outputOf(unit, DEVICE, 0n, PASID)).toBe(OLD);
  return world;
}

const flushes = [
  descriptor("CC_INV", { G: 1 }),
  descriptor("PASID_CACHE_INV", { G: 3 }),
  descriptor("IOTLB_INV", { G: 1 }),
];

describe("VTD-6.6: a copy of the tables", () => {
  it.each([1, 0])("takes over without a pause, ESRTPS=%i", async (ESRTPS) => {
    const first = await firstKernel({ ESRTPS });
    const { root, context } = first.tables.entryAddresses(DEVICE, PASID);
    expect(running()).toBe(RUNNING);

    // The queue of the first kernel is of no use: off, and on again with one's own.
    unit.command(QIE, false);
    unit.enableQueue();
    const copy = copyTables();
    expect(looks()).toEqual(all(OLD));
    unit.setRoot(copy);
    expect(running()).toBe(RUNNING);
    if (ESRTPS === 0) unit.submit(...flushes);
    expect(unit.queueError).toBe(0);

    // From now on nothing is read from the first kernel's root and context tables.
    for (const table of [root, context]) unit.memory.poison(table & ~0xfffn, 4096);
    expect(looks()).toEqual(all(OLD));
    expect(unit.faultStatus).toBe(0);
  });

  it("the device is then moved to tables of the second kernel, alone", async () => {
    await firstKernel();
    const copy = copyTables();
    unit.setRoot(copy);
    looks();
    const fresh = tables(NEW);
    const entry = fresh.tables.contextEntry(DEVICE).read();
    const [root = 0n] = [unit.memory.read64(copy & ~0xfffn)!];
    const at = (root & ~0xfffn) + 32n * BigInt(DEVICE & 0x7f);
    entry.forEach((word, index) => unit.memory.write64(at + 8n * BigInt(index), word));
    expect(looks(), "stale").toEqual(all(OLD));
    unit.submit(
      descriptor("CC_INV", { G: 3, SID: DEVICE }),
      descriptor("PASID_CACHE_INV", { G: 0, DID: DOMAIN }),
      descriptor("PASID_CACHE_INV", { G: 0, DID: DOMAIN + 1 }),
      descriptor("IOTLB_INV", { G: 2, DID: DOMAIN }),
      descriptor("IOTLB_INV", { G: 2, DID: DOMAIN + 1 }),
    );
    expect(looks()).toEqual(all(NEW));
  });

  it("requests in flight keep RTPS clear, and TES set", async () => {
    await firstKernel();
    const { token } = unit.iommu.beginAccess({
      ...{ sourceId: DEVICE, pasid: PASID, address: 0n, access: "read" },
    });
    unit.setRoot(copyTables());
    expect(running()).toBe(TE);
    expect(looks()).toEqual(all(OLD));
    unit.iommu.endAccess(token);
    expect(running()).toBe(RUNNING);
  });
});

describe("VTD-6.6: other tables, while TES is set", () => {
  it("with ESRTPS nothing stale is left", async () => {
    await firstKernel();
    unit.setRoot(tables(NEW).tables.rootTableAddress);
    expect(looks()).toEqual(all(NEW));
  });

  describe("without ESRTPS every cache is stale until it is invalidated", () => {
    beforeEach(async () => {
      await firstKernel({ ESRTPS: 0 });
      unit.setRoot(tables(NEW).tables.rootTableAddress);
    });

    it("none is, before", () => {
      expect(looks()).toEqual(all(OLD));
    });

    it("context-cache invalidation reaches what no other cache knows", () => {
      unit.submit(flushes[0]!);
      expect(looks()).toEqual({ ...all(OLD), contextEntry: NEW });
    });

    it("PASID-cache invalidation alone finds the old context entry still", () => {
      unit.submit(flushes[1]!);
      expect(looks()).toEqual(all(OLD));
    });

    it("context and PASID cache: pages that the IOTLB and the non-leaf entries cover are stale", () => {
      unit.submit(flushes[0]!, flushes[1]!);
      expect(looks()).toEqual({
        ...all(OLD),
        pasidEntry: NEW + FAR,
        contextEntry: NEW,
      });
    });

    it("all three, in this order, leave nothing stale", () => {
      unit.submit(...flushes);
      expect(looks()).toEqual(all(NEW));
    });
  });

  it("with ESRTPS the table mode may change too (§11.4.5): abort-DMA mode and back", async () => {
    const first = await firstKernel();
    const good = first.tables.rootTableAddress;
    unit.setRoot(good | (3n << 10n));
    expect(outputOf(unit, DEVICE, 0n, PASID)).toBe("RTA.4");
    unit.setRoot(good);
    expect(outputOf(unit, DEVICE, 0n, PASID)).toBe(OLD);
    expect(running()).toBe(RUNNING);
  });
});
