import { describe, expect, it } from "vitest";
import type { Access } from "../../host/index.js";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { GUEST, INPUT, LegacyWorld, OUTPUT, PASID, SID, type ScalableWorld } from "./worlds.js";

const A = 1n << 8n;
const D = 1n << 9n;
/** In the first stage. */
const FS_A = 1n << 5n;
const FS_D = 1n << 6n;

const request = (access: Access) => ({ sourceId: SID, pasid: PASID, address: INPUT, access });
const SSADE = { pasid: { ssade: true } } as const;

const words = (world: LegacyWorld | ScalableWorld, address = INPUT) =>
  world.second.walk(address).map(({ value }) => value);

const withFlags = (before: readonly bigint[], flags: bigint, leaf = flags) =>
  before.map((word, index) => word | (index === before.length - 1 ? leaf : flags));

describe("VTD-3.7.2: flags of second-stage entries", () => {
  it.each([
    ["read", A],
    ["write", A | D],
    ["atomic", A | D],
  ] as const)("VTD-3.7.2: access %s with SSADE", async (access, leaf) => {
    for (const secondLevels of [3, 4, 5] as const) {
      const unit = await Unit.create();
      const w = scalable("second-stage", undefined, { ...SSADE, secondLevels })(unit).start();
      const before = words(w);
      expect(unit.iommu.translate(request(access))).toMatchObject({ address: OUTPUT });
      expect(words(w)).toEqual(withFlags(before, A, leaf));
    }
  });

  it("VTD-3.7.2: are left alone without SSADE, and in legacy mode (choice W9)", async () => {
    const unit = await Unit.create();
    const w = scalable("second-stage")(unit).start();
    const before = words(w);
    unit.iommu.translate(request("write"));
    expect(words(w)).toEqual(before);

    const legacyUnit = await Unit.create();
    const legacy = new LegacyWorld(legacyUnit).map().start();
    const legacyBefore = words(legacy);
    expect(legacyUnit.iommu.translate({ ...request("write"), pasid: undefined }).status).toBe("ok");
    expect(words(legacy)).toEqual(legacyBefore);
  });

  it("VTD-6.2.4: a write through a translation cached by a read walks again and sets D", async () => {
    const unit = await Unit.create();
    const w = scalable("second-stage", undefined, SSADE)(unit).start();
    unit.iommu.translate(request("read"));
    expect(w.second.entry(INPUT, 1).get("D")).toBe(0n);
    unit.iommu.translate(request("write"));
    expect(w.second.entry(INPUT, 1).get("D")).toBe(1n);
    w.second.entry(INPUT, 1).set({ D: 0 });
    unit.iommu.translate(request("write"));
    expect(w.second.entry(INPUT, 1).get("D"), "cached dirty").toBe(0n);
  });

  it("VTD-3.7.2: a refused write sets A above the leaf alone (choice W1)", async () => {
    const unit = await Unit.create();
    const w = scalable("second-stage", undefined, SSADE, { second: { write: false } })(unit);
    w.start();
    const before = words(w);
    expect(unit.iommu.translate(request("write"))).toMatchObject({ condition: "SGN.6" });
    expect(words(w)).toEqual(withFlags(before, A, 0n));
  });

  it("VTD-3.7.2: entries that together leave no permission get no A (choice W2)", async () => {
    const unit = await Unit.create();
    const w = scalable("second-stage", undefined, SSADE)(unit);
    w.second.entry(INPUT, 3).set({ R: 0 });
    w.second.entry(INPUT, 2).set({ W: 0 });
    const before = words(w.start());
    expect(unit.iommu.translate(request("read"))).toMatchObject({ condition: "SSS.2" });
    expect(words(w)).toEqual(before.map((word, index) => (index < 2 ? word | A : word)));
  });

  it("VTD-3.10: walks that are not snooped do as long as no flag is to be set", async () => {
    const unit = await Unit.create();
    const options = { pasid: { ssade: true, pwsnp: false } };
    const w = scalable("second-stage", undefined, options)(unit);
    for (const level of [4, 3, 2, 1] as const) w.second.entry(INPUT, level).set({ A: 1 });
    w.start();
    expect(unit.iommu.translate(request("read"))).toMatchObject({ address: OUTPUT });
    expect(unit.iommu.translate(request("write"))).toMatchObject({ condition: "SSS.5" });
  });

  it("VTD-4.2.2: translation requests set D if write is asked for and granted", async () => {
    for (const [noWrite, write, dirty] of [
      [false, true, 1n],
      [true, true, 0n],
      [false, false, 0n],
    ] as const) {
      const unit = await Unit.create();
      const w = scalable("second-stage", undefined, SSADE, { second: { write } })(unit).start();
      const ats = { sourceId: SID, pasid: PASID, address: INPUT, noWrite };
      expect(unit.iommu.requestTranslation(ats)).toMatchObject({ read: true });
      const leaf = w.second.entry(INPUT, 1);
      expect([noWrite, write, leaf.get("A"), leaf.get("D")]).toEqual([noWrite, write, 1n, dirty]);
    }
  });
});

