import { describe, expect, it } from "vitest";

import type { CounterName } from "../../host/core/layout.js";
import {
  readTiming,
  readWorkload,
  runProfile,
  workloads,
  type CacheName,
  type ProfileResult,
  type StageName,
} from "../../host/profile/index.js";
import { Flight } from "../../host/profile/model/flight.js";
import { statsText } from "../../host/profile/outputs/stats.js";
import { setAddress, World } from "../../host/profile/workloads/world.js";
import { FirstStageTable, SecondStageTable } from "../../host/tables/index.js";

const SEED = 3;

function profile(
  workload: string,
  { timing = "ideal", requests = 3000, seed = SEED, caches = {} } = {},
): Promise<ProfileResult> {
  const set = readTiming(timing);
  return runProfile({ ...readWorkload(workload), timing: set, requests, seed, caches });
}

function spans({ stages }: ProfileResult, name: StageName): number {
  return stages.find(({ stage, cause }) => stage === name && cause === "none")?.spans ?? 0;
}

/** Counters of the unit that are stages of the model. */
const READS: Partial<Record<StageName, CounterName>> = {
  rootRead: "rootReads",
  contextRead: "contextReads",
  pasidDirectoryRead: "pasidDirectoryReads",
  pasidEntryRead: "pasidEntryReads",
  firstStageRead: "firstStageReads",
  secondStageRead: "secondStageReads",
  firstStageFlagUpdate: "firstStageFlagUpdates",
  secondStageFlagUpdate: "secondStageFlagUpdates",
  iotlbLookup: "iotlbLookups",
};

const CACHES: readonly (readonly [CacheName, CounterName, CounterName])[] = [
  ["iotlb", "iotlbLookups", "iotlbHits"],
  ["context", "contextLookups", "contextHits"],
  ["pasid", "pasidLookups", "pasidHits"],
  ["firstStagePaging", "firstStagePagingLookups", "firstStagePagingHits"],
  ["secondStagePaging", "secondStagePagingLookups", "secondStagePagingHits"],
];

const SOME = [
  ...workloads.map(({ name }) => name),
  "random,tables=second-stage",
  "random,tables=nested,pages=2000",
  "sequential,page=2m,tables=nested,pages=64",
  "nic,invalidate=deferred,batch=16",
  "nic,invalidate=never",
  "random,flags=clear,pages=300,tables=nested",
  "random,flags=clear,pages=300,tables=second-stage",
  "nvme,tables=nested,buffers=2000,interval=10,arrivals=poisson",
];

describe.each(SOME)("workload %s", (workload) => {
  it("takes a stage for every read, lookup and update of flags that the unit counted", async () => {
    const result = await profile(workload);
    expect(result.requests).toBe(3000);
    for (const [stage, counter] of Object.entries(READS)) {
      expect([stage, spans(result, stage as StageName)]).toEqual([stage, result.counters[counter]]);
    }
    for (const [cache, lookups, hits] of CACHES) {
      expect(result.caches[cache]).toMatchObject({
        lookups: result.counters[lookups],
        hits: result.counters[hits],
      });
    }
  });

  it("is the same in every byte with the same seed, and its caches with any timing", async () => {
    const first = await profile(workload, { requests: 1000 });
    expect(statsText(await profile(workload, { requests: 1000 }))).toBe(statsText(first));
    const other = await profile(workload, { requests: 1000, timing: "server" });
    expect(other.caches).toEqual(first.caches);
    expect(other.counters).toEqual(first.counters);
    expect(other.cycles.total).toBeGreaterThan(first.cycles.total);
  });
});

const SMALLEST = { context: 1, pasid: 1, iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };

describe("what a walk costs (ideal: a lookup 1 cycle, a read 100)", () => {
  const LOOKUPS = 3;
  const MIB = 2 ** 20;

  it("§3.8: a request through two stages of four levels reads 24 paging entries", async () => {
    const world = await World.create({ ramBytes: 64 * MIB, caches: SMALLEST });
    const { memory, frames } = world;
    // Tables far from each other, so that the one entry of the paging-structure cache is of no use.
    let last = 4n * BigInt(MIB);
    const apart = { allocate: () => (last += 4n * BigInt(MIB)) };
    const secondStage = new SecondStageTable({ memory, frames });
    secondStage.map(0n, 0n, { count: (64 * MIB) / 4096 });
    const firstStage = new FirstStageTable({ memory, frames: apart, accessed: true });
    firstStage.map(0x7000n, 0x3f0_0000n, { accessed: true, dirty: true });
    const entry = { kind: "nested", domain: 1, firstStage, secondStage } as const;
    world.bind(0x100, undefined, { ...world.addressSpace(), entry });
    const flight = new Flight(0);
    flight.sourceId = 0x100;
    setAddress(flight, 0x7000);
    world.translate(flight, "read", 8);

    const steps = flight.program.describe();
    const walk = (level: number) => [
      ...["secondStagePagingLookup", "secondStageRead:4", "secondStageRead:3"],
      ...["secondStageRead:2", "secondStageRead:1", `firstStageRead:${level}`],
    ];
    expect(steps).toEqual([
      ...["request", "iotlbLookup", "dispatch"],
      ...["contextLookup", "rootRead", "contextRead"],
      ...["pasidLookup", "pasidDirectoryRead", "pasidEntryRead"],
      "firstStagePagingLookup",
      ...[4, 3, 2, 1].flatMap(walk),
      ...walk(0).slice(0, -1),
      "leaveWalker",
    ]);
    expect(steps.filter((step) => /Stage(Read)/.test(step))).toHaveLength(24);
    expect(flight.outcome).toBe(0);
  });

  it("a cold walk of four levels is 8 reads, one with cached paging structures 1, a hit none", async () => {
    const result = await profile("sequential,writes=0,pages=512", { requests: 65 });
    const { perRequest } = result.cycles;
    // The first request: root, context, directory, PASID entry, four levels; 64 requests to a page.
    expect(perRequest.max).toBe(8 * 100 + 1 + LOOKUPS);
    expect(perRequest.min).toBe(1);
    expect(spans(result, "firstStageRead")).toBe(5);
  });

  it("§3.6.2: flags that are clear cost an atomic update for each entry, and nothing the next time", async () => {
    const world = await World.create({ ramBytes: 8 * MIB, caches: SMALLEST });
    const { memory, frames } = world;
    const firstStage = new FirstStageTable({ memory, frames });
    firstStage.map(0x7000n, 0x3f0_0000n, {});
    firstStage.map(0x8000n, 0x3f0_0000n, {});
    const entry = { kind: "first-stage", domain: 1, firstStage } as const;
    world.bind(0x100, undefined, { ...world.addressSpace(), entry });
    const updates = (address: number, access: "read" | "write") => {
      const flight = new Flight(0);
      flight.sourceId = 0x100;
      setAddress(flight, address);
      world.translate(flight, access, 8);
      return flight.program.describe().filter((step) => step.startsWith("firstStageFlagUpdate"));
    };
    // Accessed at three levels and in the leaf; the dirty flag of a write comes with it, or alone.
    expect(updates(0x7000, "read")).toHaveLength(4);
    expect(updates(0x8000, "write")).toHaveLength(1);
    expect(updates(0x7000, "write")).toHaveLength(1);
    expect(updates(0x8000, "read")).toHaveLength(0);
    expect(updates(0x7000, "write")).toHaveLength(0);
  });

  it("larger paging-structure caches leave fewer reads: one for each miss of the IOTLB", async () => {
    const reads = async (entries: number) => {
      const caches = { iotlb: 1, firstStagePaging: entries };
      const { counters } = await profile("strided,stride=2097152,pages=64", { caches });
      return counters.firstStageReads / 3000;
    };
    expect(await reads(256)).toBeLessThan(1.2);
    expect(await reads(1)).toBeGreaterThan(1.9);
  });
});

it("§7.4: each page of shared memory faults once, and the parts add up to the whole", async () => {
  const result = await profile("sva,processes=2,chains=2,pages=100", { timing: "desktop" });
  const { count, total, parts } = result.pageFaults!;
  expect(count).toBe(200);
  expect(result.counters).toMatchObject({ pageRequestsQueued: 200, pageGroupResponses: 200 });
  const sum = Object.values(parts).reduce((all, part) => all + part.mean, 0);
  expect(sum / total.mean).toBeCloseTo(1, 9);
  // A response each: the device does not wait for the wait descriptor behind it.
  expect([spans(result, "descriptorRead"), spans(result, "response")]).toEqual([200, 200]);
});

it.each(["first-stage", "second-stage", "nested"])(
  "§3.6.2, §3.7.2: flags=clear, %s: each page is updated once for its first read and once for its first write",
  async (tables) => {
    const updates = async (text: string) => {
      const result = await profile(`sequential,pages=4,bytes=4096,tables=${tables},${text}`, {
        requests: 8,
      });
      const { firstStageFlagUpdates, secondStageFlagUpdates } = result.counters;
      return firstStageFlagUpdates + secondStageFlagUpdates;
    };
    expect(await updates("writes=100")).toBe(0);
    const [read, written] = [
      await updates("flags=clear,writes=0"),
      await updates("flags=clear,writes=100"),
    ];
    // Four leaves, and what leads to them; a first write sets both flags of a leaf at once.
    expect(read).toBeGreaterThanOrEqual(4 + 3);
    expect(written).toBeGreaterThanOrEqual(read);
    const atomic = async (flags: string) => {
      const { stages } = await profile(`random,pages=64,tables=${tables},flags=${flags}`);
      return stages.some(({ stage }) => stage.endsWith("FlagUpdate"));
    };
    expect([await atomic("set"), await atomic("clear")]).toEqual([false, true]);
  },
);

