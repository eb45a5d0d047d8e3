import { describe, expect, it } from "vitest";
import type { TranslationRequest } from "../../host/index.js";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { GUEST, INPUT, LegacyWorld, OUTPUT, PASID, SID } from "./worlds.js";

const plain: TranslationRequest = { sourceId: SID, address: INPUT };
const request: TranslationRequest = { ...plain, pasid: PASID };
const INTERRUPTS = 0xfee3_4000n;

/** A completion with every field as it is for an ordinary page of 4 KiB. */
const completion = {
  status: "ok",
  read: true,
  write: true,
  untranslatedOnly: false,
  noSnoop: false,
  sizeBit: false,
  privileged: false,
  execute: false,
  global: false,
  address: OUTPUT,
  pageSize: 4096,
};
const nothing = { ...completion, read: false, write: false, address: 0n };

describe("VTD-4.2.2: the completion of a translation request", () => {
  it.each(["first-stage", "second-stage", "nested"] as const)(
    "VTD-4.2.2: has every field, walked and cached: %s",
    async (kind) => {
      const unit = await Unit.create();
      scalable(kind)(unit).start();
      for (const each of [request, plain]) {
        expect(unit.iommu.requestTranslation(each)).toEqual(completion);
        const { iotlbHits } = unit.iommu.counters();
        expect(unit.iommu.requestTranslation({ ...each, address: INPUT + 0x123n })).toEqual(
          completion,
        );
        expect(unit.iommu.counters().iotlbHits - iotlbHits).toBe(1n);
      }
      expect(unit.faultRecords()).toEqual([]);
    },
  );

  it("VTD-4.2.2: in legacy mode", async () => {
    const unit = await Unit.create();
    new LegacyWorld(unit).map().start();
    expect(unit.iommu.requestTranslation(plain)).toEqual(completion);
  });

  it.each([0x20_0000, 0x4000_0000] as const)(
    "VTD-4.2.2: has S set and an aligned address for a page of %i bytes",
    async (size) => {
      for (const kind of ["first-stage", "second-stage"] as const) {
        const unit = await Unit.create();
        scalable(kind, undefined, {}, { size })(unit).start();
        const address = (OUTPUT / BigInt(size)) * BigInt(size);
        const expected = { ...completion, sizeBit: true, pageSize: size, address };
        expect(unit.iommu.requestTranslation(request)).toEqual(expected);
      }
    },
  );

  it("VTD-4.2.2: has the smaller page of a nested translation", async () => {
    const unit = await Unit.create();
    scalable("nested", undefined, {}, { size: 0x4000_0000, secondSize: 0x20_0000 })(unit).start();
    expect(unit.iommu.requestTranslation(request)).toMatchObject({
      sizeBit: true,
      pageSize: 0x20_0000,
    });
  });

  it("VTD-4.2.2: of pass-through is the largest page around the address (choice R8)", async () => {
    const unit = await Unit.create();
    scalable("pass-through")(unit).start();
    const address = (INPUT / 0x4000_0000n) * 0x4000_0000n;
    const expected = { ...completion, sizeBit: true, pageSize: 0x4000_0000, address };
    expect(unit.iommu.requestTranslation(request)).toEqual(expected);
    expect(unit.iommu.requestTranslation(plain)).toEqual(expected);
  });

  it("VTD-3.6: is never global, and never executable", async () => {
    const unit = await Unit.create({ version: 0x80 });
    scalable("first-stage", undefined, {}, { first: { global: true } })(unit).start();
    expect(unit.iommu.requestTranslation(request)).toEqual(completion);
    expect(unit.iommu.requestTranslation({ ...plain, execute: true })).toEqual(completion);
  });
});

