import { describe, expect, it } from "vitest";
import {
  FirstStageTable,
  PAGE_2M,
  PAGE_4K,
  ScalableTables,
  SecondStageTable,
  type PageSize,
} from "../../host/tables/index.js";
import { descriptor } from "../queues/descriptors.js";
import { Unit } from "./unit.js";

const DEVICE = 0x0310;
const OTHER_DEVICE = 0x0318;
const INPUT = 0x4000_0000n;
const LARGE = 0x8000_0000n;
const PAGES = 120;
const LARGE_PAGES = 3;

interface Space {
  readonly sourceId: number;
  readonly pasid: number;
  readonly domain: number;
  readonly kind: "first-stage" | "second-stage";
}

/** Two PASIDs of one domain, one of them also of another device, and second stages beside them. */
const spaces: readonly Space[] = [
  { sourceId: DEVICE, pasid: 1, domain: 1, kind: "first-stage" },
  { sourceId: DEVICE, pasid: 2, domain: 1, kind: "first-stage" },
  { sourceId: OTHER_DEVICE, pasid: 1, domain: 1, kind: "first-stage" },
  { sourceId: DEVICE, pasid: 3, domain: 2, kind: "first-stage" },
  { sourceId: DEVICE, pasid: 4, domain: 1, kind: "second-stage" },
  { sourceId: DEVICE, pasid: 5, domain: 3, kind: "second-stage" },
];

interface Page {
  readonly space: Space;
  readonly address: bigint;
  readonly size: PageSize;
}

const pages: readonly Page[] = spaces.flatMap((space) => [
  ...Array.from({ length: PAGES }, (_, index) => ({
    space,
    address: INPUT + BigInt(index) * 4096n,
    size: PAGE_4K,
  })),
  ...Array.from({ length: LARGE_PAGES }, (_, index) => ({
    space,
    address: LARGE + BigInt(index) * 0x20_0000n,
    size: PAGE_2M,
  })),
]);

/** Whether a page has a part in the 2^mask pages of 4 KiB around an address. */
function meets({ address, size }: Page, around: bigint, mask: bigint): boolean {
  const bytes = 4096n << mask;
  const start = around - (around % bytes);
  return address < start + bytes && start < address + BigInt(size);
}

async function start(iotlb: number): Promise<Unit> {
  const unit = await Unit.create({ caches: { iotlb } });
  const { words: memory, frames } = unit;
  const tables = ScalableTables.create({ memory, frames });
  for (const sourceId of [DEVICE, OTHER_DEVICE]) tables.context(sourceId, { paside: true });
  for (const { sourceId, pasid, domain, kind } of spaces) {
    const common = { memory, frames, accessed: true };
    const table =
      kind === "first-stage" ? new FirstStageTable(common) : new SecondStageTable(common);
    table.map(INPUT, 0x1_0000_0000n, { count: PAGES });
    table.map(LARGE, 0x2_0000_0000n, { count: LARGE_PAGES, size: PAGE_2M });
    if (table instanceof FirstStageTable) {
      tables.pasid(sourceId, pasid, { kind: "first-stage", firstStage: table, domain });
    } else {
      tables.pasid(sourceId, pasid, { kind: "second-stage", secondStage: table, domain });
    }
  }
  return unit.start(tables.rootTableAddress);
}

/** Asks for a page; whether the IOTLB had it. */
function hits({ iommu }: Unit, { space, address }: Page): boolean {
  const before = iommu.counters().iotlbHits;
  const { sourceId, pasid } = space;
  const result = iommu.translate({ sourceId, pasid, address: address + 0x10n, access: "read" });
  expect(result).toMatchObject({ status: "ok" });
  return iommu.counters().iotlbHits !== before;
}

type Goes = (page: Page) => boolean;

const ofDomain =
  (domain: number): Goes =>
  ({ space }) =>
    space.domain === domain;
const ofPasid =
  (domain: number, pasid: number): Goes =>
  ({ space }) =>
    space.domain === domain && space.pasid === pasid;
