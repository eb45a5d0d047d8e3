import { describe, expect, it } from "vitest";
import type { Access } from "../../host/index.js";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { INPUT, OUTPUT, PASID, SID, type ScalableWorld } from "./worlds.js";

const A = 1n << 5n;
const D = 1n << 6n;
const EA = 1n << 10n;
const LEVELS = [5, 4, 3, 2, 1] as const;

const request = (access: Access) => ({ sourceId: SID, pasid: PASID, address: INPUT, access });

/** The words of all entries of the walk, root first. */
const words = (world: ScalableWorld) => world.first.walk(INPUT).map(({ value }) => value);

/** Adds flags to every entry, and more to the last. */
const withFlags = (before: readonly bigint[], flags: bigint, leaf = flags) =>
  before.map((word, index) => word | (index === before.length - 1 ? leaf : flags));

async function world(
  options: NonNullable<Parameters<typeof scalable>[2]> = {},
  mapping?: Parameters<typeof scalable>[3],
): Promise<ScalableWorld> {
  const unit = await Unit.create();
  return scalable("first-stage", undefined, { firstLevels: 5, ...options }, mapping)(unit).start();
}

describe("VTD-3.6.2: flags of first-stage entries", () => {
  it("VTD-3.6.2: a read sets A in every entry, and nothing else", async () => {
    const w = await world();
    const before = words(w);
    expect(w.unit.iommu.translate(request("read")).status).toBe("ok");
    expect(words(w)).toEqual(withFlags(before, A));
  });

  it.each(["write", "atomic"] as const)(
    "VTD-3.6.2: access %s sets D in the leaf",
    async (access) => {
      const w = await world();
      const before = words(w);
      expect(w.unit.iommu.translate(request(access)).status).toBe("ok");
      expect(words(w)).toEqual(withFlags(before, A, A | D));
    },
  );

  it("VTD-3.6.2: a zero-length read is a read", async () => {
    const w = await world();
    const before = words(w);
    w.unit.iommu.translate({ ...request("read"), size: 0 });
    expect(words(w)).toEqual(withFlags(before, A));
  });

  it("VTD-3.6.2: with EAFE, EA is set together with A, without it never", async () => {
    const w = await world({ pasid: { eafe: true } });
    const before = words(w);
    w.unit.iommu.translate(request("write"));
    expect(words(w)).toEqual(withFlags(before, A | EA, A | EA | D));
  });

  it("VTD-3.6.2: with EAFE, EA is set where A is set already", async () => {
    const w = await world({ pasid: { eafe: true } });
    for (const level of LEVELS) w.first.entry(INPUT, level).set({ A: 1 });
    const before = words(w);
    w.unit.iommu.translate(request("read"));
    expect(words(w)).toEqual(withFlags(before, EA));
  });

  it.each([
    [0x20_0000, 3],
    [0x4000_0000, 2],
  ] as const)("VTD-3.6.2: the leaf of a page of %i bytes gets D", async (size, above) => {
    const w = await world({}, { size });
    const before = words(w);
    expect(before).toHaveLength(above + 1);
    w.unit.iommu.translate(request("write"));
    expect(words(w)).toEqual(withFlags(before, A, A | D));
  });

  it("VTD-6.2.4: a write through a translation cached by a read walks again and sets D", async () => {
    const w = await world();
    const before = words(w);
    w.unit.iommu.translate(request("read"));
    const { firstStageFlagUpdates: updates, iotlbHits: hits } = w.unit.iommu.counters();
    expect(w.unit.iommu.translate(request("write"))).toMatchObject({ address: OUTPUT });
    expect(words(w)).toEqual(withFlags(before, A, A | D));
    const after = w.unit.iommu.counters();
    expect(after.firstStageFlagUpdates - updates).toBe(1n);
    expect(after.iotlbHits - hits).toBe(1n);
  });

  it("VTD-6.2.4: a write through a translation cached by a write does not look at memory", async () => {
    const w = await world();
    w.unit.iommu.translate(request("write"));
    w.first.entry(INPUT, 1).set({ D: 0, A: 0 });
    const { firstStageReads } = w.unit.iommu.counters();
    expect(w.unit.iommu.translate(request("write")).status).toBe("ok");
    expect(w.unit.iommu.counters().firstStageReads).toBe(firstStageReads);
    expect(w.first.entry(INPUT, 1).get("D")).toBe(0n);
  });

  it("VTD-6.2.4: what cannot set D for a cached clean page faults, and reads go on", async () => {
    const w = await world();
    w.unit.iommu.translate(request("read"));
    w.unit.memory.poison(w.first.entryAddress(INPUT, 1), 8, { reads: false });
    expect(w.unit.iommu.translate(request("write"))).toMatchObject({ condition: "SFS.10" });
    expect(w.unit.iommu.translate(request("read")).status).toBe("ok");
  });
});

