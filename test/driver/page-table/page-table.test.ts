import { FrameAllocator } from "viommu/tables";
import { GuestMemory } from "viommu";
import { beforeAll, describe, expect, it } from "vitest";
import {
  firstStageFormat,
  Gather,
  Kernel,
  PageTable,
  PagingDomain,
  reclaimPolicies,
  secondStageFormat,
  TablePages,
  type PageTableOptions,
  type TableWorld,
} from "viommu/driver";
import { complete } from "../vtd/complete.js";
import { attachedDomain, everyFormat } from "./attached-domain.js";

const KB4 = 0x1000n;
const MB2 = 0x20_0000n;
const GB1 = 0x4000_0000n;
const PHYSICAL = 0x10_0000_0000n;

function makeTable(options: Partial<PageTableOptions> = {}) {
  const kernel = new Kernel();
  const memory = GuestMemory.create({ size: 2 ** 18 });
  const frames = new FrameAllocator({ start: KB4, end: 2n ** 18n });
  const pages = new TablePages(kernel, { memory, frames });
  const table = new PageTable({ pages, format: secondStageFormat(), ...options });
  const map = (iova: bigint, pageSize: bigint, count = 1, physical = PHYSICAL) =>
    complete(kernel, () => table.mapPages({ iova, physical, pageSize, count }));
  const unmap = (iova: bigint, length: bigint) =>
    complete(kernel, function* () {
      const gather = new Gather();
      const unmapped = yield* table.unmapPages(iova, length, gather);
      yield* table.sync(gather);
      return unmapped;
    });
  const find = (iova: bigint) => complete(kernel, () => table.iovaToPhys(iova));
  return { kernel, memory, pages, table, map, unmap, find };
}

describe("map", () => {
  it.each([
    ["an address that is no multiple of the page", 0x800n, KB4, 1, PHYSICAL, "ENXIO"],
    ["an output address that is none", MB2, MB2, 1, PHYSICAL + KB4, "ENXIO"],
    ["a page size that there is not", 0n, 0x1_0000n, 1, PHYSICAL, "ENXIO"],
    ["an output address above 52 bits", 0n, KB4, 1, 1n << 52n, "ERANGE"],
    ["an input address above the levels", 1n << 48n, KB4, 1, PHYSICAL, "EOVERFLOW"],
    ["no pages", 0n, KB4, 0, PHYSICAL, "EINVAL"],
  ] as const)("refuses %s", (_, iova, pageSize, count, physical, result) => {
    const { map, pages } = makeTable();
    expect(map(iova, pageSize, count, physical)).toEqual({ result, mapped: 0n });
    expect(pages.live).toBe(1);
  });

  it("refuses an address of the hole between the halves of a first stage", () => {
    const { map } = makeTable({ format: firstStageFormat() });
    expect(map(1n << 47n, KB4).result).toBe("EOVERFLOW");
    expect(map(-1n & 0xffff_ffff_ffff_f000n, KB4).result).toBe(0);
  });

  it("tells how much it mapped in front of a page that is there", () => {
    const { map, find } = makeTable();
    map(2n * KB4, KB4);
    expect(map(0n, KB4, 4)).toEqual({ result: "EADDRINUSE", mapped: 2n * KB4 });
    expect(find(KB4 + 5n)).toBe(PHYSICAL + KB4 + 5n);
    expect(find(3n * KB4)).toBeUndefined();
  });

  it("puts a large page in the place of an empty table, and frees the table", () => {
    const { map, unmap, find, pages, table } = makeTable();
    map(0n, KB4);
    unmap(0n, KB4);
    expect(pages.live).toBe(4);
    expect(map(0n, MB2)).toEqual({ result: 0, mapped: MB2 });
    expect(find(MB2 - 1n)).toBe(PHYSICAL + MB2 - 1n);
    expect(pages.live).toBe(3);
    expect(table.meter.reclaim).toMatchObject({ freed: 1, deferredBytes: 0 });
  });

  it("leaves a table alone that has a page", () => {
    const { map, find } = makeTable();
    map(5n * KB4, KB4);
    expect(map(0n, MB2).result).toBe("EADDRINUSE");
    expect(find(5n * KB4)).toBe(PHYSICAL);
  });
});