const pasidPages =
  (domain: number, pasid: number, address: bigint, mask: number): Goes =>
  (page) =>
    ofPasid(domain, pasid)(page) &&
    page.space.kind === "first-stage" &&
    meets(page, address, BigInt(mask));
/** §6.5.2.3: of entries with a first stage, all of the domain go. */
const domainPages =
  (domain: number, address: bigint, mask: number): Goes =>
  (page) =>
    ofDomain(domain)(page) &&
    (page.space.kind === "first-stage" || meets(page, address, BigInt(mask)));

const THERE = INPUT + 77n * 4096n;
const NOWHERE = 0x7_0000_0000n;

const invalidations: readonly [string, bigint[], Goes][] = [
  ["of everything", descriptor("IOTLB_INV", { G: 1 }), () => true],
  ["of a domain", descriptor("IOTLB_INV", { G: 2, DID: 1 }), ofDomain(1)],
  ["of a domain without entries", descriptor("IOTLB_INV", { G: 2, DID: 9 }), () => false],
  ...[0, 3, 9, 18].map((AM): [string, bigint[], Goes] => [
    `of 2^${AM} pages of a domain`,
    descriptor("IOTLB_INV", { G: 3, DID: 3, AM, ADDR: THERE }),
    domainPages(3, THERE, AM),
  ]),
  [
    "of a page of a domain with first stages",
    descriptor("IOTLB_INV", { G: 3, DID: 1, ADDR: THERE }),
    domainPages(1, THERE, 0),
  ],
  ["of a PASID", descriptor("PASID_IOTLB_INV", { G: 2, DID: 1, PASID: 1 }), ofPasid(1, 1)],
  ["of a PASID elsewhere", descriptor("PASID_IOTLB_INV", { G: 2, DID: 2, PASID: 1 }), () => false],
  ...[0, 3, 9, 18].map((AM): [string, bigint[], Goes] => [
    `of 2^${AM} pages of a PASID`,
    descriptor("PASID_IOTLB_INV", { G: 3, DID: 1, PASID: 1, AM, ADDR: THERE }),
    pasidPages(1, 1, THERE, AM),
  ]),
  [
    "of one page of a large one",
    descriptor("PASID_IOTLB_INV", { G: 3, DID: 1, PASID: 2, ADDR: LARGE + 0x20_5000n }),
    pasidPages(1, 2, LARGE + 0x20_5000n, 0),
  ],
  [
    "of a page that is not there",
    descriptor("PASID_IOTLB_INV", { G: 3, DID: 1, PASID: 1, ADDR: NOWHERE }),
    () => false,
  ],
];

describe.each([2 ** 14, 2 ** 17])("§6.5.2: an IOTLB of %i entries", (entries) => {
  it.each(invalidations)(
    "loses by an invalidation %s those entries, and no other",
    async (_, words, goes) => {
      const unit = await start(entries);
      for (const page of pages) hits(unit, page);
      expect(pages.every((page) => hits(unit, page))).toBe(true);
      unit.submit(words);
      // From behind, so that what is missing does not come back by a neighbour.
      const kept = pages.filter((page) => hits(unit, page));
      expect(kept).toEqual(pages.filter((page) => !goes(page)));
    },
  );

  it("goes on as if nothing was, when entries were invalidated and filled again many times", async () => {
    const unit = await start(entries);
    for (const [, words] of [...invalidations, ...invalidations]) {
      for (const page of pages) hits(unit, page);
      unit.submit(words);
    }
    for (const page of pages) hits(unit, page);
    expect(pages.every((page) => hits(unit, page))).toBe(true);
    const before = unit.iommu.counters().cacheEntriesInvalidated;
    unit.submit(descriptor("IOTLB_INV", { G: 1 }));
    const gone = unit.iommu.counters().cacheEntriesInvalidated - before;
    expect(gone).toBeGreaterThanOrEqual(BigInt(pages.length));
  });
});
