/** Caching mode (CAP.CM = 1): what faults is cached, until software invalidates it (§6.1, §6.2). */
import { describe, expect, it } from "vitest";
import { descriptor } from "../queues/descriptors.js";
import { Unit } from "./unit.js";
import {
  DOMAIN,
  GUEST,
  INPUT,
  LegacyWorld,
  OUTPUT,
  PASID,
  RID_PASID,
  ScalableWorld,
  SID,
  type Kind,
  type ScalableOptions,
} from "./worlds.js";

const OTHER_DOMAIN = 0x77;
const LAST_READ = { read: true, write: false, last: true, group: 1 } as const;
type Invalidation = readonly [name: string, fields: Record<string, bigint | number>];

async function create(CM = 1, capabilities: Record<string, number> = {}): Promise<Unit> {
  return Unit.create({ capabilities: { CM, ...capabilities }, faultCollapse: false });
}

function reader(unit: Unit, pasid?: number) {
  return (address = INPUT, access: "read" | "write" = "read") => {
    const result = unit.iommu.translate({ sourceId: SID, pasid, address, access });
    return result.status === "fault" ? result.condition : result.status;
  };
}

/** What spoils an entry so that requests fault with a condition; calling the answer mends it. */
type Spoiler<W> = (world: W) => () => void;

function spoil<E extends { read(): bigint[]; write(words: readonly bigint[]): unknown }>(
  entry: E,
  change: (entry: E) => void,
): () => void {
  const good = entry.read();
  change(entry);
  return () => void entry.write(good);
}

const legacyEntries: readonly (readonly [string, Spoiler<LegacyWorld>])[] = [
  ["LRT.2", (w) => spoil(w.tables.rootEntry(SID), (e) => e.set({ P: 0 }))],
  ["LRT.3", (w) => spoil(w.tables.rootEntry(SID), (e) => e.setBits(11, 1, 1n))],
  ["LCT.2", (w) => spoil(w.contextEntry, (e) => e.set({ P: 0 }))],
  ["LCT.3", (w) => spoil(w.contextEntry, (e) => e.setBits(11, 4, 1n))],
  ["LCT.4.1", (w) => spoil(w.contextEntry, (e) => e.set({ AW: 4 }))],
  ["LCT.4.2", (w) => spoil(w.contextEntry, (e) => e.set({ TT: 3 }))],
];

const scalableEntries: readonly (readonly [string, Spoiler<ScalableWorld>])[] = [
  ["SRT.2", (w) => spoil(w.tables.rootEntry(SID), (e) => e.set({ LP: 0 }))],
  ["SRT.3", (w) => spoil(w.tables.rootEntry(SID), (e) => e.setBits(11, 1, 1n))],
  ["SCT.2", (w) => spoil(w.contextEntry, (e) => e.set({ P: 0 }))],
  ["SCT.3", (w) => spoil(w.contextEntry, (e) => e.setBits(8, 7, 1n))],
  ["SCT.4.1", (w) => spoil(w.contextEntry, (e) => e.set({ DTE: 0 }))],
  ["SCT.4.2", (w) => spoil(w.contextEntry, (e) => e.set({ RID_PASID: 0xfffff }))],
];

const directory = (w: ScalableWorld) => w.tables.directoryEntry(SID, PASID);
const pasidEntry = (w: ScalableWorld) => w.tables.pasidEntry(SID, PASID);

const pasidEntries: readonly (readonly [string, Spoiler<ScalableWorld>])[] = [
  ["SPD.2", (w) => spoil(directory(w), (e) => e.set({ P: 0 }))],
  ["SPD.3", (w) => spoil(directory(w), (e) => e.setBits(11, 2, 1n))],
  ["SPT.2", (w) => spoil(pasidEntry(w), (e) => e.set({ P: 0 }))],
  ["SPT.3", (w) => spoil(pasidEntry(w), (e) => e.setBits(11, 10, 1n))],
  ["SPT.4.1", (w) => spoil(pasidEntry(w), (e) => e.set({ AW: 7 }))],
  ["SPT.4.2", (w) => spoil(pasidEntry(w), (e) => e.set({ PGTT: 7 }))],
];

function legacyWorld(unit: Unit): LegacyWorld {
  return new LegacyWorld(unit).map().start();
}

function scalableWorld(unit: Unit, kind: Kind, options: Partial<ScalableOptions> = {}) {
  return new ScalableWorld(unit, { kind, ...options }).map().start();
}

