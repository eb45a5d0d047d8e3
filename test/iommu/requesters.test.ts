import { describe, expect, it } from "vitest";
import { ScalableTables, SecondStageTable } from "../../host/tables/index.js";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { INPUT, OUTPUT, PASID, RID_PASID, SID } from "./worlds.js";

const read = { sourceId: SID, address: INPUT, access: "read" } as const;
const page = (index: number) => OUTPUT + 0x1000n * BigInt(index);

/** A second stage of its own for each requester and PASID, mapping INPUT to page 0, 1, 2... */
function separateTables(
  unit: Unit,
  requesters: readonly (readonly [sourceId: number, pasids: readonly number[]])[],
  pdts = 0,
): ScalableTables {
  const ground = { memory: unit.words, frames: unit.frames };
  const tables = ScalableTables.create(ground);
  let index = 0;
  for (const [sourceId, pasids] of requesters) {
    const ridPasid = unit.announces("RPS") ? RID_PASID : 0;
    tables.context(sourceId, { paside: true, pdts, ridPasid });
    for (const pasid of pasids) {
      const secondStage = new SecondStageTable(ground);
      secondStage.map(INPUT, page(index++));
      tables.pasid(sourceId, pasid, { kind: "second-stage", domain: index, secondStage });
    }
  }
  return tables;
}

describe("VTD-3.4.3: the tables of a requester", () => {
  it("VTD-3.4.3: are found by bus, half of the root entry, and device and function", async () => {
    const unit = await Unit.create();
    const sourceIds = [0x0000, 0x0007, 0x007f, 0x0080, 0x00ff, 0x0100, 0xff00, 0xffff];
    const tables = separateTables(
      unit,
      sourceIds.map((sourceId) => [sourceId, [RID_PASID]]),
    );
    unit.start(tables.rootTableAddress);
    const outputs = sourceIds.map((sourceId) => unit.iommu.translate({ ...read, sourceId }));
    expect(outputs).toMatchObject(sourceIds.map((_, i) => ({ status: "ok", address: page(i) })));
  });

  it("VTD-3.4.3: are found by PASID, up to the end of the directory", async () => {
    const unit = await Unit.create();
    const pasids = [0, 1, 63, 64, 0x1fff, 0x80000, 0xfffff];
    const tables = separateTables(unit, [[SID, pasids]], 7);
    unit.start(tables.rootTableAddress);
    const outputs = pasids.map((pasid) => unit.iommu.translate({ ...read, pasid }));
    expect(outputs).toMatchObject(pasids.map((_, i) => ({ status: "ok", address: page(i) })));
  });

  it("VTD-3.4.3: without PASID are those of RID_PASID; PASID 0 is a PASID like any other", async () => {
    const unit = await Unit.create();
    unit.start(separateTables(unit, [[SID, [0, RID_PASID]]]).rootTableAddress);
    expect(unit.iommu.translate({ ...read, pasid: 0 })).toMatchObject({ address: page(0) });
    expect(unit.iommu.translate(read)).toMatchObject({ address: page(1) });
  });

  it("VTD-9.4: without PASID and without ECAP.RPS are those of PASID 0 (choice R7)", async () => {
    const unit = await Unit.create({ capabilities: { RPS: 0 } });
    unit.start(separateTables(unit, [[SID, [0, 1]]]).rootTableAddress);
    expect(unit.iommu.translate(read)).toMatchObject({ address: page(0) });
    expect(unit.iommu.translate({ ...read, pasid: 1 })).toMatchObject({ address: page(1) });
    expect(unit.iommu.translate({ ...read, pasid: 0 })).toMatchObject({ condition: "SCT.9" });
  });
});

describe("VTD-9.4: the privilege of requests without PASID", () => {
  const supervisorPage = { first: { user: false } } as const;

  it("VTD-9.4: is RID_PRIV, whatever the request says (choice R4)", async () => {
    for (const ridPriv of [false, true]) {
      for (const privileged of [false, true]) {
        const unit = await Unit.create();
        const options = { context: { ridPriv }, pasid: { sre: true } };
        scalable("first-stage", undefined, options, supervisorPage)(unit).start();
        for (const time of ["walked", "cached"]) {
          const { status } = unit.iommu.translate({ ...read, privileged });
          expect([time, ridPriv, status]).toEqual([time, ridPriv, ridPriv ? "ok" : "fault"]);
        }
      }
    }
  });

  it("VTD-9.4: has no say in requests with PASID", async () => {
    const unit = await Unit.create();
    const options = { context: { ridPriv: true }, pasid: { sre: true } };
    scalable("first-stage", undefined, options, supervisorPage)(unit).start();
    expect(unit.iommu.translate({ ...read, pasid: PASID })).toMatchObject({ condition: "SGN.2" });
    const privileged = { ...read, pasid: PASID, privileged: true };
    expect(unit.iommu.translate(privileged).status).toBe("ok");
  });
});

describe("VTD-7.1.3: requests to execute", () => {
  it("VTD-7.1.3: without PASID ask for nothing special (choice R4)", async () => {
    const unit = await Unit.create({ version: 0x80 });
    scalable("first-stage")(unit).start();
    expect(unit.iommu.translate({ ...read, execute: true }).status).toBe("ok");
  });

  it("VTD-7.1.3: are refused although the page is in the IOTLB, by SPT.5 or RTA.5", async () => {
    for (const [version, condition] of [
      [0x60, "SPT.5"],
      [0x70, "SPT.5"],
      [0x80, "RTA.5"],
    ] as const) {
      const unit = await Unit.create({ version });
      scalable("first-stage")(unit).start();
      expect(unit.iommu.translate({ ...read, pasid: PASID }).status).toBe("ok");
      const execute = { ...read, pasid: PASID, execute: true };
      expect(unit.iommu.translate(execute)).toMatchObject({ condition, completion: "UR" });
    }
  });
});

describe("VTD-11.4.4: while translation is disabled", () => {
  it("VTD-11.4.4.1: untranslated requests pass unchanged, with and without PASID (choice R11)", async () => {
    const { iommu } = await Unit.create();
    for (const pasid of [undefined, PASID]) {
      expect(iommu.translate({ ...read, pasid, address: 0xffff_ffff_ffff_0008n })).toEqual({
        status: "ok",
        address: 0xffff_ffff_ffff_0008n,
        pageSize: 4096,
        permissions: { read: true, write: true },
      });
    }
  });

  it("VTD-4.2.1: translation and translated requests are answered UR and never logged", async () => {
    const unit = await Unit.create();
    scalable("first-stage")(unit).start();
    unit.stopTranslation();
    const blocked = { status: "blocked", completion: "UR" };
    expect(unit.iommu.requestTranslation(read)).toEqual(blocked);
    expect(unit.iommu.translateTranslated(read)).toEqual(blocked);
    expect(unit.faultRecords()).toEqual([]);
  });

  it("VTD-11.4.4.1: page requests are dropped in silence (choice R11)", async () => {
    const unit = await Unit.create();
    const request = { sourceId: SID, address: INPUT, read: true, write: false, last: true };
    const result = unit.iommu.requestPage({ ...request, group: 0 });
    expect(result).toEqual({ status: "dropped", why: "translation-disabled" });
    expect(unit.faultRecords()).toEqual([]);
  });

  it("VTD-6.6: a unit whose translation is switched off and on again translates again", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage")(unit).start();
    unit.stopTranslation();
    expect(unit.iommu.translate(read)).toMatchObject({ address: INPUT });
    unit.start(world.rootTableAddress);
    expect(unit.iommu.translate(read)).toMatchObject({ address: OUTPUT });
  });
});