it.each([
  ["random,pages=1000", 0.02],
  ["tenants,tenants=200,pages=8", 0.1],
])(
  "%s: the miss-ratio curve says what the unit's IOTLB of other sizes misses, within %s",
  async (workload, most) => {
    const requests = 10_000;
    const { missRatio } = (await profile(workload, { requests })).reuseDistance;
    for (const iotlb of [64, 256, 1024]) {
      const { hitRate } = (await profile(workload, { requests, caches: { iotlb } })).caches.iotlb;
      const { ratio } = missRatio.find(({ entries }) => entries === iotlb)!;
      expect([iotlb, Math.abs(1 - hitRate - ratio) < most]).toEqual([iotlb, true]);
    }
  },
);

it("cycles of stages are those of requests", async () => {
  const result = await profile("nvme", { timing: "desktop" });
  const inStages = result.stages.reduce((sum, { cycles }) => sum + cycles, 0);
  const { mean, count } = result.cycles.perRequest;
  expect(inStages / (mean * count)).toBeCloseTo(1, 9);
  expect(result.outcomes).toEqual({ ok: 3000 });
});

describe("the driver of a NIC's ring", () => {
  const DEVICE = 0x100;
  const BUFFERS = 0x50_0000_0000n;
  const prepare = async (text: string, requests: number) => {
    const { workload, values } = readWorkload(`nic,rings=1,entries=16,${text}`);
    const caches = { iotlb: 4096 };
    const source = await workload.prepare({ requests, seed: SEED, caches, values });
    const { iommu } = source;
    const flight = new Flight(0);
    const step = () => {
      flight.clear();
      return source.next(flight);
    };
    const buffer = (page: number) =>
      iommu.explain({ sourceId: DEVICE, address: BUFFERS + 4096n * BigInt(page), access: "write" })
        .result;
    return { iommu, step, flight, buffer };
  };

  it("strict: the page of a packet is unmapped and invalidated, and another one is mapped at its address", async () => {
    const { step, buffer, iommu } = await prepare("invalidate=strict", 1000);
    const before = Array.from({ length: 16 }, (_, page) => buffer(page));
    // Sixteen packets of three requests and an invalidation each.
    for (let n = 0; n < 64; n++) step();
    const after = Array.from({ length: 16 }, (_, page) => buffer(page));
    for (const [page, result] of after.entries()) {
      expect(result.status).toBe("ok");
      expect(result).not.toEqual(before[page]);
    }
    // A page-selective descriptor and its wait for each packet; each new page is walked to once.
    const { descriptors, iotlbLookups, iotlbHits } = iommu.counters();
    expect(descriptors).toBe(32n);
    expect(iotlbLookups - iotlbHits).toBe(16n + 2n);
  });

  it("deferred: an address is not used again before the invalidation of all", async () => {
    const { step, flight, iommu } = await prepare("invalidate=deferred,batch=8", 1000);
    const sinceFlush = new Set<number>();
    let flushes = 0;
    for (let n = 0; n < 200; n++) {
      step();
      if (flight.work !== "") {
        flushes++;
        sinceFlush.clear();
      } else if (flight.addressHigh === 0x50) {
        expect(sinceFlush).not.toContain(flight.addressLow);
        sinceFlush.add(flight.addressLow);
      }
    }
    expect(flushes).toBe(8);
    expect(iommu.counters().descriptors).toBe(16n);
  });

  it("deferred: until then the device still reaches a page that is unmapped, which strict prevents", async () => {
    const reaches = async (mode: string) => {
      const { step, flight, iommu } = await prepare(`invalidate=${mode}`, 1000);
      step();
      step();
      const address = (BigInt(flight.addressHigh) << 32n) | BigInt(flight.addressLow >>> 0);
      const request = { sourceId: DEVICE, address, access: "write" } as const;
      const first = iommu.translate(request);
      // The completion, the unmapping, and what follows it.
      step();
      step();
      return [first, iommu.translate(request)];
    };
    const [before, after] = await reaches("deferred");
    expect(after).toEqual(before);
    const [mapped, remapped] = await reaches("strict");
    expect(remapped).not.toEqual(mapped);
  });
});

it("an IOTLB that drops each buffer (strict) makes rings slower than one that keeps it", async () => {
  const cycles = async (invalidate: string) =>
    (await profile(`nic,entries=64,invalidate=${invalidate}`, { timing: "desktop" })).cycles.total;
  const [strict, deferred, never] = [
    await cycles("strict"),
    await cycles("deferred"),
    await cycles("never"),
  ];
  expect(strict).toBeGreaterThan(deferred);
  expect(deferred).toBeGreaterThan(never);
});