describe("VTD-6.1: without CM a repaired entry counts at once", () => {
  it.each(legacyEntries)("%s", async (condition, spoiler) => {
    const unit = await create(0);
    const mend = spoiler(legacyWorld(unit));
    const read = reader(unit);
    expect(read()).toBe(condition);
    mend();
    expect(read()).toBe("ok");
  });

  it.each([...scalableEntries, ...pasidEntries])("%s", async (condition, spoiler) => {
    const unit = await create(0);
    const mend = spoiler(scalableWorld(unit, "second-stage"));
    const read = reader(unit, PASID);
    expect(read()).toBe(condition);
    mend();
    expect(read()).toBe("ok");
  });
});

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
    it.each(invalidations)(`${condition}: %s %o`, async (name, fields, removes) => {
      const unit = await create();
      const mend = spoiler(legacyWorld(unit));
      const read = reader(unit);
      expect(read()).toBe(condition);
      mend();
      expect(read(), "stale").toBe(condition);
      unit.submit(descriptor(name, fields));
      expect(read()).toBe(removes ? "ok" : condition);
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
    it.each(invalidations)(`${condition}: %s %o`, async (name, fields, removes) => {
      const unit = await create();
      const mend = spoiler(scalableWorld(unit, "second-stage"));
      const read = reader(unit, PASID);
      expect(read()).toBe(condition);
      mend();
      expect(read(), "stale").toBe(condition);
      unit.submit(descriptor(name, fields));
      expect(read()).toBe(removes ? "ok" : condition);
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
    it.each(invalidations)(`${condition}: %s %o`, async (name, fields, removes) => {
      const unit = await create();
      const mend = spoiler(scalableWorld(unit, "second-stage"));
      const read = reader(unit, PASID);
      expect(read()).toBe(condition);
      mend();
      expect(read(), "stale").toBe(condition);
      unit.submit(descriptor(name, fields));
      expect(read()).toBe(removes ? "ok" : condition);
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

describe("faults that are served from a cache", () => {
  const fates = (unit: Unit, count: number, pasid?: number) =>
    Array.from({ length: count }, () => {
      const access = "read" as const;
      const result = unit.iommu.translate({ sourceId: SID, pasid, address: INPUT, access });
      return result.status === "fault" ? result.record : result.status;
    });

  it.each([
    ["context entry", (w: ScalableWorld) => void w.contextEntry.set({ P: 0 })],
    ["PASID directory entry", (w: ScalableWorld) => void directory(w).set({ P: 0 })],
    ["PASID table entry", (w: ScalableWorld) => void pasidEntry(w).set({ P: 0 })],
    ["second-stage entry", (w: ScalableWorld) => void w.second.unmap(INPUT)],
  ])("of a %s are recorded for each request", async (_, change) => {
    const unit = await create();
    change(scalableWorld(unit, "second-stage"));
    expect(fates(unit, 3, PASID)).toEqual(["recorded", "recorded", "recorded"]);
    const records = unit.faultRecords();
    expect(records).toHaveLength(3);
    const equal = records.map((record) => JSON.stringify({ ...record, index: 0 }, text));
    expect(new Set(equal).size).toBe(1);
    expect(unit.iommu.counters().faults).toBe(3n);
  });

  it.each(["context", "directory", "pasid"] as const)(
    "are suppressed for each request by FPD of the %s entry",
    async (place) => {
      const unit = await create();
      const world = scalableWorld(unit, "second-stage");
      world.setFpd(place);
      if (place === "context") world.contextEntry.set({ P: 0 });
      if (place === "directory") directory(world).set({ P: 0 });
      if (place === "pasid") pasidEntry(world).set({ P: 0 });
      expect(fates(unit, 3, PASID)).toEqual(["suppressed", "suppressed", "suppressed"]);
    },
  );

  it("of a second-stage entry are suppressed by the FPD that was met when they were cached", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    world.setFpd("pasid");
    world.second.unmap(INPUT);
    expect(fates(unit, 2, PASID)).toEqual(["suppressed", "suppressed"]);
  });

  it("read no memory again", async () => {
    const unit = await create();
    scalableWorld(unit, "second-stage").contextEntry.set({ P: 0 });
    fates(unit, 1, PASID);
    const before = unit.iommu.counters();
    fates(unit, 1, PASID);
    const after = unit.iommu.counters();
    expect(after.contextReads).toBe(before.contextReads);
    expect(after.contextHits - before.contextHits).toBe(1n);
  });

  it("are explained, and explaining caches nothing", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    const mend = spoil(pasidEntry(world), (e) => e.set({ P: 0 }));
    const request = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
    expect(unit.iommu.explain(request).result).toMatchObject({ condition: "SPT.2" });
    mend();
    expect(unit.iommu.explain(request).result).toMatchObject({ status: "ok" });
    pasidEntry(world).set({ P: 0 });
    unit.iommu.translate(request);
    mend();
    const explained = unit.iommu.explain(request);
    expect(explained.result).toMatchObject({ condition: "SPT.2" });
    expect(explained.entries.map(({ structure }) => structure)).toContain("PASID cache entry");
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString(16) : value;
}

describe("accesses to memory that fail", () => {
  it.each([
    ["the context entry", "SCT.1", (w: ScalableWorld) => w.contextEntry.address],
    ["the PASID table entry", "SPT.1", (w: ScalableWorld) => pasidEntry(w).address],
    ["a second-stage entry", "SSS.1", (w: ScalableWorld) => w.second.entry(INPUT, 1).address],
  ])("choice K5: %s was not read, and is not cached", async (_, condition, address) => {
    const unit = await create();
    const at = address(scalableWorld(unit, "second-stage"));
    const read = reader(unit, PASID);
    unit.memory.poison(at, 8);
    expect(read()).toBe(condition);
    unit.memory.heal(at, 8);
    expect(read()).toBe("ok");
  });
});

/** Pages of a second stage: not mapped yet, or mapped badly. */
const secondStageFaults: readonly (readonly [string, Spoiler<ScalableWorld>])[] = [
  ["SSS.2", (w) => spoil(w.second.entry(secondInput(w), 1), (e) => e.set({ R: 0, W: 0 }))],
  ["SSS.3", (w) => spoil(w.second.entry(secondInput(w), 1), (e) => e.setBits(51, 51, 1n))],
  ["SGN.7", (w) => spoil(w.second.entry(secondInput(w), 1), (e) => e.set({ R: 0, W: 1 }))],
];

function secondInput(world: ScalableWorld): bigint {
  return world.kind === "nested" ? GUEST : INPUT;
}

describe("VTD-6.2.4.1: with CM the IOTLB caches faults of the second stage", () => {
  const common: readonly (readonly [...Invalidation, boolean])[] = [
    ["IOTLB_INV", { G: 1 }, true],
    ["IOTLB_INV", { G: 2, DID: DOMAIN }, true],
    ["IOTLB_INV", { G: 2, DID: 0 }, false],
    ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT }, true],
    ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT, IH: 1 }, true],
    ["IOTLB_INV", { G: 3, DID: OTHER_DOMAIN, ADDR: INPUT }, false],
    ["PASID_IOTLB_INV", { G: 2, DID: DOMAIN, PASID }, true],
    ["PASID_IOTLB_INV", { G: 2, DID: DOMAIN, PASID: PASID + 1 }, false],
    ["CC_INV", { G: 1 }, false],
    ["PASID_CACHE_INV", { G: 3 }, false],
  ];
  const byKind = {
    "second-stage": [
      ...common,
      ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT + 0x1000n }, false],
      ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT + 0x1000n, AM: 9 }, true],
      ["PASID_IOTLB_INV", { G: 3, DID: DOMAIN, PASID, ADDR: INPUT }, false],
    ],
    nested: [
      ...common,
      // Entries with a first stage go with the whole domain, and by PASID and address (Table 23).
      ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT + 0x1000n }, true],
      ["PASID_IOTLB_INV", { G: 3, DID: DOMAIN, PASID, ADDR: INPUT }, true],
      ["PASID_IOTLB_INV", { G: 3, DID: DOMAIN, PASID, ADDR: INPUT + 0x1000n }, false],
    ],
  } as const satisfies Record<string, readonly (readonly [...Invalidation, boolean])[]>;

  for (const kind of ["second-stage", "nested"] as const) {
    for (const [condition, spoiler] of secondStageFaults) {
      it.each(byKind[kind])(`${kind}, ${condition}: %s %o`, async (name, fields, removes) => {
        const unit = await create();
        const mend = spoiler(scalableWorld(unit, kind));
        const read = reader(unit, PASID);
        expect(read()).toBe(condition);
        mend();
        expect(read(), "stale").toBe(condition);
        unit.submit(descriptor(name, fields));
        expect(read()).toBe(removes ? "ok" : condition);
      });
    }
  }

  it.each(secondStageFaults)("%s counts at once without CM", async (condition, spoiler) => {
    for (const kind of ["second-stage", "nested"] as const) {
      const unit = await create(0);
      const mend = spoiler(scalableWorld(unit, kind));
      const read = reader(unit, PASID);
      expect(read()).toBe(condition);
      mend();
      expect(read()).toBe("ok");
    }
  });

  it("a page that was granted reading only stays so when writing was asked for first (K6)", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    world.second.entry(INPUT, 1).set({ W: 0 });
    const look = reader(unit, PASID);
    expect(look(INPUT, "write")).toBe("SGN.6");
    world.second.entry(INPUT, 1).set({ W: 1 });
    expect(look(INPUT, "write")).toBe("SGN.6");
    expect(look(INPUT, "read")).toBe("ok");
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT, IH: 1 }));
    expect(look(INPUT, "write")).toBe("ok");
  });

  it("of legacy mode are reported by the access that meets them, not by the one that cached them (W9)", async () => {
    const unit = await create();
    const world = legacyWorld(unit);
    const leaf = world.second.entry(INPUT, 1);
    const mend = spoil(leaf, (e) => e.set({ R: 0, W: 0 }));
    const look = reader(unit);
    expect(look(INPUT, "read")).toBe("LGN.3");
    mend();
    expect(look(INPUT, "write")).toBe("LGN.2");
    expect(look(INPUT, "read")).toBe("LGN.3");
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT, IH: 1 }));
    expect(look(INPUT, "write")).toBe("ok");
    const spoiled = spoil(leaf, (e) => e.setBits(51, 51, 1n));
    unit.submit(descriptor("IOTLB_INV", { G: 2, DID: DOMAIN }));
    expect(look()).toBe("LSS.2");
    spoiled();
    expect(look(INPUT, "write")).toBe("LSS.2");
  });

  it("are private to the requester and its PASID, like translations", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    const mend = spoil(world.second.entry(INPUT, 1), (e) => e.set({ R: 0, W: 0 }));
    expect(reader(unit, PASID)()).toBe("SSS.2");
    mend();
    expect(reader(unit)()).toBe("ok");
    expect(reader(unit, PASID)()).toBe("SSS.2");
  });

  it("a translation request is answered without permissions from such an entry (§4.2.3)", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    const mend = spoil(world.second.entry(INPUT, 1), (e) => e.set({ R: 0, W: 0 }));
    const ask = () =>
      unit.iommu.requestTranslation({ sourceId: SID, pasid: PASID, address: INPUT });
    const nothing = { status: "ok", read: false, write: false, condition: "SSS.2" };
    expect(ask()).toMatchObject(nothing);
    mend();
    expect(ask()).toMatchObject(nothing);
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT }));
    expect(ask()).toMatchObject({ read: true, write: true, address: OUTPUT });
  });

  it("a page request loses them, as it loses stale translations (§6.5.3.1)", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    unit.startPageRequests();
    const mend = spoil(world.second.entry(INPUT, 1), (e) => e.set({ R: 0, W: 0 }));
    const read = reader(unit, PASID);
    read();
    mend();
    const page = { sourceId: SID, pasid: PASID, address: INPUT, ...LAST_READ };
    expect(unit.iommu.requestPage(page).status).toBe("accepted");
    expect(read()).toBe("ok");
  });

  it("a privileged request is refused for itself first: SPT.6", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    world.second.unmap(INPUT);
    expect(reader(unit, PASID)()).toBe("SSS.2");
    const request = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
    const result = unit.iommu.translate({ ...request, privileged: true });
    expect(result).toMatchObject({ condition: "SPT.6" });
  });

  it("nested: what the first stage refuses comes first, cached or not", async () => {
    const unit = await create();
    const world = new ScalableWorld(unit, { kind: "nested", pasid: { sre: true } });
    world.map({ first: { user: false } }).start();
    world.second.unmap(GUEST);
    const request = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
    const privileged = unit.iommu.translate({ ...request, privileged: true });
    expect(privileged).toMatchObject({ condition: "SSS.2" });
    expect(unit.iommu.translate(request)).toMatchObject({ condition: "SGN.2" });
  });

  it("nested: a table of the first stage that is not mapped is remembered as well", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "nested");
    const mend = spoil(world.tableMapping(1), (e) => e.set({ R: 0, W: 0 }));
    const read = reader(unit, PASID);
    expect(read()).toBe("SSS.2");
    mend();
    expect(read()).toBe("SSS.2");
    unit.submit(descriptor("IOTLB_INV", { G: 2, DID: DOMAIN }));
    expect(read()).toBe("ok");
  });

  it("sets A, and not D, in the leaf of a page that it caches although the access was refused", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage", { pasid: { ssade: true } });
    const leaf = world.second.entry(INPUT, 1).set({ R: 0, W: 1 });
    const atomic = { sourceId: SID, pasid: PASID, address: INPUT, access: "atomic" } as const;
    expect(unit.iommu.translate(atomic)).toMatchObject({ condition: "SGN.7" });
    expect([leaf.get("A"), leaf.get("D")]).toEqual([1n, 0n]);
    expect(unit.iommu.translate({ ...atomic, access: "write" }).status).toBe("ok");
    expect(leaf.get("D")).toBe(1n);
  });

  it("sets no A in an entry that is not present", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage", { pasid: { ssade: true } });
    const leaf = world.second.entry(INPUT, 1).set({ R: 0, W: 0 });
    expect(reader(unit, PASID)()).toBe("SSS.2");
    expect(leaf.get("A")).toBe(0n);
  });
});

