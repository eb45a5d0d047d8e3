import { beforeEach, describe, expect, it } from "vitest";
import {
  CacheWorld,
  DOMAINS,
  KINDS,
  PAGE_A,
  PASIDS,
  SEEN,
  type Forgotten,
  type Kind,
} from "./cache-world.js";
import { descriptor } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { ContextWorld } from "./worlds.js";

const nothing: Forgotten = { a: false, b: false, tables: false, pasidEntry: false };
const translations: Forgotten = { ...nothing, a: true, b: true, tables: true };

let unit: QueuedUnit;
let world: CacheWorld;

async function start() {
  // So large that no entry takes the place of another.
  const caches = { firstStagePaging: 4096, secondStagePaging: 4096 };
  unit = await QueuedUnit.create({ preset: "full", caches });
  world = new CacheWorld(unit);
}

function expectForgotten(expected: Partial<Record<Kind, Forgotten>>): void {
  const found = Object.fromEntries(KINDS.map((kind) => [kind, world.forgotten(kind)]));
  expect(unit.queueError).toBe(0);
  expect(found).toEqual({
    "first-stage": nothing,
    "second-stage": nothing,
    nested: nothing,
    ...expected,
  });
}

/** DID and PASID of a kind, as descriptors have them. */
const of = (kind: Kind) => ({ DID: DOMAINS[kind], PASID: PASIDS[kind] });
const domainOf = (kind: Kind) => ({ DID: DOMAINS[kind] });

describe("what stays in the caches (§6.2)", () => {
  beforeEach(start);

  it("everything, while software invalidates nothing", () => {
    expectForgotten({});
  });

  it.each([
    ["CC_INV", { G: 1 }],
    ["CC_INV", { G: 2, DID: 0x11 }],
    ["CC_INV", { G: 3, SID: 0x28 }],
    ["WAIT", {}],
    ["PAGE_GROUP_RESPONSE", {}],
    ["DEV_TLB_INV", {}],
  ])("%s %o leaves PASID entries and translations alone", (name, fields) => {
    unit.submit(descriptor(name, fields));
    expectForgotten({});
  });
});

describe("VTD-6.5.2.2: PASID-cache invalidation", () => {
  beforeEach(start);

  it("global", () => {
    unit.submit(descriptor("PASID_CACHE_INV", { G: 3 }));
    const entry = { ...nothing, pasidEntry: true };
    expectForgotten({ "first-stage": entry, "second-stage": entry, nested: entry });
  });

  it.each(KINDS)("by domain, of a %s PASID", (kind) => {
    unit.submit(descriptor("PASID_CACHE_INV", { G: 0, ...domainOf(kind) }));
    expectForgotten({ [kind]: { ...nothing, pasidEntry: true } });
  });

  it.each(KINDS)("by domain and PASID, of a %s PASID", (kind) => {
    unit.submit(descriptor("PASID_CACHE_INV", { G: 1, ...of(kind) }));
    expectForgotten({ [kind]: { ...nothing, pasidEntry: true } });
  });

  it("by a PASID of another domain: nothing", () => {
    unit.submit(
      descriptor("PASID_CACHE_INV", { G: 1, ...of("nested"), ...domainOf("first-stage") }),
    );
    expectForgotten({});
  });
});

describe("VTD-6.5.2.3: IOTLB invalidation", () => {
  beforeEach(start);

  it("global", () => {
    unit.submit(descriptor("IOTLB_INV", { G: 1 }));
    expectForgotten({
      "first-stage": translations,
      "second-stage": translations,
      nested: translations,
    });
  });

  it.each(KINDS)("domain-selective, of a %s PASID", (kind) => {
    unit.submit(descriptor("IOTLB_INV", { G: 2, ...domainOf(kind) }));
    expectForgotten({ [kind]: translations });
  });

  it.each(["first-stage", "nested"] as const)(
    "page-selective, of a %s PASID: all of the domain",
    (kind) => {
      unit.submit(descriptor("IOTLB_INV", { G: 3, ADDR: PAGE_A, ...domainOf(kind) }));
      expectForgotten({ [kind]: translations });
    },
  );

  it("page-selective, of a second-stage PASID: the page", () => {
    unit.submit(descriptor("IOTLB_INV", { G: 3, ADDR: PAGE_A, ...domainOf("second-stage") }));
    expectForgotten({ "second-stage": { ...nothing, a: true } });
  });

  it("page-selective with AM 4: the 16 pages that ADDR lies in", () => {
    const fields = { G: 3, AM: 4, ADDR: PAGE_A, ...domainOf("second-stage") };
    unit.submit(descriptor("IOTLB_INV", fields));
    expectForgotten({ "second-stage": { ...nothing, a: true, b: true } });
  });

  it.each([
    [0, true],
    [1, false],
  ])("page-selective with IH %i: non-leaf entries of the page are dropped: %s", (IH, tables) => {
    unit.submit(descriptor("IOTLB_INV", { G: 3, IH, ADDR: SEEN, ...domainOf("second-stage") }));
    expectForgotten({ "second-stage": { ...nothing, tables } });
  });
});

