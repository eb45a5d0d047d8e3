/** Caching mode: context entries that fault are cached (§6.2.2). */
import { describe, expect, it } from "vitest";
import { descriptor } from "../../queues/descriptors.js";
import { Unit } from "../unit.js";
import { DOMAIN, INPUT, PASID, RID_PASID, SID } from "../worlds.js";
import {
  create,
  expectStaleUntil,
  LAST_READ,
  legacyEntries,
  legacyWorld,
  OTHER_DOMAIN,
  reader,
  scalableEntries,
  scalableWorld,
  spoil,
  type Invalidation,
} from "./faulting-entries.js";

describe("VTD-6.2.2: with CM context entries of legacy mode that fault are cached under DID 0", () => {
  const invalidations: readonly (readonly [...Invalidation, boolean])[] = [
    ["CC_INV", { G: 1 }, true],
    ["CC_INV", { G: 2, DID: 0 }, true],
    ["CC_INV", { G: 2, DID: DOMAIN }, false],
    ["CC_INV", { G: 3, SID, DID: 0 }, true],
    ["CC_INV", { G: 3, SID, DID: DOMAIN }, false],
    ["CC_INV", { G: 3, SID: SID | 1, DID: 0 }, false],
    ["CC_INV", { G: 3, SID: SID | 7, FM: 3, DID: 0 }, true],
    ["IOTLB_INV", { G: 1 }, false],
  ];

  for (const [condition, spoiler] of legacyEntries) {
    it.each(invalidations)(`${condition}: %s %o`, async (...invalidation) => {
      const unit = await create();
      const mend = spoiler(legacyWorld(unit));
      expectStaleUntil(invalidation, unit, { condition, mend });
    });
  }

  it("the register interface goes by the same tags (§6.5.1.1)", async () => {
    for (const [domain, expected] of [
      [DOMAIN, "LCT.2"],
      [0, "ok"],
    ] as const) {
      const unit = await Unit.create({ preset: "legacy", capabilities: { CM: 1 } });
      const world = legacyWorld(unit);
      const mend = spoil(world.contextEntry, (e) => e.set({ P: 0 }));
      const read = reader(unit);
      read();
      mend();
      unit.iommu.write64(0x28, 0xe000_0000_0000_0000n | (BigInt(SID) << 16n) | BigInt(domain));
      expect(read(), `DID ${domain}`).toBe(expected);
    }
  });

  it("good entries are invalidated as without CM, whatever DID a device-selective request names", async () => {
    const unit = await create();
    const world = legacyWorld(unit);
    const read = reader(unit);
    expect(read()).toBe("ok");
    world.contextEntry.set({ P: 0 });
    unit.submit(descriptor("CC_INV", { G: 3, SID, DID: OTHER_DOMAIN }));
    expect(read(INPUT + 0x1000n)).toBe("LCT.2");
  });
});

describe("VTD-6.2.2: with CM context entries of scalable mode that fault are cached without a DID", () => {
  const invalidations: readonly (readonly [...Invalidation, boolean])[] = [
    ["CC_INV", { G: 1 }, true],
    ["CC_INV", { G: 2, DID: OTHER_DOMAIN }, true],
    ["CC_INV", { G: 3, SID, DID: OTHER_DOMAIN }, true],
    ["CC_INV", { G: 3, SID: SID | 1 }, false],
    ["PASID_CACHE_INV", { G: 3 }, false],
    ["IOTLB_INV", { G: 1 }, false],
  ];

  for (const [condition, spoiler] of scalableEntries) {
    it.each(invalidations)(`${condition}: %s %o`, async (...invalidation) => {
      const unit = await create();
      const mend = spoiler(scalableWorld(unit, "second-stage"));
      expectStaleUntil(invalidation, unit, { condition, mend, pasid: PASID });
    });
  }

  it("conditions of a request, not of the entry, are not cached", async () => {
    const unit = await create();
    scalableWorld(unit, "second-stage", { context: { paside: true, pre: false } });
    const page = { sourceId: SID, pasid: PASID, address: INPUT, ...LAST_READ };
    expect(unit.iommu.requestPage(page)).toMatchObject({ why: "SCT.8" });
    expect(reader(unit, RID_PASID)()).toBe("SCT.9");
    expect(reader(unit, PASID)()).toBe("ok");
  });
});
