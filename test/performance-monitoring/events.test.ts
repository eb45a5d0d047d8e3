import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory, Iommu } from "../../host/index.js";
import { remappableMessage } from "../../host/tables/index.js";
import { DEVICE as INTERRUPTING, InterruptUnit } from "../interrupts/interrupt-unit.js";
import { scriptedPort, Unit } from "../iommu/unit.js";
import { scalable } from "../iommu/conditions/scalable.js";
import { INPUT, PASID as IOMMU_PASID, SID } from "../iommu/worlds.js";
import { plainWait } from "../queues/descriptors.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, LegacyWorld, PAGE, ScalableWorld } from "../queues/worlds.js";
import { PRO, REG } from "../registers/offsets.js";
import { CountingUnit, EVENT, SUCCESS } from "./counting-unit.js";

const PASID = 4;
const read = (address: bigint) =>
  ({ sourceId: DEVICE, pasid: PASID, address, access: "read" }) as const;
const write = (address: bigint) => ({ ...read(address), access: "write" }) as const;

let unit: QueuedUnit;
let counting: CountingUnit;
let iommu: Iommu;

/** A device with eight pages in one page table of a first stage with four levels. */
async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}): Promise<void> {
  unit = await QueuedUnit.create({ preset: "full", ...options });
  iommu = unit.iommu;
  counting = new CountingUnit(iommu);
  const world = new ScalableWorld(unit);
  const firstStage = world.firstStage();
  firstStage.map(0n, 0x10_0000n, { count: 8 });
  world.pasid(PASID, { kind: "first-stage", domain: 1, firstStage });
  world.pasid(0, { kind: "first-stage", domain: 1, firstStage });
  world.start();
}

