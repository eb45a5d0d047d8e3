import { describe, expect, it } from "vitest";
import type { CounterName } from "../../host/index.js";
import { descriptor } from "../queues/descriptors.js";
import { scalable } from "./conditions/scalable.js";
import { Unit, type UnitOptions } from "./unit.js";
import {
  DOMAIN,
  GUEST,
  INPUT,
  OUTPUT,
  PASID,
  RID_PASID,
  ScalableWorld,
  SID,
  type ScalableOptions,
} from "./worlds.js";

type Stage = "first-stage" | "second-stage";
const STAGES: readonly Stage[] = ["first-stage", "second-stage"];
const READS: Record<Stage, CounterName> = {
  "first-stage": "firstStageReads",
  "second-stage": "secondStageReads",
};

/** Bytes that an entry of each level translates. */
const SPAN = { 1: 0x1000n, 2: 0x20_0000n, 3: 0x4000_0000n, 4: 0x80_0000_0000n } as const;
/** All of INPUT's neighbours that differ first at the given level. */
const neighbour = (level: keyof typeof SPAN, step = 1n) => INPUT ^ (SPAN[level] * step);

const table = (world: ScalableWorld) =>
  world.kind === "second-stage" ? world.second : world.first;

async function world(
  kind: Stage,
  options: Omit<ScalableOptions, "kind"> = {},
  unitOptions: UnitOptions = {},
): Promise<ScalableWorld> {
  const unit = await Unit.create(unitOptions);
  const w = scalable(kind, undefined, options)(unit);
  for (const level of [1, 2, 3, 4] as const) {
    for (const step of [1n, 2n]) table(w).map(neighbour(level, step), OUTPUT + SPAN[1] * step);
  }
  return w.start();
}

const read = (w: ScalableWorld, address: bigint, pasid: number | undefined = PASID) =>
  w.unit.iommu.translate({ sourceId: w.sourceId, pasid, address, access: "read" });

/** Entries of that stage that a read fetches from memory. */
function fetched(w: ScalableWorld, address: bigint, stage = w.kind as Stage): number {
  const before = w.unit.iommu.counters()[READS[stage]];
  expect(read(w, address).status).toBe("ok");
  return Number(w.unit.iommu.counters()[READS[stage]] - before);
}

describe.each(STAGES)("VTD-6.2.5: the %s paging-structure cache", (kind) => {
  it("VTD-6.2.5: lets a walk begin below the deepest entry that it has", async () => {
    const w = await world(kind);
    expect(fetched(w, INPUT)).toBe(4);
    expect(fetched(w, neighbour(1))).toBe(1);
    expect(fetched(w, neighbour(2))).toBe(2);
    expect(fetched(w, neighbour(3))).toBe(3);
    expect(fetched(w, neighbour(4))).toBe(4);
  });

  it("VTD-6.2.5: counts a lookup for each walk, and the walks that found something", async () => {
    const w = await world(kind);
    for (const address of [INPUT, neighbour(1), neighbour(4), INPUT]) read(w, address);
    const counters = w.unit.iommu.counters();
    const stage = kind === "first-stage" ? "firstStagePaging" : "secondStagePaging";
    expect(counters[`${stage}Lookups`]).toBe(3n);
    expect(counters[`${stage}Hits`]).toBe(1n);
  });

  it.each([2, 3, 4] as const)(
    "VTD-6.2.5: keeps a stale entry of level %i until it is invalidated",
    async (level) => {
      const w = await world(kind);
      read(w, INPUT);
      table(w).entry(INPUT, level).setBits(0, 0, 0);
      table(w).entry(INPUT, level).setBits(1, 1, 0);
      const beside = neighbour((level - 1) as 1 | 2 | 3);
      expect(read(w, beside).status, "stale").toBe("ok");
      const name = kind === "first-stage" ? "PASID_IOTLB_INV" : "IOTLB_INV";
      const page = { G: 3, DID: DOMAIN, ADDR: INPUT, ...(kind === "first-stage" && { PASID }) };
      const unseen = neighbour((level - 1) as 1 | 2 | 3, 2n);
      w.unit.submit(descriptor(name, { ...page, ADDR: neighbour(4), IH: 0 }));
      w.unit.submit(descriptor(name, { ...page, IH: 1 }));
      expect(read(w, unseen).status, "leaves alone were invalidated").toBe("ok");
      w.unit.submit(descriptor(name, { ...page, IH: 0 }));
      // The page-selective invalidation takes what is on the way to the page, no other IOTLB entry.
      expect(read(w, beside).status, "in the IOTLB").toBe("ok");
      expect(read(w, INPUT)).toMatchObject({
        condition: kind === "first-stage" ? "SFS.2" : "SSS.2",
      });
    },
  );

  it("VTD-6.2.5: keeps the rights of the entries above", async () => {
    const w = await world(kind);
    table(w).entry(INPUT, 4).setBits(1, 1, 0);
    read(w, INPUT);
    table(w).entry(INPUT, 4).setBits(1, 1, 1);
    const write = (address: bigint) =>
      w.unit.iommu.translate({ sourceId: SID, pasid: PASID, address, access: "write" });
    expect(write(neighbour(1))).toMatchObject({ condition: "SGN.6" });
    w.unit.submit(descriptor("IOTLB_INV", { G: 2, DID: DOMAIN }));
    expect(write(neighbour(1)).status).toBe("ok");
  });

  it("VTD-6.2.5: keeps what a walk met that faulted further down", async () => {
    const w = await world(kind);
    table(w).unmap(INPUT);
    expect(read(w, INPUT).status).toBe("fault");
    expect(fetched(w, neighbour(1))).toBe(1);
  });

  it("VTD-6.1: an entry that is not present is not kept", async () => {
    for (const level of [1, 2, 3, 4] as const) {
      const w = await world(kind);
      const entry = table(w).entry(INPUT, level);
      const [word] = entry.read();
      entry.clear();
      expect(read(w, INPUT).status).toBe("fault");
      entry.write([word!]);
      expect(read(w, INPUT).status).toBe("ok");
    }
  });

  it("VTD-6.2.5: of one entry keeps the last one", async () => {
    const caches = { firstStagePaging: 1, secondStagePaging: 1 };
    const w = await world(kind, {}, { caches });
    expect(fetched(w, INPUT)).toBe(4);
    expect(fetched(w, neighbour(1))).toBe(1);
    expect(fetched(w, neighbour(2))).toBe(4);
  });

  it("VTD-6.2.5: does not know the entry that a large page takes", async () => {
    const w = await world(kind);
    const address = INPUT + SPAN[4] * 8n;
    table(w).map((address / SPAN[2]) * SPAN[2], 0x20_0000n, { size: 0x20_0000 });
    expect(fetched(w, address)).toBe(3);
    expect(fetched(w, address ^ SPAN[1]), "in the IOTLB").toBe(0);
  });
});