describe("VTD-6.2.4.1: with CM the IOTLB caches a pass-through mapping that leads to FEEx_xxxxh", () => {
  const INTERRUPTS = 0xfee0_0000n;
  const GIGABYTE = 1n << 30n;

  /** A request that passed through and was refused, and a context entry that has gone since. */
  async function refused(CM: number) {
    const unit = await create(CM);
    const world = scalableWorld(unit, "pass-through");
    const read = reader(unit, PASID);
    expect(read(INTERRUPTS)).toBe("SGN.8.1");
    world.contextEntry.set({ P: 0 });
    unit.submit(descriptor("CC_INV", { G: 1 }));
    return { unit, read: () => read(INTERRUPTS) };
  }

  it.each<readonly [...Invalidation, boolean]>([
    ["CC_INV", { G: 1 }, false],
    ["PASID_CACHE_INV", { G: 3 }, false],
    ["IOTLB_INV", { G: 1 }, true],
    ["IOTLB_INV", { G: 2, DID: DOMAIN }, true],
    ["IOTLB_INV", { G: 2, DID: OTHER_DOMAIN }, false],
    ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INTERRUPTS }, true],
    ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INTERRUPTS - GIGABYTE }, false],
    ["IOTLB_INV", { G: 3, DID: OTHER_DOMAIN, ADDR: INTERRUPTS }, false],
    ["PASID_IOTLB_INV", { G: 2, DID: DOMAIN, PASID }, true],
    ["PASID_IOTLB_INV", { G: 2, DID: DOMAIN, PASID: PASID + 1 }, false],
    ["PASID_IOTLB_INV", { G: 3, DID: DOMAIN, PASID, ADDR: INTERRUPTS }, false],
  ])("SGN.8.1: %s %o", async (name, fields, removes) => {
    const { unit, read } = await refused(1);
    expect(read(), "stale").toBe("SGN.8.1");
    unit.submit(descriptor(name, fields));
    expect(read()).toBe(removes ? "SCT.2" : "SGN.8.1");
  });

  it("without CM the context-cache invalidation is enough", async () => {
    const { read } = await refused(0);
    expect(read()).toBe("SCT.2");
  });
});