describe("VTD-10.7: events of a first-stage walk", () => {
  beforeEach(() => start());

  const lookups = [
    EVENT.IOTLB_LOOKUP,
    EVENT.IOTLB_HIT,
    EVENT.CONTEXT_LOOKUP,
    EVENT.CONTEXT_HIT,
    EVENT.PASID_LOOKUP,
    EVENT.PASID_HIT,
    EVENT.FIRST_STAGE_LOOKUP,
    EVENT.FIRST_STAGE_HIT,
  ];
  const others = [
    EVENT.REQUESTS,
    EVENT.MEMORY_READS,
    EVENT.FLAG_UPDATES,
    EVENT.SECOND_STAGE_LOOKUP,
    EVENT.SECOND_STAGE_HIT,
  ];

  it("a first request misses every cache and reads eight entries: four tables, four levels", () => {
    const work = () => void iommu.translate(read(0n));
    expect(counting.count(lookups, work)).toEqual([1n, 0n, 1n, 0n, 1n, 0n, 1n, 0n]);
  });

  it("its reads and the accessed flags that it sets", () => {
    const work = () => void iommu.translate(read(0n));
    expect(counting.count(others, work)).toEqual([1n, 8n, 4n, 0n, 0n]);
  });

  it("a neighbour page hits all but the IOTLB and reads its PTE; the same page reads nothing", () => {
    iommu.translate(read(0n));
    const neighbour = () => void iommu.translate(read(PAGE));
    expect(counting.count(lookups, neighbour)).toEqual([1n, 0n, 1n, 1n, 1n, 1n, 1n, 1n]);
    expect(counting.count(lookups, neighbour)).toEqual([1n, 1n, 0n, 0n, 0n, 0n, 0n, 0n]);
    expect(counting.count(others, neighbour)).toEqual([1n, 0n, 0n, 0n, 0n]);
  });

  it("a write through a page that is not dirty hits the IOTLB, and walks to set D", () => {
    iommu.translate(read(0n));
    const work = () => void iommu.translate(write(0n));
    expect(counting.count(lookups, work)).toEqual([1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n]);
    iommu.translate(read(PAGE));
    expect(counting.count(others, () => void iommu.translate(write(PAGE)))).toEqual([
      1n,
      1n,
      1n,
      0n,
      0n,
    ]);
  });

  it("a read that fails is one all the same, and the last one", () => {
    unit.memory.poison(iommu.read64(REG.RTADDR) & ~0xfffn, 4096n);
    const work = () => void iommu.translate(read(0n));
    expect(counting.count(others, work)).toEqual([1n, 1n, 0n, 0n, 0n]);
  });

  it("descriptors of the invalidation queue are read one by one", () => {
    unit.enableQueue();
    const work = () => {
      unit.submit(plainWait, plainWait, plainWait);
    };
    expect(counting.count([EVENT.MEMORY_READS], work)).toEqual([3n]);
  });

  it("several events of a group add up in one counter (§10.2)", () => {
    iommu.translate(read(0n));
    const events = [EVENT.CONTEXT_LOOKUP, EVENT.CONTEXT_HIT, EVENT.FIRST_STAGE_LOOKUP];
    expect(counting.start(3, events)).toBe(SUCCESS);
    iommu.translate(read(PAGE));
    expect(counting.read(3)).toBe(3n);
  });

  it("a batch counts what single requests count, and a second one what hits count", () => {
    const records = new Uint8Array(8 * 32);
    const view = new DataView(records.buffer);
    for (let page = 0; page < 8; page++) {
      view.setBigUint64(32 * page, BigInt(page) * PAGE, true);
      view.setUint32(32 * page + 8, DEVICE, true);
      view.setUint32(32 * page + 12, PASID, true);
      view.setUint32(32 * page + 16, 8 << 16, true);
    }
    const work = () => void iommu.translateBatch(records);
    expect(counting.count(others, work)).toEqual([8n, 15n, 11n, 0n, 0n]);
    expect(counting.count(lookups, work)).toEqual([8n, 8n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });

  it("a dry run counts nothing, and sends nothing", () => {
    for (const [counter, event] of lookups.entries()) counting.start(counter, event);
    iommu.explain(read(0n));
    expect(counting.values(8)).toEqual(new Array(8).fill(0n));
    iommu.translate(read(0n));
    expect(counting.read(0)).toBe(1n);
  });
});

describe("VTD-10.7: IOMMU_REQUESTS", () => {
  const requests = (work: () => void) => counting.count([EVENT.REQUESTS], work)[0];
  beforeEach(() => start());

  it("counts untranslated, translation and translated requests, answered or not", () => {
    const { pasid, ...without } = read(0n);
    expect(
      requests(() => {
        iommu.translate(read(0n));
        iommu.translate(read(0x900_0000n));
        iommu.translate({ ...read(0n), sourceId: 0x0300 });
        iommu.requestTranslation({ sourceId: DEVICE, pasid, address: 0n });
        iommu.translateTranslated(without);
        iommu.translateTranslated(read(0n));
      }),
    ).toBe(6n);
  });

  it("counts while translation is disabled, and requests that stay in flight once", () => {
    iommu.write32(REG.GCMD, 0);
    expect(
      requests(() => {
        iommu.endAccess(iommu.beginAccess(read(0n)).token);
      }),
    ).toBe(1n);
  });

  it("counts no interrupt message (choice M4) and no page request, but any other write to FEEx_xxxxh", () => {
    const message = { sourceId: DEVICE, address: 0xfee0_0000n, access: "write", size: 4 } as const;
    iommu.write64(REG.PQA, unit.frames.allocate());
    expect(
      requests(() => {
        expect(iommu.translate(message).status).toBe("interrupt");
        iommu.requestPage({ ...read(PAGE), read: true, write: false, last: false, group: 0 });
      }),
    ).toBe(0n);
    expect(requests(() => void iommu.translate({ ...message, size: 8 }))).toBe(1n);
  });
});

describe("VTD-10.7: a second stage", () => {
  const events = [
    EVENT.SECOND_STAGE_LOOKUP,
    EVENT.SECOND_STAGE_HIT,
    EVENT.FIRST_STAGE_LOOKUP,
    EVENT.PASID_LOOKUP,
    EVENT.FLAG_UPDATES,
    EVENT.MEMORY_READS,
    EVENT.IOTLB_LOOKUP,
  ];

  it("of legacy mode: root, context and three levels, no PASID, no flags", async () => {
    await start();
    const world = new LegacyWorld(unit);
    world.attach(0x0108, 1);
    world.table(1).map(0n, 0x10_0000n);
    world.start();
    const work = () => void iommu.translate({ sourceId: 0x0108, address: 0n, access: "write" });
    expect(counting.count(events, work)).toEqual([1n, 0n, 0n, 0n, 0n, 5n, 1n]);
  });

  it("below a first stage is walked for each entry and for the page", async () => {
    const nested = await Unit.create();
    scalable("nested", undefined, { pasid: { ssade: true } })(nested).start();
    const work = () =>
      void nested.iommu.translate({
        ...{ sourceId: SID, pasid: IOMMU_PASID, address: INPUT, access: "read", size: 8 },
      } as const);
    // First-stage tables share a second-stage page table; the page has one of its own, below the same root.
    const secondStageReads = 4n + 1n + 1n + 1n + 3n;
    // A in four first-stage entries. Second stage: the first walk sets A in 3 + A and D in 1, the three
    // that follow A and D in 1, the last A in 3.
    const flags = 4n + 4n + 3n + 3n;
    expect(new CountingUnit(nested.iommu).count(events, work)).toEqual([
      ...[5n, 4n, 1n, 1n],
      flags,
      4n + 4n + secondStageReads,
      1n,
    ]);
  });
});

describe("VTD-10.7: page requests", () => {
  const events = [EVENT.PAGE_REQUESTS, EVENT.OVERFLOW_RESPONSES, EVENT.REQUESTS];
  const ask = (last: boolean) =>
    iommu.requestPage({ ...read(PAGE), read: true, write: false, last, group: 1 });
  beforeEach(async () => {
    await start();
    iommu.write64(REG.PQA, unit.frames.allocate());
  });

  it("are counted when they are in the queue, stop markers too", () => {
    const work = () => {
      ask(false);
      ask(true);
      iommu.requestPage({ ...read(0n), read: false, write: false, last: true, group: 0 });
    };
    expect(counting.count(events, work)).toEqual([3n, 0n, 0n]);
  });

  it("responses of a full queue are counted, and not what it drops", () => {
    for (let n = 0; n < 127; n++) ask(false);
    const work = () => {
      ask(false);
      ask(true);
      ask(true);
    };
    expect(counting.count(events, work)).toEqual([0n, 2n, 0n]);
    expect(iommu.read32(REG.PRS) & PRO).toBe(PRO);
  });

  it("a refusal for want of permission is none of them", () => {
    const work = () => {
      iommu.requestPage({
        ...{ sourceId: 0x0300, pasid: PASID, address: 0n, group: 0 },
        ...{ read: true, write: false, last: true },
      });
    };
    expect(counting.count(events, work)).toEqual([0n, 0n, 0n]);
  });
});

describe("VTD-10.7: interrupts", () => {
  const events = [[4, 0] as const, [4, 1] as const, [4, 2] as const, EVENT.MEMORY_READS];

  it("a lookup in the interrupt entry cache, hits by what the entry is for", async () => {
    const interrupts = await InterruptUnit.create();
    const counters = new CountingUnit(interrupts.iommu);
    interrupts.table.remapped(3, { vector: 0x40, destination: 1 });
    const { address } = interrupts.descriptor().entry;
    interrupts.table.posted(4, { vector: 0x50, descriptor: address });
    const work = () => {
      interrupts.interrupt(3);
      interrupts.interrupt(4);
    };
    // Two entries, and the posted-interrupt descriptor.
    expect(counters.count(events, work)).toEqual([2n, 0n, 0n, 3n]);
    expect(counters.count(events, work)).toEqual([2n, 1n, 1n, 1n]);
  });

  it("a compatibility format message is looked up nowhere", async () => {
    const interrupts = await InterruptUnit.create();
    const counters = new CountingUnit(interrupts.iommu);
    const work = () =>
      void interrupts.iommu.remapInterrupt({
        ...remappableMessage(3),
        sourceId: INTERRUPTING,
        address: 0xfee0_0000n,
      });
    expect(counters.count(events, work)).toEqual([0n, 0n, 0n, 0n]);
  });
});

describe("an entry that changes under a walk (choice W5)", () => {
  it("is read again with what leads to it; the request and its IOTLB lookup count once (choice M7)", async () => {
    let moved: bigint | undefined;
    const racing = await Unit.create({
      source: (memory) => ({
        ...scriptedPort(memory),
        compareExchange64: (address: bigint, expected: bigint, replacement: bigint) => {
          if (address === moved) {
            moved = undefined;
            // An ignored bit.
            memory.write64(address, expected | (1n << 52n));
          }
          return memory.compareExchange64(address, expected, replacement);
        },
      }),
    });
    const world = scalable("first-stage")(racing).start();
    moved = world.first.entryAddress(INPUT, 1);
    const events = [
      EVENT.REQUESTS,
      EVENT.IOTLB_LOOKUP,
      EVENT.CONTEXT_LOOKUP,
      EVENT.CONTEXT_HIT,
      EVENT.FIRST_STAGE_HIT,
      EVENT.FLAG_UPDATES,
      EVENT.MEMORY_READS,
    ];
    const work = () =>
      void racing.iommu.translate({
        ...{ sourceId: SID, pasid: IOMMU_PASID, address: INPUT, access: "read", size: 8 },
      } as const);
    expect(new CountingUnit(racing.iommu).count(events, work)).toEqual([
      ...[1n, 1n, 2n, 1n, 1n, 4n],
      // Eight, and the leaf again.
      9n,
    ]);
  });
});

describe("VTD-11.4.13.14: what a unit does not have, it does not announce", () => {
  const groups = (each: Iommu) =>
    Array.from({ length: 5 }, (_, group) => each.read64(0x380 + 8 * group));

  it("full announces every event that is counted", async () => {
    await start();
    expect(groups(iommu)).toEqual([0b10n, 0b1100_1001n, 0xffn, 0b11n, 0b111n]);
    expect(Number((iommu.read64(REG.PERFCAP) >> 24n) & 31n)).toBe(5);
  });

  it("legacy mode alone has no PASIDs, no first stage, no flags and no page requests", async () => {
    const memory = GuestMemory.create({ size: 4096 });
    const capabilities = { ECMDS: 1, PMS: 1 };
    const legacy = await Iommu.create({ preset: "legacy", memory, capabilities });
    expect(groups(legacy)).toEqual([0b10n, 0b1n, 0b11_0011n, 0b11n, 0n]);
    expect(Number((legacy.read64(REG.PERFCAP) >> 24n) & 31n)).toBe(4);
  });
});
