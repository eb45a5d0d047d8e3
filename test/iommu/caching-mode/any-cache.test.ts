/** Caching mode (CAP.CM = 1): what all caches of faults have in common (§6.1, §6.5). */
import { describe, expect, it } from "vitest";
import type { Unit } from "../unit.js";
import { INPUT, PASID, SID, type ScalableWorld } from "../worlds.js";
import {
  create,
  directory,
  legacyEntries,
  legacyWorld,
  pasidEntries,
  pasidEntry,
  reader,
  scalableEntries,
  scalableWorld,
  spoil,
} from "./faulting-entries.js";

describe("VTD-6.1: without CM a repaired entry counts at once", () => {
  it.each(legacyEntries)("%s", async (condition, spoiler) => {
    const unit = await create(0);
    const mend = spoiler(legacyWorld(unit));
    const read = reader(unit);
    expect(read()).toBe(condition);
    mend();
    expect(read()).toBe("ok");
  });

  it.each([...scalableEntries, ...pasidEntries])("%s", async (condition, spoiler) => {
    const unit = await create(0);
    const mend = spoiler(scalableWorld(unit, "second-stage"));
    const read = reader(unit, PASID);
    expect(read()).toBe(condition);
    mend();
    expect(read()).toBe("ok");
  });
});

describe("faults that are served from a cache", () => {
  const fates = (unit: Unit, count: number, pasid?: number) =>
    Array.from({ length: count }, () => {
      const access = "read" as const;
      const result = unit.iommu.translate({ sourceId: SID, pasid, address: INPUT, access });
      return result.status === "fault" ? result.record : result.status;
    });

  it.each([
    ["context entry", (w: ScalableWorld) => void w.contextEntry.set({ P: 0 })],
    ["PASID directory entry", (w: ScalableWorld) => void directory(w).set({ P: 0 })],
    ["PASID table entry", (w: ScalableWorld) => void pasidEntry(w).set({ P: 0 })],
    ["second-stage entry", (w: ScalableWorld) => void w.second.unmap(INPUT)],
  ])("of a %s are recorded for each request", async (_, change) => {
    const unit = await create();
    change(scalableWorld(unit, "second-stage"));
    expect(fates(unit, 3, PASID)).toEqual(["recorded", "recorded", "recorded"]);
    const records = unit.faultRecords();
    expect(records).toHaveLength(3);
    const equal = records.map((record) => JSON.stringify({ ...record, index: 0 }, text));
    expect(new Set(equal).size).toBe(1);
    expect(unit.iommu.counters().faults).toBe(3n);
  });

  it.each(["context", "directory", "pasid"] as const)(
    "are suppressed for each request by FPD of the %s entry",
    async (place) => {
      const unit = await create();
      const world = scalableWorld(unit, "second-stage");
      world.setFpd(place);
      if (place === "context") world.contextEntry.set({ P: 0 });
      if (place === "directory") directory(world).set({ P: 0 });
      if (place === "pasid") pasidEntry(world).set({ P: 0 });
      expect(fates(unit, 3, PASID)).toEqual(["suppressed", "suppressed", "suppressed"]);
    },
  );

  it("of a second-stage entry are suppressed by the FPD that was met when they were cached", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    world.setFpd("pasid");
    world.second.unmap(INPUT);
    expect(fates(unit, 2, PASID)).toEqual(["suppressed", "suppressed"]);
  });

  it("read no memory again", async () => {
    const unit = await create();
    scalableWorld(unit, "second-stage").contextEntry.set({ P: 0 });
    fates(unit, 1, PASID);
    const before = unit.iommu.counters();
    fates(unit, 1, PASID);
    const after = unit.iommu.counters();
    expect(after.contextReads).toBe(before.contextReads);
    expect(after.contextHits - before.contextHits).toBe(1n);
  });

  it("are explained, and explaining caches nothing", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    const mend = spoil(pasidEntry(world), (e) => e.set({ P: 0 }));
    const request = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
    expect(unit.iommu.explain(request).result).toMatchObject({ condition: "SPT.2" });
    mend();
    expect(unit.iommu.explain(request).result).toMatchObject({ status: "ok" });
    pasidEntry(world).set({ P: 0 });
    unit.iommu.translate(request);
    mend();
    const explained = unit.iommu.explain(request);
    expect(explained.result).toMatchObject({ condition: "SPT.2" });
    expect(explained.entries.map(({ structure }) => structure)).toContain("PASID cache entry");
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString(16) : value;
}

describe("accesses to memory that fail", () => {
  it.each([
    ["the context entry", "SCT.1", (w: ScalableWorld) => w.contextEntry.address],
    ["the PASID table entry", "SPT.1", (w: ScalableWorld) => pasidEntry(w).address],
    ["a second-stage entry", "SSS.1", (w: ScalableWorld) => w.second.entry(INPUT, 1).address],
  ])("choice K5: %s was not read, and is not cached", async (_, condition, address) => {
    const unit = await create();
    const at = address(scalableWorld(unit, "second-stage"));
    const read = reader(unit, PASID);
    unit.memory.poison(at, 8);
    expect(read()).toBe(condition);
    unit.memory.heal(at, 8);
    expect(read()).toBe("ok");
  });
});

describe("VTD-6.5: what flushes everything flushes faults", () => {
  it("SRTP with ESRTPS, and TE off with SMTS", async () => {
    for (const flush of ["SRTP", "TE"]) {
      const unit = await create();
      const world = scalableWorld(unit, "second-stage");
      const mend = spoil(world.contextEntry, (e) => e.set({ P: 0 }));
      const read = reader(unit, PASID);
      read();
      mend();
      if (flush === "SRTP") unit.setRoot(world.rootTableAddress);
      else {
        unit.stopTranslation();
        world.start();
      }
      expect(read(), flush).toBe("ok");
    }
  });
});
