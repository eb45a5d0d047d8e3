/** SSIRWE: IR and IW of second-stage entries in place of R and W (§9.8, §11.4.5). */
import { describe, expect, it } from "vitest";
import { descriptor } from "../queues/descriptors.js";
import { Unit } from "./unit.js";
import {
  DOMAIN,
  GUEST,
  INPUT,
  OUTPUT,
  PASID,
  ScalableWorld,
  SID,
  type ScalableOptions,
} from "./worlds.js";

const SSIRWE = 1n << 7n;
const request = { sourceId: SID, pasid: PASID, address: INPUT } as const;

async function create(
  kind: "second-stage" | "nested",
  options: Partial<ScalableOptions> = {},
  capabilities: Record<string, number> = {},
) {
  const unit = await Unit.create({ capabilities });
  const world = new ScalableWorld(unit, { kind, ssirwe: true, ...options }).map();
  const leaf = world.second.entry(kind === "nested" ? GUEST : INPUT, 1);
  return { unit, world, leaf };
}

function accesses(unit: Unit) {
  return (["read", "write", "atomic"] as const).map((access) => {
    const result = unit.iommu.translate({ ...request, access });
    return result.status === "fault" ? result.condition : result.status;
  });
}

describe("VTD-11.4.5: RTADDR.SSIRWE", () => {
  it("is kept with SSIRWS, and counts from SRTP on", async () => {
    const { unit, world } = await create("second-stage");
    unit.start(world.rootTableAddress & ~SSIRWE);
    // IW is reserved where it is not used.
    expect(accesses(unit)).toEqual(["SSS.3", "SSS.3", "SSS.3"]);
    unit.iommu.write64(0x20, world.rootTableAddress);
    expect(unit.iommu.read64(0x20) & SSIRWE).toBe(SSIRWE);
    expect(accesses(unit)).toEqual(["SSS.3", "SSS.3", "SSS.3"]);
    unit.setRoot(world.rootTableAddress);
    expect(accesses(unit)).toEqual(["ok", "ok", "ok"]);
  });

  it("VTD-6.6: changed without ESRTPS, cached rights stay until they are invalidated", async () => {
    const { unit, world, leaf } = await create("second-stage", {}, { ESRTPS: 0 });
    leaf.set({ W: 0 });
    for (const { address } of world.second.walk(INPUT)) {
      world.unit.words.write64(address, unit.words.read64(address)! & ~(1n << 62n));
    }
    unit.start(world.rootTableAddress & ~SSIRWE);
    expect(accesses(unit)).toEqual(["ok", "SGN.6", "SGN.6"]);
    for (const { address } of world.second.walk(INPUT)) {
      world.unit.words.write64(address, unit.words.read64(address)! | (1n << 62n));
    }
    unit.setRoot(world.rootTableAddress);
    expect(accesses(unit)).toEqual(["ok", "SGN.6", "SGN.6"]);
    unit.submit(descriptor("IOTLB_INV", { G: 1 }));
    expect(accesses(unit)).toEqual(["ok", "ok", "ok"]);
  });
});