describe("unmap", () => {
  it("takes the whole of a large page that ends behind the range, and tells so", () => {
    const { map, unmap, find } = makeTable();
    map(0n, MB2);
    expect(unmap(0n, KB4)).toBe(MB2);
    expect(find(MB2 - KB4)).toBeUndefined();
  });

  it("takes nothing in the middle of a large page", () => {
    const { map, unmap, find } = makeTable();
    map(0n, MB2);
    expect(unmap(KB4, KB4)).toBe(0n);
    expect(find(KB4)).toBe(PHYSICAL + KB4);
  });

  it("ends in front of a hole", () => {
    const { map, unmap, find } = makeTable();
    map(0n, KB4);
    map(2n * KB4, KB4);
    expect(unmap(0n, 3n * KB4)).toBe(KB4);
    expect(find(2n * KB4)).toBe(PHYSICAL);
  });

  it("D-I6: frees the tables that the range covers: one is left when all is unmapped, none when the domain is gone", () => {
    const { kernel, map, unmap, pages, table } = makeTable();
    const all = 512n * MB2;
    map(0n, MB2, 511);
    map(all - MB2, KB4, 512);
    expect(pages.live).toBe(4);
    expect(unmap(0n, all)).toBe(all);
    // The table of 512 GiB is covered by no range that was mapped.
    expect(pages.live).toBe(2);
    complete(kernel, () => table.free());
    expect(pages.live).toBe(0);
    pages.assertNoneLeft();
  });

  it("D-I6: names the tables that were never freed", () => {
    const { pages } = makeTable();
    expect(() => {
      pages.assertNoneLeft();
    }).toThrow("never freed: table_page#0 at 0x1000, level 4");
  });
});

describe("a table page that was freed", () => {
  it("D-I1: is named with who reads it and who freed it", () => {
    const { kernel, pages, table } = makeTable();
    const { map } = table.meter.paths;
    const page = pages.make(1);
    complete(kernel, () => pages.free(page));
    expect(() => complete(kernel, () => page.load(0, map))).toThrow(
      "use after free: test/2 reads table_page#1 at 0x2000, level 1, which test freed",
    );
  });

  it("stays poison although its memory is another table now", () => {
    const { kernel, pages, table } = makeTable();
    const page = pages.make(1);
    complete(kernel, () => pages.free(page));
    const next = pages.make(1);
    expect(next.address).toBe(page.address);
    expect(complete(kernel, () => next.load(0, table.meter.paths.map))).toBe(0n);
    expect(() => complete(kernel, () => page.load(0, table.meter.paths.map))).toThrow(/D-I1|free/);
  });
});

describe("reclaim policies", () => {
  /** A table of level 1 gives way to a large page; what becomes of it? */
  function replaceTable(reclaim: PageTableOptions["reclaim"]) {
    const { kernel, map, unmap, table } = makeTable({ ...(reclaim && { reclaim }) });
    for (const iova of [0n, MB2]) {
      map(iova, KB4);
      unmap(iova, KB4);
    }
    map(0n, MB2, 2);
    const { reclaim: counts } = table.meter;
    complete(kernel, () => table.free());
    return { ...counts };
  }

  it.each(reclaimPolicies)("%s: gives back every page in the end", (policy) => {
    expect(replaceTable({ policy })).toMatchObject({ freed: 5, deferredBytes: 0 });
  });

  it("gather: flushes before it frees, and queues no callbacks", () => {
    expect(replaceTable({ policy: "gather" })).toMatchObject({ callbacks: 0, syncs: 3 });
  });

  it("RCU queues a callback for a list, or one for each page", () => {
    expect(replaceTable({ policy: "rcu-ops" }).callbacks).toBe(2);
    expect(replaceTable({ policy: "rcu-ops", callbacks: "page" }).callbacks).toBe(5);
  });

  it("rcu-always waits at the end instead, without a callback", () => {
    expect(replaceTable({ policy: "rcu-always" }).callbacks).toBe(1);
  });

  it("rcu-domain without the flag is gather", () => {
    const off = { policy: "rcu-domain", concurrentTraversal: false } as const;
    expect(replaceTable(off)).toEqual(replaceTable({ policy: "gather" }));
  });

  it("refuses a policy that there is not", () => {
    expect(() => makeTable({ reclaim: { policy: "lazy" as "gather" } })).toThrow(
      'reclaim policy "lazy": expected one of immediate, gather',
    );
  });
});

