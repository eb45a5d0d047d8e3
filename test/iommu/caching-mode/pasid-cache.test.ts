/** Caching mode: PASID entries that fault are cached (§6.2.3). */
import { describe, expect, it } from "vitest";
import { descriptor } from "../../queues/descriptors.js";
import { DOMAIN, INPUT, PASID, RID_PASID, SID } from "../worlds.js";
import {
  create,
  expectStaleUntil,
  pasidEntries,
  reader,
  scalableWorld,
  spoil,
  type Invalidation,
} from "./faulting-entries.js";

describe("VTD-6.2.3: with CM PASID entries that fault are cached under DID 0", () => {
  const invalidations: readonly (readonly [...Invalidation, boolean])[] = [
    ["PASID_CACHE_INV", { G: 3 }, true],
    ["PASID_CACHE_INV", { G: 0, DID: 0 }, true],
    ["PASID_CACHE_INV", { G: 0, DID: DOMAIN }, false],
    ["PASID_CACHE_INV", { G: 1, DID: 0, PASID }, true],
    ["PASID_CACHE_INV", { G: 1, DID: 0, PASID: PASID + 1 }, false],
    ["PASID_CACHE_INV", { G: 1, DID: DOMAIN, PASID }, false],
    ["CC_INV", { G: 1 }, false],
    ["IOTLB_INV", { G: 1 }, false],
  ];

  for (const [condition, spoiler] of pasidEntries) {
    it.each(invalidations)(`${condition}: %s %o`, async (...invalidation) => {
      const unit = await create();
      const mend = spoiler(scalableWorld(unit, "second-stage"));
      expectStaleUntil(invalidation, unit, { condition, mend, pasid: PASID });
    });
  }

  it("requests without PASID find the faulting entry of RID_PASID", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    const mend = spoil(world.tables.pasidEntry(SID, RID_PASID), (e) => e.set({ P: 0 }));
    const read = reader(unit);
    expect(read()).toBe("SPT.2");
    mend();
    expect(read()).toBe("SPT.2");
    unit.submit(descriptor("PASID_CACHE_INV", { G: 1, DID: 0, PASID: RID_PASID }));
    expect(read()).toBe("ok");
  });

  it("SPT.6 is of the request: it is not cached", async () => {
    const unit = await create();
    scalableWorld(unit, "second-stage");
    const request = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
    const privileged = unit.iommu.translate({ ...request, privileged: true });
    expect(privileged).toMatchObject({ condition: "SPT.6" });
    expect(unit.iommu.translate(request).status).toBe("ok");
  });
});