describe("VTD-3.6.2: requests that are refused", () => {
  it.each([
    ["a write to a read-only page", "write", { write: false }, "SGN.6"],
    ["a user's read of a supervisor page", "read", { user: false }, "SGN.2"],
  ] as const)(
    "VTD-3.6.2: %s sets A above the leaf, and nothing in the leaf (choice W1)",
    async (_what, access, first, condition) => {
      const w = await world({}, { first });
      const before = words(w);
      expect(w.unit.iommu.translate(request(access))).toMatchObject({ condition });
      expect(words(w)).toEqual(withFlags(before, A, 0n));
    },
  );

  it("VTD-3.6.2: an entry that is not present ends the setting of flags", async () => {
    const w = await world();
    w.first.entry(INPUT, 3).set({ P: 0 });
    const before = words(w);
    expect(w.unit.iommu.translate(request("read"))).toMatchObject({ condition: "SFS.2" });
    expect(words(w)).toEqual(withFlags(before, A, 0n));
  });

  it("VTD-3.6.2: lack of rights is found before walks that are not snooped (choice W6)", async () => {
    const w = await world({ pasid: { pwsnp: false } }, { first: { write: false } });
    for (const level of [5, 4, 3, 2] as const) w.first.entry(INPUT, level).set({ A: 1 });
    expect(w.unit.iommu.translate(request("write"))).toMatchObject({ condition: "SGN.6" });
  });
});

describe("VTD-3.10: walks that are not snooped", () => {
  it.each([
    ["PWSNP is 0", {}, { pwsnp: false }],
    ["the unit has no SMPWCS", { SMPWCS: 0, SSADS: 0, EAFS: 0 }, {}],
  ] as const)(
    "VTD-3.10: do as long as no flag is to be set: %s",
    async (_why, capabilities, pasid) => {
      const unit = await Unit.create({ capabilities });
      const w = scalable("first-stage", undefined, { pasid }, { first: { accessed: true } })(unit);
      for (const level of [4, 3, 2] as const) w.first.entry(INPUT, level).set({ A: 1 });
      w.start();
      expect(unit.iommu.translate(request("read"))).toMatchObject({ address: OUTPUT });
      expect(unit.iommu.translate(request("write"))).toMatchObject({ condition: "SFS.9" });
      w.first.entry(INPUT, 1).set({ D: 1 });
      expect(unit.iommu.translate(request("write"))).toMatchObject({ address: OUTPUT });
    },
  );
});

describe("VTD-4.2.2: flags that translation requests set", () => {
  const ats = { sourceId: SID, pasid: PASID, address: INPUT } as const;

  it.each([
    ["NW clear, write granted", {}, {}, false, A | D],
    ["NW set", {}, {}, true, A],
    ["NW set and ECAP.NWFS clear", { NWFS: 0 }, {}, true, A | D],
    ["NW clear, write not granted", {}, { write: false }, false, A],
    ["a supervisor page for a user", {}, { user: false }, false, 0n],
  ] as const)("VTD-4.2.2: %s", async (_what, capabilities, first, noWrite, leaf) => {
    const unit = await Unit.create({ capabilities });
    const w = scalable("first-stage", undefined, {}, { first })(unit).start();
    const before = words(w);
    expect(unit.iommu.requestTranslation({ ...ats, noWrite }).status).toBe("ok");
    expect(words(w)).toEqual(withFlags(before, A, leaf));
  });

  it("VTD-4.2.2: NW clear sets D although the page is cached without", async () => {
    const unit = await Unit.create();
    const w = scalable("first-stage")(unit).start();
    unit.iommu.requestTranslation({ ...ats, noWrite: true });
    expect(w.first.entry(INPUT, 1).get("D")).toBe(0n);
    expect(unit.iommu.requestTranslation(ats)).toMatchObject({ read: true, write: true });
    expect(w.first.entry(INPUT, 1).get("D")).toBe(1n);
  });

  it("VTD-7.4.1: page requests and translated requests set none (choice W8)", async () => {
    const unit = await Unit.create();
    const w = scalable("first-stage")(unit).start();
    const before = words(w);
    unit.iommu.requestPage({ ...ats, read: true, write: true, last: true, group: 0 });
    unit.iommu.translateTranslated({ sourceId: SID, address: INPUT, access: "write" });
    expect(words(w)).toEqual(before);
  });
});