describe("VTD-6.1: faults of the first stage are never cached", () => {
  it.each([
    ["SFS.2", { P: 0 }, "read"],
    ["SGN.2", { US: 0 }, "read"],
    ["SGN.6", { RW: 0 }, "write"],
  ] as const)("%s", async (condition, fields, access) => {
    for (const kind of ["first-stage", "nested"] as const) {
      const unit = await create();
      const world = scalableWorld(unit, kind);
      const mend = spoil(world.first.entry(INPUT, 1), (e) => e.set(fields));
      const look = reader(unit, PASID);
      expect(look(INPUT, access), kind).toBe(condition);
      mend();
      expect(look(INPUT, access), kind).toBe("ok");
    }
  });

  it("nor are non-leaf entries of it", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "first-stage");
    const mend = spoil(world.first.entry(INPUT, 3), (e) => e.set({ P: 0 }));
    const read = reader(unit, PASID);
    expect(read()).toBe("SFS.2");
    mend();
    expect(read()).toBe("ok");
  });
});

describe("VTD-6.2.5: with CM non-leaf second-stage entries that fault are cached", () => {
  const NEIGHBOUR = INPUT + 0x1000n;

  /** A world whose level-2 entry for INPUT and NEIGHBOUR faults, and has been looked at for INPUT. */
  async function withoutTable(change: Record<string, number>, CM = 1) {
    const unit = await create(CM);
    const world = scalableWorld(unit, "second-stage");
    world.second.map(NEIGHBOUR, OUTPUT + 0x1000n);
    const mend = spoil(world.second.entry(INPUT, 2), (e) => e.set(change));
    const read = reader(unit, PASID);
    const condition = read();
    mend();
    return { unit, world, read, condition };
  }

  it.each([
    ["not present", { R: 0, W: 0 }, "SSS.2"],
    ["reserved bits", { ADDR: 1 }, "SSS.3"],
  ])("%s: all pages below stay refused", async (_, change, condition) => {
    const fields = "ADDR" in change ? { ADDR: 1n << 50n } : change;
    const { read, condition: found } = await withoutTable(fields as never);
    expect(found).toBe(condition);
    expect(read(NEIGHBOUR)).toBe(condition);
  });

  it("without CM they are not", async () => {
    const { read } = await withoutTable({ R: 0, W: 0 }, 0);
    expect(read(NEIGHBOUR)).toBe("ok");
  });

  it.each<readonly [...Invalidation, string]>([
    ["IOTLB_INV", { G: 1 }, "ok"],
    ["IOTLB_INV", { G: 2, DID: DOMAIN }, "ok"],
    ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT }, "ok"],
    ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT, IH: 1 }, "SSS.2"],
    ["IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: INPUT + 0x20_0000n }, "SSS.2"],
    ["IOTLB_INV", { G: 3, DID: OTHER_DOMAIN, ADDR: INPUT }, "SSS.2"],
    ["PASID_IOTLB_INV", { G: 2, DID: DOMAIN, PASID }, "SSS.2"],
    ["PASID_IOTLB_INV", { G: 3, DID: DOMAIN, PASID, ADDR: INPUT }, "SSS.2"],
  ])("%s %o: a page below is then answered %s", async (name, fields, expected) => {
    const { unit, read } = await withoutTable({ R: 0, W: 0 });
    unit.submit(descriptor(name, fields));
    expect(read(NEIGHBOUR)).toBe(expected);
  });

  it("they are shared by requesters of the domain (K4)", async () => {
    const { unit } = await withoutTable({ R: 0, W: 0 });
    expect(reader(unit)(NEIGHBOUR)).toBe("SSS.2");
  });

  it("the top-level entry is cached too", async () => {
    const unit = await create();
    const world = scalableWorld(unit, "second-stage");
    const far = INPUT + (1n << 30n);
    world.second.map(far, OUTPUT);
    const mend = spoil(world.second.entry(INPUT, 4), (e) => e.set({ R: 0, W: 0 }));
    const read = reader(unit, PASID);
    read();
    mend();
    expect(read(far)).toBe("SSS.2");
  });

  it("a large page that faults is a leaf: its neighbours are looked up", async () => {
    const unit = await create();
    const world = new ScalableWorld(unit, { kind: "second-stage" });
    world.map({ size: 0x20_0000 }).start();
    const mend = spoil(world.second.entry(INPUT, 2), (e) => e.setBits(51, 51, 1n));
    const read = reader(unit, PASID);
    expect(read()).toBe("SSS.3");
    mend();
    expect(read()).toBe("SSS.3");
    expect(read(NEIGHBOUR)).toBe("ok");
  });
});

describe("VTD-6.5: what flushes everything flushes faults", () => {
  it("SRTP with ESRTPS, and TE off with SMTS", async () => {
    for (const flush of ["SRTP", "TE"]) {
      const unit = await create();
      const world = scalableWorld(unit, "second-stage");
      const mend = spoil(world.contextEntry, (e) => e.set({ P: 0 }));
      const read = reader(unit, PASID);
      read();
      mend();
      if (flush === "SRTP") unit.setRoot(world.rootTableAddress);
      else {
        unit.stopTranslation();
        world.start();
      }
      expect(read(), flush).toBe("ok");
    }
  });
});
