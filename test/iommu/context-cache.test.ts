import { describe, expect, it } from "vitest";
import { descriptor } from "../queues/descriptors.js";
import { Unit } from "./unit.js";
import {
  DOMAIN,
  INPUT,
  LegacyWorld,
  OUTPUT,
  PASID,
  RID_PASID,
  ScalableWorld,
  SID,
} from "./worlds.js";

/** Pages that no request has asked for yet, so that the IOTLB has none of them. */
const pages = function* () {
  for (let index = 0n; ; index++) yield INPUT + 0x1000n * index;
};

/** A second stage with 64 pages from INPUT on, and a fresh one of them for each request. */
async function world(options: Parameters<typeof Unit.create>[0] = {}) {
  const unit = await Unit.create(options);
  const w = new ScalableWorld(unit, { kind: "second-stage" });
  w.second.map(INPUT, OUTPUT, { count: 64 });
  w.start();
  const fresh = pages();
  const read = (pasid: number | undefined = PASID, sourceId = SID) =>
    unit.iommu.translate({ sourceId, pasid, address: fresh.next().value, access: "read" });
  return { unit, w, read };
}

describe("VTD-6.2.2: the context cache", () => {
  it("VTD-6.2.2: keeps an entry until the requester, or everything, is invalidated", async () => {
    for (const [fields, removes] of [
      [{ G: 1 }, true],
      [{ G: 2, DID: 0x77 }, true], // Scalable-mode entries carry no DID: as good as global.
      [{ G: 3, SID }, true],
      [{ G: 3, SID: SID | 1 }, false],
      [{ G: 3, SID: SID | 4, FM: 1 }, true],
      [{ G: 3, SID: SID | 2, FM: 1 }, false],
      [{ G: 3, SID: SID | 6, FM: 2 }, true],
      [{ G: 3, SID: SID | 7, FM: 2 }, false],
      [{ G: 3, SID: SID | 7, FM: 3 }, true],
      [{ G: 3, SID: SID | 8, FM: 3 }, false],
    ] as const) {
      const { unit, w, read } = await world();
      expect(read().status).toBe("ok");
      w.contextEntry.set({ P: 0 });
      expect(read().status, "stale").toBe("ok");
      unit.submit(descriptor("CC_INV", fields));
      const expected = removes ? { condition: "SCT.2" } : { status: "ok" };
      expect(read(), JSON.stringify(fields)).toMatchObject(expected);
    }
  });

  it("VTD-6.2.2: keeps an entry through invalidations of everything else", async () => {
    const { unit, w, read } = await world();
    read();
    w.contextEntry.set({ P: 0 });
    unit.submit(descriptor("PASID_CACHE_INV", { G: 3 }), descriptor("IOTLB_INV", { G: 1 }));
    const before = unit.iommu.counters();
    expect(read().status).toBe("ok");
    const after = unit.iommu.counters();
    expect(after.contextHits - before.contextHits).toBe(1n);
    expect(after.contextReads).toBe(before.contextReads);
    expect(after.pasidEntryReads - before.pasidEntryReads).toBe(1n);
  });

  it("VTD-6.2.2: of legacy mode and of scalable mode are kept apart", async () => {
    const { unit, read } = await world();
    read();
    const legacy = new LegacyWorld(unit).map();
    unit.setRoot(legacy.rootTableAddress);
    const request = { sourceId: SID, address: INPUT, access: "read" } as const;
    expect(unit.iommu.translate(request)).toMatchObject({ address: OUTPUT });
  });

  it("VTD-6.2.2: keeps FPD with the entry", async () => {
    const { unit, w, read } = await world();
    const fault = () =>
      unit.iommu.translate({ sourceId: SID, pasid: PASID, address: 0n, access: "read" });
    read();
    w.contextEntry.set({ FPD: 1 });
    expect(fault()).toMatchObject({ record: "recorded" });
    unit.clearFaults();
    unit.submit(descriptor("CC_INV", { G: 1 }));
    expect(fault()).toMatchObject({ record: "suppressed" });
    w.contextEntry.set({ FPD: 0 });
    read();
    expect(fault()).toMatchObject({ record: "suppressed" });
  });

  it("VTD-6.2.2: root entries are not kept (choice K3)", async () => {
    const { w, read } = await world();
    const other = SID | 1;
    w.tables.context(other, { paside: true, ridPasid: RID_PASID });
    read();
    w.tables.rootEntry(SID).set({ LP: 0 });
    expect(read().status).toBe("ok");
    expect(read(PASID, other)).toMatchObject({ condition: "SRT.2" });
  });

  it("VTD-6.1: an entry that faults is not kept: not present to present needs no invalidation", async () => {
    for (const [spoil, mend] of [
      [{ P: 0 }, { P: 1 }],
      [{ PRE: 1, DTE: 0 }, { DTE: 1 }],
      [{ RID_PASID: 0x2000 }, { RID_PASID }],
    ] as const) {
      const { w, read } = await world();
      w.contextEntry.set(spoil);
      expect(read().status).toBe("fault");
      w.contextEntry.set(mend);
      expect(read().status).toBe("ok");
    }
  });

  it("VTD-6.2.2: of one entry serves one requester at a time", async () => {
    for (const [size, hits] of [
      [1, 0n],
      [2, 4n],
    ] as const) {
      const { unit, w, read } = await world({ caches: { context: size } });
      w.tables.context(SID | 1, { paside: true, ridPasid: RID_PASID });
      for (let i = 0; i < 3; i++) {
        read();
        read(PASID, SID | 1);
      }
      const { contextLookups, contextHits, contextReads } = unit.iommu.counters();
      expect({ size, contextLookups, contextHits, contextReads }).toEqual({
        size,
        contextLookups: 6n,
        contextHits: hits,
        contextReads: 6n - hits,
      });
    }
  });
});