describe("VTD-6.5.2.4: PASID-based IOTLB invalidation", () => {
  beforeEach(start);

  it.each(["first-stage", "nested"] as const)("PASID-selective, of a %s PASID", (kind) => {
    unit.submit(descriptor("PASID_IOTLB_INV", { G: 2, ...of(kind) }));
    expectForgotten({ [kind]: translations });
  });

  it("PASID-selective, of a second-stage PASID: its IOTLB entries, no second-stage tables", () => {
    unit.submit(descriptor("PASID_IOTLB_INV", { G: 2, ...of("second-stage") }));
    expectForgotten({ "second-stage": { ...translations, tables: false } });
  });

  it.each(["first-stage", "nested"] as const)("page-selective, of a %s PASID", (kind) => {
    unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, ADDR: PAGE_A, ...of(kind) }));
    expectForgotten({ [kind]: { ...nothing, a: true } });
  });

  it("page-selective with AM 4: the 16 pages that ADDR lies in", () => {
    unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, AM: 4, ADDR: PAGE_A, ...of("nested") }));
    expectForgotten({ nested: { ...nothing, a: true, b: true } });
  });

  it.each([
    [0, true],
    [1, false],
  ])("page-selective with IH %i: non-leaf entries of the page are dropped: %s", (IH, tables) => {
    unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, IH, ADDR: SEEN, ...of("first-stage") }));
    expectForgotten({ "first-stage": { ...nothing, tables } });
  });

  it("checklist 31: page-selective does not touch a second-stage PASID", () => {
    unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, AM: 52, ...of("second-stage") }));
    expectForgotten({});
  });

  it("the PASID of another domain: nothing", () => {
    unit.submit(
      descriptor("PASID_IOTLB_INV", { G: 2, ...of("nested"), ...domainOf("first-stage") }),
    );
    expectForgotten({});
  });
});

describe("several of them", () => {
  beforeEach(start);

  it("PASID cache, then translations: the new tables are used", () => {
    unit.submit(
      descriptor("PASID_CACHE_INV", { G: 1, ...of("first-stage") }),
      descriptor("PASID_IOTLB_INV", { G: 2, ...of("first-stage") }),
    );
    expectForgotten({ "first-stage": { ...translations, pasidEntry: true } });
  });

  it("counts the entries that it dropped", () => {
    const before = unit.iommu.counters().cacheEntriesInvalidated;
    unit.submit(descriptor("PASID_CACHE_INV", { G: 3 }));
    expect(unit.iommu.counters().cacheEntriesInvalidated - before).toBe(3n);
  });
});

describe("VTD-6.5.2.1: context-cache invalidation by the queue", () => {
  const DEVICES = { 0x0110: 1, 0x0112: 1, 0x0117: 2, 0x0210: 2 } as const;
  const every = Object.keys(DEVICES).map(Number);

  it.each([
    ["global", { G: 1 }, every],
    ["by domain", { G: 2, DID: 2 }, [0x0117, 0x0210]],
    ["by device", { G: 3, DID: 1, SID: 0x0110 }, [0x0110]],
    ["by device, FM 1 ignores bit 2", { G: 3, DID: 1, SID: 0x0113, FM: 1 }, [0x0117]],
    ["by device, FM 2 ignores bits 2:1", { G: 3, DID: 1, SID: 0x0110, FM: 2 }, [0x0110, 0x0112]],
    ["by device, FM 3 ignores bits 2:0", { G: 3, SID: 0x0110, FM: 3 }, [0x0110, 0x0112, 0x0117]],
  ])("in legacy mode, %s", async (_, fields, expected) => {
    unit = await QueuedUnit.create({ preset: "full" });
    const contexts = new ContextWorld(unit);
    contexts.attach(DEVICES);
    contexts.change(DEVICES);
    unit.enableQueue();
    unit.submit(descriptor("CC_INV", fields));
    expect(every.filter((device) => contexts.look(device) === "new")).toEqual(expected);
  });
});