describe("VTD-4.2.2: permissions of a completion", () => {
  it.each([
    [{ first: { write: false } }, true, false],
    [{ second: { write: false } }, true, false],
    [{ second: { read: false } }, false, true],
  ] as const)("VTD-4.2.2: are those of both stages together: %o", async (mapping, read, write) => {
    const unit = await Unit.create();
    scalable("nested", undefined, {}, mapping)(unit).start();
    expect(unit.iommu.requestTranslation(request)).toEqual({ ...completion, read, write });
  });

  it("VTD-4.2.2: NW takes write away, unless ECAP.NWFS is clear", async () => {
    for (const NWFS of [1, 0]) {
      const unit = await Unit.create({ capabilities: { NWFS } });
      scalable("first-stage")(unit).start();
      const expected = { ...completion, write: NWFS === 0 };
      expect(unit.iommu.requestTranslation({ ...request, noWrite: true })).toEqual(expected);
      expect(unit.iommu.requestTranslation(request)).toEqual(completion);
    }
  });

  it("VTD-4.2.2: NW at a write-only page leaves none: Success, and SGN.7 or LGN.3 not logged", async () => {
    const writeOnly = { second: { read: false } } as const;
    const unit = await Unit.create();
    scalable("second-stage", undefined, {}, writeOnly)(unit).start();
    const expected = { ...nothing, condition: "SGN.7", record: "not-logged" };
    expect(unit.iommu.requestTranslation({ ...request, noWrite: true })).toEqual(expected);

    const legacyUnit = await Unit.create();
    new LegacyWorld(legacyUnit).map(writeOnly).start();
    const result = legacyUnit.iommu.requestTranslation({ ...plain, noWrite: true });
    expect(result).toEqual({ ...expected, condition: "LGN.3" });
  });

  it("VTD-4.2.2: that are none come with address 0 and no size", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage", undefined, {}, { size: 0x20_0000 })(unit);
    world.first.unmap((INPUT / 0x20_0000n) * 0x20_0000n);
    world.start();
    const expected = { ...nothing, condition: "SFS.2", record: "not-logged" };
    expect(unit.iommu.requestTranslation(request)).toEqual(expected);
  });

  it("VTD-3.6.1: of a supervisor follow WPE", async () => {
    for (const wpe of [false, true]) {
      const unit = await Unit.create();
      const mapping = { first: { write: false, user: false } };
      scalable("first-stage", undefined, { pasid: { sre: true, wpe } }, mapping)(unit).start();
      const expected = { ...completion, privileged: true, write: !wpe };
      expect(unit.iommu.requestTranslation({ ...request, privileged: true })).toEqual(expected);
    }
  });
});

describe("VTD-4.2.2: Priv of a completion", () => {
  it("VTD-4.2.2: is set for every privileged request with PASID", async () => {
    const unit = await Unit.create();
    scalable("first-stage", undefined, { pasid: { sre: true } })(unit).start();
    for (const time of ["walked", "cached"]) {
      const result = unit.iommu.requestTranslation({ ...request, privileged: true });
      expect([time, result]).toEqual([time, { ...completion, privileged: true }]);
    }
    expect(unit.iommu.requestTranslation(request)).toEqual(completion);
  });

  it("VTD-4.2.2: stays set where SRE refuses the request", async () => {
    const unit = await Unit.create();
    scalable("first-stage")(unit).start();
    expect(unit.iommu.requestTranslation({ ...request, privileged: true })).toEqual({
      ...nothing,
      privileged: true,
      condition: "SPT.6",
      record: "not-logged",
    });
  });

  it("VTD-4.2.2: is clear without PASID, although RID_PRIV gives the rights", async () => {
    const unit = await Unit.create();
    const options = { context: { ridPriv: true }, pasid: { sre: true } };
    scalable("first-stage", undefined, options, { first: { user: false } })(unit).start();
    for (const time of ["walked", "cached"]) {
      const result = unit.iommu.requestTranslation({ ...plain, privileged: true });
      expect([time, result]).toEqual([time, completion]);
    }
  });
});

describe("VTD-3.10: N of a completion", () => {
  const snp = { second: { snoop: true } } as const;

  it.each([
    ["first-stage", false, {}, false],
    ["first-stage", true, {}, true],
    ["second-stage", false, {}, false],
    ["second-stage", true, {}, true],
    ["second-stage", false, snp, true],
    ["nested", false, {}, false],
    ["nested", true, {}, true],
    ["nested", false, snp, true],
    ["pass-through", false, {}, false],
    ["pass-through", true, {}, true],
  ] as const)(
    "VTD-3.10: of %s with PGSNP %s and %o is %s",
    async (kind, pgsnp, mapping, noSnoop) => {
      const unit = await Unit.create();
      scalable(kind, undefined, { pasid: { pgsnp } }, mapping)(unit).start();
      expect(unit.iommu.requestTranslation(request)).toMatchObject({ noSnoop });
      expect(unit.iommu.requestTranslation(request), "cached").toMatchObject({ noSnoop });
    },
  );

  it.each([true, false])("VTD-3.10: in legacy mode is SNP, here %s", async (snoop) => {
    const unit = await Unit.create();
    new LegacyWorld(unit).map({ second: { snoop } }).start();
    expect(unit.iommu.requestTranslation(plain)).toMatchObject({ noSnoop: snoop });
    expect(unit.iommu.requestTranslation(plain), "cached").toMatchObject({ noSnoop: snoop });
  });

  it("VTD-3.10: of one page says nothing about the next", async () => {
    const unit = await Unit.create();
    const world = scalable("second-stage", undefined, {}, snp)(unit);
    world.map({ input: INPUT + 0x1000n }).start();
    expect(unit.iommu.requestTranslation(request)).toMatchObject({ noSnoop: true });
    const next = { ...request, address: INPUT + 0x1000n };
    expect(unit.iommu.requestTranslation(next)).toMatchObject({ noSnoop: false });
    const unmapped = { ...request, address: INPUT + 0x2000n };
    expect(unit.iommu.requestTranslation(unmapped)).toMatchObject({ noSnoop: false });
  });
});