describe("VTD-6.2.3: the PASID cache", () => {
  const other = { DID: DOMAIN + 1, PASID: PASID + 1 };

  it("VTD-6.2.3: keeps an entry until its PASID, its domain, or everything is invalidated", async () => {
    for (const [fields, removes] of [
      [{ G: 3 }, true],
      [{ G: 0, DID: DOMAIN }, true],
      [{ G: 0, DID: other.DID }, false],
      [{ G: 1, DID: DOMAIN, PASID }, true],
      [{ G: 1, DID: DOMAIN, PASID: other.PASID }, false],
      [{ G: 1, DID: other.DID, PASID }, false],
    ] as const) {
      const { unit, w, read } = await world();
      expect(read().status).toBe("ok");
      w.tables.pasidEntry(SID, PASID).set({ P: 0 });
      expect(read().status, "stale").toBe("ok");
      unit.submit(descriptor("PASID_CACHE_INV", fields));
      const expected = removes ? { condition: "SPT.2" } : { status: "ok" };
      expect(read(), JSON.stringify(fields)).toMatchObject(expected);
    }
  });

  it("VTD-6.2.3: is not touched by context-cache and IOTLB invalidations", async () => {
    const { unit, w, read } = await world();
    read();
    w.tables.pasidEntry(SID, PASID).set({ P: 0 });
    unit.submit(
      descriptor("CC_INV", { G: 1 }),
      descriptor("IOTLB_INV", { G: 1 }),
      descriptor("PASID_IOTLB_INV", { G: 2, DID: DOMAIN, PASID }),
    );
    const { pasidHits } = unit.iommu.counters();
    expect(read().status).toBe("ok");
    expect(unit.iommu.counters().pasidHits - pasidHits).toBe(1n);
  });

  it("VTD-6.2.3: tags the entry that requests without PASID use with RID_PASID", async () => {
    const { unit, w, read } = await world();
    const withoutPasid = () => {
      const address = INPUT + 0x20000n + 0x1000n * unit.iommu.counters().requests;
      return unit.iommu.translate({ sourceId: SID, address, access: "read" });
    };
    read();
    expect(withoutPasid().status).toBe("ok");
    w.eachPasidEntry((entry) => entry.set({ P: 0 }));
    unit.submit(descriptor("PASID_CACHE_INV", { G: 1, DID: DOMAIN, PASID: RID_PASID }));
    expect(withoutPasid()).toMatchObject({ condition: "SPT.2" });
    expect(read().status).toBe("ok");
  });

  it("VTD-6.2.3: keeps FPD of the entry and of its directory entry", async () => {
    for (const place of ["directory", "pasid"] as const) {
      const { unit, w, read } = await world();
      const fault = () =>
        unit.iommu.translate({ sourceId: SID, pasid: PASID, address: 0n, access: "read" });
      read();
      w.setFpd(place);
      expect(fault(), place).toMatchObject({ record: "recorded" });
      unit.clearFaults();
      unit.submit(descriptor("PASID_CACHE_INV", { G: 3 }));
      expect(fault(), place).toMatchObject({ record: "suppressed" });
      read();
      expect(fault(), place).toMatchObject({ record: "suppressed" });
    }
  });

  it("VTD-6.2.3: directory entries are not kept by themselves (choice K3)", async () => {
    const { w, read } = await world();
    w.addPasid(PASID + 1);
    read();
    w.tables.directoryEntry(SID, PASID).set({ P: 0 });
    expect(read().status).toBe("ok");
    expect(read(PASID + 1)).toMatchObject({ condition: "SPD.2" });
  });

  it("VTD-6.1: an entry that faults is not kept", async () => {
    for (const [spoil, mend] of [
      [{ P: 0 }, { P: 1 }],
      [{ AW: 0 }, { AW: 2 }],
      [{ PGTT: 7 }, { PGTT: 2 }],
    ] as const) {
      const { w, read } = await world();
      w.eachPasidEntry((entry) => entry.set(spoil));
      expect(read().status).toBe("fault");
      w.eachPasidEntry((entry) => entry.set(mend));
      expect(read().status).toBe("ok");
    }
  });

  it("VTD-6.2.3: of one entry serves one PASID at a time", async () => {
    for (const [size, hits] of [
      [1, 0n],
      [2, 4n],
    ] as const) {
      const { unit, w, read } = await world({ caches: { pasid: size } });
      w.addPasid(PASID + 1);
      for (let i = 0; i < 3; i++) {
        read();
        read(PASID + 1);
      }
      const { pasidLookups, pasidHits, pasidEntryReads } = unit.iommu.counters();
      expect({ size, pasidLookups, pasidHits, pasidEntryReads }).toEqual({
        size,
        pasidLookups: 6n,
        pasidHits: hits,
        pasidEntryReads: 6n - hits,
      });
    }
  });
});