describe("VTD-6.2.1: what paging-structure entries are tagged with", () => {
  /** Another requester with the same tables in a domain of choice, for PASID and for PASID + 1. */
  function addRequester(w: ScalableWorld, sourceId: number, domain: number): void {
    w.tables.context(sourceId, { paside: true, ridPasid: RID_PASID });
    for (const pasid of [PASID, PASID + 1]) {
      w.tables.pasid(sourceId, pasid, {
        domain,
        ...(w.kind === "first-stage"
          ? { kind: "first-stage", firstStage: w.first }
          : { kind: "second-stage", secondStage: w.second }),
      });
    }
  }

  it.each([
    ["first-stage", DOMAIN, PASID, 1],
    ["first-stage", DOMAIN, PASID + 1, 4],
    ["first-stage", DOMAIN + 1, PASID, 4],
    ["second-stage", DOMAIN, PASID, 1],
    ["second-stage", DOMAIN, PASID + 1, 1],
    ["second-stage", DOMAIN + 1, PASID, 4],
  ] as const)(
    "VTD-6.2.1: %s: a requester with DID %i and PASID %i reads %i entries (choice K4)",
    async (kind, domain, pasid, entries) => {
      const w = await world(kind);
      addRequester(w, SID | 1, domain);
      read(w, INPUT);
      const counter = READS[kind];
      const before = w.unit.iommu.counters()[counter];
      const request = { sourceId: SID | 1, pasid, address: neighbour(1), access: "read" } as const;
      expect(w.unit.iommu.translate(request).status).toBe("ok");
      expect(w.unit.iommu.counters()[counter] - before).toBe(BigInt(entries));
    },
  );

  it("VTD-6.5.2.4: PASID-selective invalidation takes those of the PASID, not of the second stage", async () => {
    for (const kind of STAGES) {
      const w = await world(kind);
      read(w, INPUT);
      w.unit.submit(descriptor("PASID_IOTLB_INV", { G: 2, DID: DOMAIN, PASID }));
      expect([kind, fetched(w, neighbour(1))]).toEqual([kind, kind === "first-stage" ? 4 : 1]);
    }
  });
});

describe("VTD-6.2.5: both caches in nested translation", () => {
  async function nested(): Promise<ScalableWorld> {
    const unit = await Unit.create();
    const w = new ScalableWorld(unit, { kind: "nested" });
    for (const [index, address] of [INPUT, neighbour(1), neighbour(2)].entries()) {
      w.map({ input: address, guest: GUEST + SPAN[2] * BigInt(index) });
    }
    return w.start();
  }

  it("VTD-6.2.5: shorten the walks of both stages", async () => {
    const w = await nested();
    expect(fetched(w, INPUT, "first-stage")).toBe(4);
    expect(fetched(w, neighbour(1), "first-stage")).toBe(1);
    expect(fetched(w, neighbour(2), "first-stage")).toBe(2);
  });

  it("VTD-6.2.5: the second stage's entry for a table page is read once, the others from the cache", async () => {
    const w = await nested();
    // The root table: 4 levels. Each further table lies beside it: its last level alone. The page,
    // elsewhere in the guest's address space: 3 levels below the shared root entry.
    expect(fetched(w, INPUT, "second-stage")).toBe(4 + 3 + 3);
    // One table page, and the page, whose last level is another table than that of INPUT's page.
    expect(fetched(w, neighbour(1), "second-stage")).toBe(1 + 2);
  });

  it("VTD-6.5.2.3: page-selective invalidation of the domain takes all first-stage entries", async () => {
    const w = await nested();
    read(w, INPUT);
    w.unit.submit(descriptor("IOTLB_INV", { G: 3, DID: DOMAIN, ADDR: GUEST, IH: 1 }));
    expect(fetched(w, neighbour(1), "first-stage")).toBe(4);
  });
});