describe("VTD-9.8: with SSIRWE", () => {
  const RIGHTS = [
    [{ IR: 1, IW: 1 }, ["ok", "ok", "ok"]],
    [{ IR: 1, IW: 0 }, ["ok", "SGN.6", "SGN.6"]],
    [{ IR: 0, IW: 1 }, ["SGN.7", "ok", "SGN.7"]],
    [{ IR: 0, IW: 0 }, ["SSS.2", "SSS.2", "SSS.2"]],
  ] as const;

  for (const kind of ["second-stage", "nested"] as const) {
    it.each(RIGHTS)(`${kind}: a leaf with %o`, async (rights, expected) => {
      // R and W say the opposite, and are ignored.
      for (const ignored of [
        { R: 0, W: 0 },
        { R: 1, W: 1 },
        { R: 1, W: 0 },
      ]) {
        const { unit, world, leaf } = await create(kind);
        leaf.set({ ...ignored, ...rights });
        world.start();
        expect(accesses(unit), JSON.stringify(ignored)).toEqual(expected);
      }
    });

    it.each(RIGHTS)(`${kind}: an entry above it with %o`, async (rights, expected) => {
      const { unit, world } = await create(kind);
      world.second.entry(kind === "nested" ? GUEST : INPUT, 2).set({ R: 0, W: 0, ...rights });
      world.start();
      expect(accesses(unit)).toEqual(expected);
    });
  }

  it("rights found in the paging-structure cache are those of IR and IW", async () => {
    const { unit, world } = await create("second-stage");
    world.second.entry(INPUT, 3).set({ R: 1, W: 1, IW: 0 });
    world.second.map(INPUT + 0x1000n, OUTPUT);
    world.start();
    accesses(unit);
    const next = { ...request, address: INPUT + 0x1000n, access: "write" } as const;
    const { secondStageReads } = unit.iommu.counters();
    expect(unit.iommu.translate(next)).toMatchObject({ condition: "SGN.6" });
    expect(unit.iommu.counters().secondStageReads - secondStageReads).toBe(1n);
  });

  it("nested: a first-stage table needs IR, and IW where its flags are set", async () => {
    const { unit, world } = await create("nested");
    world.tableMapping(4).set({ R: 1, W: 1, IR: 0, IW: 1 });
    unit.start(world.rootTableAddress);
    expect(accesses(unit)[0]).toBe("SFS.6");
    world.tableMapping(4).set({ R: 0, W: 0, IR: 1, IW: 0 });
    unit.setRoot(world.rootTableAddress);
    expect(accesses(unit)[0]).toBe("SFS.8");
    world.tableMapping(4).set({ IW: 1 });
    unit.setRoot(world.rootTableAddress);
    expect(accesses(unit)[0]).toBe("ok");
  });

  it("a zero-length read goes to a page with IW alone (ZLR)", async () => {
    for (const [ZLR, expected] of [
      [1, { status: "ok" }],
      [0, { condition: "SGN.7" }],
    ] as const) {
      const { unit, world, leaf } = await create("second-stage", {}, { ZLR });
      leaf.set({ R: 0, W: 0, IR: 0, IW: 1 });
      world.start();
      const read = { ...request, access: "read", size: 0 } as const;
      expect(unit.iommu.translate(read), `ZLR=${ZLR}`).toMatchObject(expected);
    }
  });

  it("a translation request is granted IR and IW (§4.2.3)", async () => {
    const { unit, world, leaf } = await create("second-stage");
    leaf.set({ R: 0, W: 1, IR: 1, IW: 0 });
    world.start();
    expect(unit.iommu.requestTranslation(request)).toMatchObject({ read: true, write: false });
  });

  it("accessed and dirty flags are set as ever", async () => {
    const { unit, world, leaf } = await create("second-stage", { pasid: { ssade: true } });
    world.start();
    unit.iommu.translate({ ...request, access: "write" });
    expect([leaf.get("A"), leaf.get("D")]).toEqual([1n, 1n]);
  });

  it("explain shows the entries as the unit reads them", async () => {
    const { unit, world, leaf } = await create("second-stage");
    leaf.set({ R: 1, W: 1, IR: 0, IW: 0 });
    world.start();
    const explained = unit.iommu.explain({ ...request, access: "read" });
    expect(explained.result).toMatchObject({ condition: "SSS.2" });
  });

  it("with CM what is not present by IR and IW is cached as such", async () => {
    const { unit, world, leaf } = await create("second-stage", {}, { CM: 1 });
    leaf.set({ IR: 0, IW: 0 });
    world.start();
    expect(accesses(unit)[0]).toBe("SSS.2");
    leaf.set({ IR: 1, IW: 1 });
    expect(accesses(unit)[0]).toBe("SSS.2");
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT }));
    expect(accesses(unit)).toEqual(["ok", "ok", "ok"]);
  });
});

describe("VTD-9.8: without SSIRWE", () => {
  it("IR is ignored, and IW is reserved", async () => {
    for (const SSIRWS of [0, 1]) {
      const unit = await Unit.create({ capabilities: { SSIRWS } });
      const world = new ScalableWorld(unit, { kind: "second-stage" }).map();
      const leaf = world.second.entry(INPUT, 1).set({ IR: 1 });
      world.start();
      expect(accesses(unit)).toEqual(["ok", "ok", "ok"]);
      leaf.set({ IW: 1 });
      unit.setRoot(world.rootTableAddress);
      expect(accesses(unit)[0]).toBe("SSS.3");
    }
  });
});
