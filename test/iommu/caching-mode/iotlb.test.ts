/** Caching mode: the IOTLB caches faults of the second stage, and none of the first (§6.2.4). */
import { describe, expect, it } from "vitest";
import { descriptor } from "../../queues/descriptors.js";
import { DOMAIN, GUEST, INPUT, OUTPUT, PASID, ScalableWorld, SID } from "../worlds.js";
import {
  create,
  expectStaleUntil,
  LAST_READ,
  legacyWorld,
  OTHER_DOMAIN,
  reader,
  scalableWorld,
  spoil,
  type Invalidation,
  type Spoiler,
} from "./faulting-entries.js";

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
      it.each(byKind[kind])(`${kind}, ${condition}: %s %o`, async (...invalidation) => {
        const unit = await create();
        const mend = spoiler(scalableWorld(unit, kind));
        expectStaleUntil(invalidation, unit, { condition, mend, pasid: PASID });
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