describe("VTD-7.1.3: translation requests for the interrupt address range", () => {
  const interrupts: TranslationRequest = { ...plain, address: INTERRUPTS };
  const untranslated = { ...nothing, write: true, untranslatedOnly: true };

  it.each(["first-stage", "second-stage", "nested", "pass-through"] as const)(
    "VTD-7.1.3: S.1 and S.2 without PASID: %s",
    async (kind) => {
      const unit = await Unit.create();
      scalable(kind)(unit).start();
      expect(unit.iommu.requestTranslation(interrupts)).toEqual(untranslated);
      expect(unit.iommu.requestTranslation({ ...interrupts, noWrite: true })).toEqual(nothing);
      expect(unit.faultRecords()).toEqual([]);
    },
  );

  it("VTD-7.1.3: S.1 in legacy mode, and whatever NW says without NWFS", async () => {
    const unit = await Unit.create({ capabilities: { NWFS: 0 } });
    new LegacyWorld(unit).map().start();
    expect(unit.iommu.requestTranslation(interrupts)).toEqual(untranslated);
    expect(unit.iommu.requestTranslation({ ...interrupts, noWrite: true })).toEqual(untranslated);
  });

  it("VTD-7.1.3: are checked against context and PASID entries first (choice R5)", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage")(unit).start();
    world.eachPasidEntry((entry) => entry.set({ P: 0 }));
    expect(unit.iommu.requestTranslation(interrupts)).toMatchObject({ condition: "SPT.2" });
    world.contextEntry.set({ DTE: 0, PRE: 0 });
    unit.setRoot(world.rootTableAddress);
    expect(unit.iommu.requestTranslation(interrupts)).toMatchObject({ condition: "SCT.5" });
  });

  it("VTD-3.15: with PASID are walked like others", async () => {
    const unit = await Unit.create();
    scalable("first-stage", undefined, {}, { input: INTERRUPTS })(unit).start();
    const withPasid = { ...interrupts, pasid: PASID };
    expect(unit.iommu.requestTranslation(withPasid)).toEqual(completion);
  });

  it("VTD-3.15: with PASID and pass-through are Success without permission (choice R5)", async () => {
    const unit = await Unit.create();
    scalable("pass-through")(unit).start();
    const withPasid = { ...interrupts, pasid: PASID };
    expect(unit.iommu.requestTranslation(withPasid)).toEqual(nothing);
    expect(unit.faultRecords()).toEqual([]);
  });
});

describe("VTD-6.2.4: translation requests and the IOTLB", () => {
  it("VTD-6.2.4: leave an entry that untranslated requests use, and the other way round", async () => {
    const unit = await Unit.create();
    const world = scalable("nested")(unit).start();
    const dma = { ...request, access: "write" } as const;
    unit.iommu.requestTranslation(request);
    world.second.unmap(GUEST);
    expect(unit.iommu.translate(dma)).toMatchObject({ status: "ok", address: OUTPUT });

    const other = await Unit.create();
    const otherWorld = scalable("nested")(other).start();
    other.iommu.translate(dma);
    otherWorld.second.unmap(GUEST);
    expect(other.iommu.requestTranslation(request)).toEqual(completion);
  });

  it("VTD-6.1: without permission leave none", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage", (w) => w.first.entry(INPUT, 1).set({ P: 0 }))(unit);
    world.start();
    expect(unit.iommu.requestTranslation(request)).toMatchObject({ condition: "SFS.2" });
    world.first.entry(INPUT, 1).set({ P: 1 });
    expect(unit.iommu.requestTranslation(request)).toEqual(completion);
  });
});
