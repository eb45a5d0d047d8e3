import { describe, expect, it } from "vitest";
import { descriptor } from "../queues/descriptors.js";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { DOMAIN, GUEST, INPUT, LegacyWorld, OUTPUT, PASID, RID_PASID, SID } from "./worlds.js";

const NEW = OUTPUT + 0x10_0000n;
const request = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
const ours = { DID: DOMAIN, PASID } as const;

/** IOTLB lookups and hits of what `run` does. */
function lookups(unit: Unit, run: () => void): { lookups: bigint; hits: bigint } {
  const before = unit.iommu.counters();
  run();
  const after = unit.iommu.counters();
  return {
    lookups: after.iotlbLookups - before.iotlbLookups,
    hits: after.iotlbHits - before.iotlbHits,
  };
}

describe("VTD-6.2.4: an entry of the IOTLB", () => {
  it("VTD-6.2.4: is used without a look at context, PASID entry or page tables (choice K1)", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage")(unit).start();
    unit.iommu.translate({ ...request, access: "write" });
    world.contextEntry.clear();
    world.eachPasidEntry((entry) => entry.clear());
    world.first.unmap(INPUT);
    unit.memory.poison(0x1000n, 0xf_0000);
    const before = unit.iommu.counters();
    for (const access of ["read", "write", "atomic"] as const) {
      const result = unit.iommu.translate({ ...request, access });
      expect(result).toMatchObject({ status: "ok", address: OUTPUT });
    }
    const { requests, iotlbLookups, iotlbHits, ...rest } = unit.iommu.counters();
    expect(requests - before.requests).toBe(3n);
    expect(iotlbLookups - before.iotlbLookups).toBe(3n);
    expect(iotlbHits - before.iotlbHits).toBe(3n);
    expect(rest).toEqual({
      ...before,
      requests: undefined,
      iotlbLookups: undefined,
      iotlbHits: undefined,
    });
  });

  it("VTD-7.1.3: has no say about faults of the walk that a write through a clean page begins", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage")(unit).start();
    world.contextEntry.set({ FPD: 1 });
    expect(unit.iommu.translate(request)).toMatchObject({ status: "ok" });
    world.contextEntry.set({ FPD: 0, P: 0 });
    unit.submit(descriptor("CC_INV", { G: 1 }));
    expect(unit.iommu.translate({ ...request, access: "write" })).toMatchObject({
      condition: "SCT.2",
      record: "recorded",
    });
  });

  it.each(["first-stage", "second-stage", "nested"] as const)(
    "VTD-6.2.4: of a %s page stays stale until it is invalidated",
    async (kind) => {
      const unit = await Unit.create();
      const world = scalable(kind)(unit).start();
      unit.iommu.translate(request);
      if (kind === "first-stage") world.first.entry(INPUT, 1).set({ ADDR: NEW });
      else world.second.entry(kind === "nested" ? GUEST : INPUT, 1).set({ ADDR: NEW });
      expect(unit.iommu.translate(request), "stale").toMatchObject({ address: OUTPUT });
      const narrow =
        kind === "second-stage"
          ? [descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT + 0x1000n })]
          : [descriptor("PASID_IOTLB_INV", { G: 3, ...ours, ADDR: INPUT + 0x1000n })];
      unit.submit(...narrow, descriptor("IOTLB_INV", { G: 2, DID: DOMAIN + 1 }));
      expect(unit.iommu.translate(request), "still stale").toMatchObject({ address: OUTPUT });
      const exact =
        kind === "second-stage"
          ? descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT })
          : descriptor("PASID_IOTLB_INV", { G: 3, ...ours, ADDR: INPUT });
      unit.submit(exact);
      expect(unit.iommu.translate(request)).toMatchObject({ address: NEW });
    },
  );

  it("VTD-6.2.4: of legacy mode is found by domain and address", async () => {
    const unit = await Unit.create();
    const world = new LegacyWorld(unit).map().start();
    const plain = { ...request, pasid: undefined };
    unit.iommu.translate(plain);
    world.second.entry(INPUT, 1).set({ ADDR: NEW });
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: DOMAIN + 1, ADDR: INPUT }));
    expect(unit.iommu.translate(plain)).toMatchObject({ address: OUTPUT });
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT }));
    expect(unit.iommu.translate(plain)).toMatchObject({ address: NEW });
  });

  it("VTD-6.2.4: of a request without PASID is tagged with RID_PASID", async () => {
    for (const [fields, address] of [
      [{ G: 2, ...ours }, OUTPUT],
      [{ G: 3, DID: DOMAIN, PASID: RID_PASID, ADDR: INPUT }, NEW],
      [{ G: 2, DID: DOMAIN, PASID: RID_PASID }, NEW],
    ] as const) {
      const unit = await Unit.create();
      const world = scalable("first-stage")(unit).start();
      const plain = { ...request, pasid: undefined };
      unit.iommu.translate(plain);
      world.first.entry(INPUT, 1).set({ ADDR: NEW });
      unit.submit(descriptor("PASID_IOTLB_INV", fields));
      expect(unit.iommu.translate(plain)).toMatchObject({ address });
    }
  });

  it("VTD-6.2.4: of pass-through goes by domain and page, and by PASID, not by page in a PASID", async () => {
    for (const [name, fields, removes] of [
      ["PASID_IOTLB_INV", { G: 3, ...ours, ADDR: INPUT }, false],
      ["PASID_IOTLB_INV", { G: 2, ...ours }, true],
      ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT }, true],
    ] as const) {
      const unit = await Unit.create();
      const world = scalable("pass-through")(unit).start();
      unit.iommu.translate(request);
      world.eachPasidEntry((entry) => entry.set({ P: 0 }));
      unit.submit(descriptor("PASID_CACHE_INV", { G: 3 }), descriptor(name, fields));
      const status = removes ? "fault" : "ok";
      expect([name, fields, unit.iommu.translate(request).status]).toEqual([name, fields, status]);
    }
  });

  it("VTD-6.2.4: is private to source-id and PASID (choice K4)", async () => {
    const unit = await Unit.create();
    const world = scalable("second-stage")(unit);
    world.addPasid(PASID + 1);
    world.tables.context(SID | 1, { paside: true, ridPasid: RID_PASID });
    const { second } = world;
    const entry = { kind: "second-stage", domain: DOMAIN, secondStage: second } as const;
    world.tables.pasid(SID | 1, PASID, entry);
    world.start();
    unit.iommu.translate(request);
    for (const other of [{ pasid: PASID + 1 }, { sourceId: SID | 1 }, { pasid: undefined }]) {
      const run = () => unit.iommu.translate({ ...request, ...other });
      expect(lookups(unit, run), JSON.stringify(other)).toEqual({ lookups: 1n, hits: 0n });
      expect(lookups(unit, run), JSON.stringify(other)).toEqual({ lookups: 1n, hits: 1n });
    }
  });

  it("VTD-6.2.4: keeps FPD", async () => {
    const unit = await Unit.create();
    const world = scalable(
      "first-stage",
      (w) => w.setFpd("pasid"),
      {},
      { first: { write: false } },
    );
    world(unit).start();
    unit.iommu.translate(request);
    const write = { ...request, access: "write" } as const;
    const run = () =>
      expect(unit.iommu.translate(write)).toMatchObject({
        condition: "SGN.6",
        record: "suppressed",
      });
    expect(lookups(unit, run)).toEqual({ lookups: 1n, hits: 1n });
  });
});

