import { describe, expect, it } from "vitest";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { LegacyWorld, OUTPUT, PASID, SID } from "./worlds.js";

const request = { sourceId: SID, address: OUTPUT + 0x18n, access: "write" } as const;
const passed = {
  status: "ok",
  address: OUTPUT + 0x18n,
  pageSize: 4096,
  permissions: { read: true, write: true },
};

describe("VTD-4.2.3: a request with a translated address", () => {
  it.each(["first-stage", "second-stage", "nested", "pass-through"] as const)(
    "VTD-4.2.3: passes unchanged once the context entry allows it, without a look further: %s",
    async (kind) => {
      const unit = await Unit.create();
      const world = scalable(kind)(unit).start();
      const { directory } = world.tables.entryAddresses(SID, PASID);
      unit.memory.poison(directory, 8);
      for (const access of ["read", "write", "atomic"] as const) {
        expect(unit.iommu.translateTranslated({ ...request, access })).toEqual(passed);
      }
      const { contextReads, contextHits, pasidLookups, iotlbLookups } = unit.iommu.counters();
      expect({ contextReads, contextHits, pasidLookups, iotlbLookups }).toEqual({
        contextReads: 1n,
        contextHits: 2n,
        pasidLookups: 0n,
        iotlbLookups: 0n,
      });
    },
  );

  it("VTD-4.2.3: passes in legacy mode with TT 01b, without a walk", async () => {
    const unit = await Unit.create();
    new LegacyWorld(unit).start();
    expect(unit.iommu.translateTranslated(request)).toEqual(passed);
    expect(unit.iommu.counters().secondStageReads).toBe(0n);
  });

  it("VTD-4.2.3: may have any address below the host address width", async () => {
    const unit = await Unit.create();
    scalable("first-stage")(unit).start();
    for (const address of [0n, 0xfedf_fff8n, 0xfef0_0000n, (1n << 46n) - 8n]) {
      const result = unit.iommu.translateTranslated({ ...request, address });
      expect(result).toEqual({ ...passed, address });
    }
  });

  it("VTD-4.2.5: may have a PASID that the device may use, once EPTR is set", async () => {
    const unit = await Unit.create();
    const context = { eptr: true };
    const world = scalable("first-stage", undefined, { context })(unit).start();
    unit.memory.poison(world.tables.entryAddresses(SID, PASID).directory, 8);
    // The PASID only has to be within limits: its entry is not looked at.
    for (const pasid of [PASID, PASID + 1]) {
      expect(unit.iommu.translateTranslated({ ...request, pasid })).toEqual(passed);
    }
    expect(unit.iommu.translateTranslated(request)).toEqual(passed);
    expect(unit.iommu.counters().pasidLookups).toBe(0n);
  });

  it("VTD-11.4.7.6: the record of one with PASID has the PASID and its privilege", async () => {
    const unit = await Unit.create();
    scalable("first-stage")(unit).start();
    unit.iommu.translateTranslated({ ...request, pasid: PASID, privileged: true });
    expect(unit.faultRecords()).toMatchObject([
      { reason: 0x49, pasid: PASID, addressType: 2, type: "write", privileged: true },
    ]);
  });

  it("VTD-4.2.1: is UR while translation is disabled, with PASID or without", async () => {
    const unit = await Unit.create();
    const blocked = { status: "blocked", completion: "UR" };
    expect(unit.iommu.translateTranslated({ ...request, pasid: PASID })).toEqual(blocked);
    expect(unit.iommu.translateTranslated(request)).toEqual(blocked);
  });

  it("VTD-4.2.1: with PASID is answered UR and never logged (choice R6)", async () => {
    const unit = await Unit.create({ capabilities: { PTRS: 0 } });
    const world = scalable("first-stage")(unit).start();
    const blocked = { status: "blocked", completion: "UR" };
    expect(unit.iommu.translateTranslated({ ...request, pasid: PASID })).toEqual(blocked);
    world.tables.rootEntry(SID).clear();
    expect(unit.iommu.translateTranslated({ ...request, pasid: PASID })).toEqual(blocked);
    expect(unit.faultRecords()).toEqual([]);
  });

  it("VTD-4.2.3: is trusted although the page was unmapped: that is what device-TLB invalidation is for", async () => {
    const unit = await Unit.create();
    const world = scalable("second-stage")(unit).start();
    world.second.unmap(0x12_3456_7000n);
    unit.setRoot(world.rootTableAddress);
    expect(unit.iommu.translateTranslated(request)).toEqual(passed);
  });

  it("VTD-6.2.2: uses the context cache", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage")(unit).start();
    unit.iommu.translateTranslated(request);
    world.contextEntry.set({ DTE: 0, PRE: 0 });
    expect(unit.iommu.translateTranslated(request), "stale").toEqual(passed);
    unit.setRoot(world.rootTableAddress);
    expect(unit.iommu.translateTranslated(request)).toMatchObject({ condition: "SCT.5" });
  });
});