describe("VTD-3.8.1: flags in nested translation", () => {
  /** Entries of the first stage, of its tables in the second stage, and of the page there. */
  const all = (w: ScalableWorld) => ({
    first: w.first.walk(INPUT).map(({ value }) => value),
    tables: w.first.walk(INPUT).map(({ address }) => words(w, address).at(-1)),
    page: words(w, GUEST),
  });

  it.each([
    ["read", FS_A, A],
    ["write", FS_A | FS_D, A | D],
  ] as const)(
    "VTD-3.8.1: access %s with SSADE writes the pages of the tables (choice W4)",
    async (access, firstLeaf, pageLeaf) => {
      const unit = await Unit.create();
      const w = scalable("nested", undefined, SSADE)(unit).start();
      const before = all(w);
      expect(unit.iommu.translate(request(access))).toMatchObject({ address: OUTPUT });
      expect(all(w)).toEqual({
        first: withFlags(before.first, FS_A, firstLeaf),
        tables: before.tables.map((word) => word | A | D),
        page: withFlags(before.page, A, pageLeaf),
      });
    },
  );

  it("VTD-3.8.1: without SSADE only those of the first stage are set", async () => {
    const unit = await Unit.create();
    const w = scalable("nested")(unit).start();
    const before = all(w);
    unit.iommu.translate(request("write"));
    const first = withFlags(before.first, FS_A, FS_A | FS_D);
    expect(all(w)).toEqual({ ...before, first });
  });

  it("VTD-3.8.1: with SSADE a table page gets A and D although no first-stage flag is due", async () => {
    const unit = await Unit.create();
    const w = scalable("nested", undefined, SSADE)(unit);
    for (const level of [4, 3, 2, 1] as const) w.first.entry(INPUT, level).set({ A: 1 });
    const before = all(w.start());
    unit.iommu.translate(request("read"));
    expect(all(w).tables).toEqual(before.tables.map((word) => word | A | D));
    expect(all(w).first).toEqual(before.first);
  });

  it.each([
    ["the first stage", { first: { write: false } }],
    ["the second stage", { second: { write: false } }],
  ] as const)(
    "VTD-3.8.1: a write that %s refuses sets no flag in either leaf (choice W3)",
    async (_stage, mapping) => {
      const unit = await Unit.create();
      const w = scalable("nested", undefined, SSADE, mapping)(unit).start();
      const before = all(w);
      expect(unit.iommu.translate(request("write"))).toMatchObject({ condition: "SGN.6" });
      const after = all(w);
      expect(after.first).toEqual(withFlags(before.first, FS_A, 0n));
      expect(after.page.at(-1)).toBe(before.page.at(-1));
    },
  );

  it.each([
    ["both", true, false, false],
    ["the first stage's, without SSADE", false, false, false],
    ["the first stage's, the second stage's being set", true, false, true],
    ["the second stage's, the first stage's being set", true, true, false],
  ] as const)(
    "VTD-3.8.1: a write through a translation cached by a read sets D: %s",
    async (_which, ssade, firstDirty, secondDirty) => {
      const unit = await Unit.create();
      const mapping = { first: { dirty: firstDirty }, second: { dirty: secondDirty } };
      const w = scalable("nested", undefined, { pasid: { ssade } }, mapping)(unit).start();
      unit.iommu.translate(request("read"));
      expect(w.first.entry(INPUT, 1).get("D")).toBe(firstDirty ? 1n : 0n);
      expect(unit.iommu.translate(request("write"))).toMatchObject({ address: OUTPUT });
      expect(w.first.entry(INPUT, 1).get("D")).toBe(1n);
      expect(w.second.entry(GUEST, 1).get("D")).toBe(ssade ? 1n : 0n);
    },
  );
});