describe("VTD-6.2.4: rights in the IOTLB", () => {
  it("VTD-6.2.4: are the old ones until the page is invalidated, taken away or given", async () => {
    for (const write of [true, false]) {
      const unit = await Unit.create();
      const world = scalable("first-stage", undefined, {}, { first: { write } })(unit).start();
      const attempt = () => unit.iommu.translate({ ...request, access: "write" }).status;
      unit.iommu.translate(request);
      if (write) expect(attempt()).toBe("ok");
      world.first.entry(INPUT, 1).set({ RW: !write });
      expect(attempt()).toBe(write ? "ok" : "fault");
      unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, ...ours, ADDR: INPUT }));
      expect(attempt()).toBe(write ? "fault" : "ok");
    }
  });

  it("VTD-6.2.4: of users and supervisors are in one entry", async () => {
    const unit = await Unit.create();
    const options = { pasid: { sre: true } };
    scalable("first-stage", undefined, options, { first: { write: false } })(unit).start();
    const privileged = { ...request, privileged: true };
    unit.iommu.translate(request);
    expect(lookups(unit, () => unit.iommu.translate(privileged)).hits).toBe(1n);
    expect(unit.iommu.translate({ ...privileged, access: "write" }).status).toBe("ok");
    expect(unit.iommu.translate({ ...request, access: "write" })).toMatchObject({
      condition: "SGN.6",
    });
  });

  it("VTD-6.1: a request that faults leaves nothing behind", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage", undefined, {}, { first: { write: false } })(unit).start();
    const write = { ...request, access: "write" } as const;
    expect(unit.iommu.translate(write)).toMatchObject({ condition: "SGN.6" });
    world.first.entry(INPUT, 1).set({ RW: 1 });
    expect(unit.iommu.translate(write).status).toBe("ok");
  });
});