describe("a domain", () => {
  let world: TableWorld;
  beforeAll(async () => {
    world = await everyFormat();
  });

  it("maps in the largest pages that fit, and counts", () => {
    const { domain, done, end } = attachedDomain(world, { format: secondStageFormat() });
    const sizes = new Map<bigint, number>();
    const start = GB1 - MB2 - KB4;
    expect(done(() => domain.map(start, PHYSICAL + start, GB1 + 2n * MB2 + KB4))).toBe(0);
    done(() =>
      domain.dump(0n, 4n * GB1, ({ size }) => sizes.set(size, (sizes.get(size) ?? 0) + 1)),
    );
    expect(Object.fromEntries(sizes)).toEqual({ [`${KB4}`]: 1, [`${MB2}`]: 2, [`${GB1}`]: 1 });
    expect(domain.table.meter.paths.map).toMatchObject({ bytes: GB1 + 2n * MB2 + KB4 });
    end();
  });

  it("maps nothing if a part cannot be mapped", () => {
    const { domain, done, end } = attachedDomain(world, { format: secondStageFormat() });
    done(() => domain.map(3n * KB4, PHYSICAL, KB4));
    expect(done(() => domain.map(0n, PHYSICAL, 5n * KB4))).toBe("EADDRINUSE");
    expect(done(() => domain.iovaToPhys(0n))).toBeUndefined();
    expect(done(() => domain.iovaToPhys(3n * KB4))).toBe(PHYSICAL);
    end();
  });

  it.each([
    ["second stage", secondStageFormat()],
    ["first stage", firstStageFormat()],
  ])("%s: the unit forgets what is unmapped, and not its neighbour", (_, format) => {
    const { domain, device, done, end } = attachedDomain(world, { format });
    done(() => domain.map(0n, PHYSICAL, 2n * KB4));
    const before = world.iommu.counters().iotlbHits;
    for (const iova of [0n, KB4, KB4]) done(() => device.access(iova, "write"));
    expect(world.iommu.counters().iotlbHits - before).toBe(1n);
    done(() => domain.unmap(0n, KB4));
    expect(done(() => device.access(KB4, "write"))).toBe(PHYSICAL + KB4);
    expect(world.iommu.counters().iotlbHits - before).toBe(2n);
    expect(done(() => device.access(0n, "write"))).toBeUndefined();
    end();
  });

  it("without the flush the unit goes on with what it knows", () => {
    const { domain, device, done, end } = attachedDomain(world, {
      format: secondStageFormat(),
      without: ["flush"],
    });
    done(() => domain.map(0n, PHYSICAL, KB4));
    done(() => device.access(0n, "read"));
    done(() => domain.unmap(0n, KB4));
    expect(done(() => device.access(0n, "read"))).toBe(PHYSICAL);
    end();
  });

  it("refuses dirty tracking with first-stage tables", () => {
    const { pages } = makeTable();
    const options = { name: "d", domainId: 2, pages, format: firstStageFormat() };
    expect(() => new PagingDomain({ ...options, dirtyTracking: true })).toThrow(
      "d: dirty tracking needs second-stage tables, got x86_64",
    );
  });
});