describe("VTD-6.2.4: page sizes in the IOTLB", () => {
  it("VTD-6.2.4: one entry serves the whole of a large page, and goes with any page of it", async () => {
    for (const size of [0x20_0000, 0x4000_0000] as const) {
      const unit = await Unit.create();
      const world = scalable("second-stage", undefined, {}, { size })(unit).start();
      unit.iommu.translate(request);
      const start = (INPUT / BigInt(size)) * BigInt(size);
      const last = { ...request, address: start + BigInt(size) - 0x1000n };
      expect(lookups(unit, () => unit.iommu.translate(last)).hits).toBe(1n);
      world.second.unmap(start);
      unit.submit(descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: last.address }));
      expect(unit.iommu.translate(request)).toMatchObject({ condition: "SSS.2" });
    }
  });

  it("VTD-6.2.4: pages of all sizes are found beside each other", async () => {
    const unit = await Unit.create();
    const world = scalable("second-stage")(unit);
    world.second.map(0x20_0000n, 0x20_0000n, { size: 0x20_0000 });
    world.second.map(0x4000_0000n, 0x4000_0000n, { size: 0x4000_0000 });
    world.start();
    const addresses = [INPUT, 0x21_2340n, 0x4321_5678n];
    const run = () =>
      addresses.map((address) => unit.iommu.translate({ ...request, address })) as never[];
    const walked = run();
    expect(lookups(unit, () => expect(run()).toEqual(walked))).toEqual({ lookups: 3n, hits: 3n });
    unit.submit(descriptor("IOTLB_INV", { G: 1 }));
    expect(lookups(unit, () => expect(run()).toEqual(walked))).toEqual({ lookups: 3n, hits: 0n });
  });

  it("VTD-6.2.4: a nested page is kept in the smaller size", async () => {
    const unit = await Unit.create();
    const sizes = { size: 0x20_0000, secondSize: 0x1000 } as const;
    scalable("nested", undefined, {}, sizes)(unit).start();
    unit.iommu.translate(request);
    const next = { ...request, address: INPUT + 0x1000n };
    expect(unit.iommu.translate(next)).toMatchObject({ condition: "SSS.2" });
  });

  it("VTD-6.5.2.4: an address mask covers 2^AM pages, whatever the low bits of the address", async () => {
    for (const [AM, ADDR, removes] of [
      [0, INPUT, true],
      [0, INPUT ^ 0x1000n, false],
      [1, INPUT ^ 0x1000n, true],
      [1, INPUT ^ 0x2000n, false],
      [9, INPUT ^ 0x1f_f000n, true],
      [9, INPUT ^ 0x20_0000n, false],
      [44, INPUT ^ 0x7fff_f000n, true],
      [63, 0n, true],
    ] as const) {
      const unit = await Unit.create();
      const world = scalable("first-stage")(unit).start();
      unit.iommu.translate(request);
      world.first.entry(INPUT, 1).set({ ADDR: NEW });
      unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, ...ours, AM, ADDR }));
      const address = removes ? NEW : OUTPUT;
      expect([AM, ADDR, unit.iommu.translate(request)]).toMatchObject([AM, ADDR, { address }]);
    }
  });
});

describe("VTD-6.2.4: canonical addresses above the middle", () => {
  it.each([4, 5] as const)(
    "VTD-6.5.2.4: are invalidated by page, with %i levels",
    async (firstLevels) => {
      const unit = await Unit.create();
      const input = firstLevels === 4 ? 0xffff_8123_4567_8000n : 0xff12_3456_789a_b000n;
      const mapping = { input };
      const world = scalable("first-stage", undefined, { firstLevels }, mapping)(unit).start();
      const read = () => unit.iommu.translate({ ...request, address: input });
      read();
      world.first.entry(input, 1).set({ ADDR: NEW });
      for (const ADDR of [input ^ 0x1000n, input ^ (1n << 30n), input ^ (1n << 45n)]) {
        unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, ...ours, ADDR }));
      }
      expect(read(), "other pages").toMatchObject({ address: OUTPUT });
      unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, ...ours, ADDR: input }));
      expect(read()).toMatchObject({ address: NEW });
    },
  );
});

describe("VTD-6.2.4: the size of the IOTLB", () => {
  it("VTD-6.2.4: of one entry holds one page", async () => {
    for (const [size, hits] of [
      [1, 0n],
      [2, 4n],
    ] as const) {
      const unit = await Unit.create({ caches: { iotlb: size } });
      const world = scalable("second-stage")(unit);
      world.second.map(INPUT + 0x1000n, NEW);
      world.start();
      const run = () => {
        for (let i = 0; i < 3; i++) {
          expect(unit.iommu.translate(request)).toMatchObject({ address: OUTPUT });
          const next = { ...request, address: INPUT + 0x1000n };
          expect(unit.iommu.translate(next)).toMatchObject({ address: NEW });
        }
      };
      expect([size, lookups(unit, run)]).toEqual([size, { lookups: 6n, hits }]);
    }
  });

  it("VTD-6.2.4: bounds how many pages are stale", async () => {
    const unit = await Unit.create({ caches: { iotlb: 8 } });
    const world = scalable("second-stage")(unit);
    const input = INPUT + 0x10_0000n;
    world.second.map(input, NEW, { count: 64 });
    world.start();
    const addresses = Array.from({ length: 64 }, (_, i) => input + 0x1000n * BigInt(i));
    const run = () =>
      addresses.filter((address) => unit.iommu.translate({ ...request, address }).status === "ok");
    expect(run()).toHaveLength(64);
    world.second.unmap(input, { count: 64 });
    const stale = run().length;
    expect(stale).toBeGreaterThan(0);
    expect(stale).toBeLessThanOrEqual(8);
  });

  it.each([0, 3, 2 ** 21, 1.5])("VTD-6.2.4: %d entries are refused", async (iotlb) => {
    await expect(Unit.create({ caches: { iotlb } })).rejects.toThrow(/caches\.iotlb is/);
  });
});
