/** The selftests' dirty tracking (G.2) over a VT-d unit: pages of 4 KiB, 2 MiB and 1 GiB, A and D where §9.7 and §9.8 say. */
import { beforeAll, describe, expect, it } from "vitest";
import { dirtyWorld, HWPT_ALLOC, IOVA, PAGE, type DirtyWorld } from "../iommufd/dirty/world.js";
import { everySecond } from "./dirty.js";

const { DIRTY_TRACKING, PASID } = HWPT_ALLOC;
const KB = 1n << 10n;
const MB = 1n << 20n;
const PHYSICAL = 1n << 32n;
const A = 1n << 8n;
const D = 1n << 9n;
/** A leaf of a large page (PS). */
const LARGE = 1n << 7n;

/** The selftests' buffers, by the size of the pages that they are mapped with; offsets keep larger ones away. */
const variants = [
  { name: "8K", length: 8n * KB, page: 4n * KB },
  { name: "16K", length: 16n * KB, page: 4n * KB },
  { name: "64K", length: 64n * KB, page: 4n * KB },
  { name: "128K", length: 128n * KB, page: 4n * KB },
  { name: "320K", length: 320n * KB, page: 4n * KB },
  { name: "64M", length: 64n * MB, page: 4n * KB },
  { name: "64M huge", length: 64n * MB, page: 2n * MB },
  { name: "128M huge", length: 128n * MB, page: 2n * MB },
  { name: "4G of 1 GiB", length: 4096n * MB, page: 1024n * MB },
];
type Variant = (typeof variants)[number];

/** Second-stage entries of a range in memory, the leaves alone, with their first addresses. */
function leaves(world: DirtyWorld, { length, page }: Variant): bigint[] {
  const pointer = world.entry().get("SSPTPTR");
  const count = Number(length / page);
  return Array.from({ length: count }, (_, n) =>
    world.walk(pointer, IOVA + BigInt(n) * page).at(-1),
  );
}

/** The buffer is mapped, a table made afterwards that tracks, and every second of its pages written. */
function written(world: DirtyWorld, variant: Variant) {
  const { length, page } = variant;
  const physical = page === 4n * KB ? PHYSICAL + PAGE : PHYSICAL;
  world.map(IOVA, physical, length);
  const hwpt = world.hwpt();
  world.attach(hwpt);
  expect(world.track(hwpt)).toBe(0);
  const sourceId = world.sourceId();
  for (let at = 0n; at < length; at += 2n * page) {
    const request = { sourceId, address: IOVA + at, access: "write", size: 4 } as const;
    expect(world.iommu.translate(request).status).toBe("ok");
  }
  const [bits, span] = [Number(length / PAGE), Number(page / PAGE)];
  const end = () => {
    world.detach();
    world.ok(() => world.iommufd.destroy({ id: hwpt }));
    world.unmap(IOVA, length);
  };
  return { hwpt, variant, expected: everySecond(bits, span), end };
}

describe("iommufd_dirty_tracking over VT-d's second stage", () => {
  let world: DirtyWorld;
  beforeAll(async () => {
    world = await dirtyWorld();
  });

  function bitmap(hwpt_id: number, { length }: Variant, { offset = 0, flags = 0 } = {}) {
    const bytes = Number((length / PAGE + 7n) / 8n);
    const { address, bytes: buffer } = world.process.memory.map(offset + bytes + 16);
    const request = { iova: IOVA, length, page_size: PAGE, data: address + BigInt(offset) };
    expect(world.call(() => world.iommufd.hwptGetDirtyBitmap({ hwpt_id, flags, ...request }))).toBe(
      0,
    );
    expect([...buffer.subarray(0, offset), ...buffer.subarray(offset + bytes)]).not.toContain(1);
    return Buffer.from(buffer.subarray(offset, offset + bytes));
  }

  it.each(variants)(
    "get_dirty_bitmap [$name]: every second page, and none the next time",
    (each) => {
      const { hwpt, expected, end } = written(world, each);
      const flags = leaves(world, each).map((leaf) => leaf & (A | D | LARGE));
      const large = each.page === PAGE ? 0n : LARGE;
      expect(new Set(flags.filter((_, n) => n % 2 === 0))).toEqual(new Set([A | D | large]));
      expect(new Set(flags.filter((_, n) => n % 2 === 1))).toEqual(new Set([large]));
      expect(bitmap(hwpt, each).equals(expected)).toBe(true);
      expect(leaves(world, each).some((leaf) => (leaf & D) !== 0n)).toBe(false);
      expect(bitmap(hwpt, each).equals(Buffer.alloc(expected.length))).toBe(true);
      end();
    },
  );

  it.each([2048, 0xff1])("get_dirty_bitmap: the bitmap at byte %i of a page", (offset) => {
    const each = variants.find(({ name }) => name === "320K")!;
    const { hwpt, expected, end } = written(world, each);
    expect(bitmap(hwpt, each, { offset }).equals(expected)).toBe(true);
    expect(bitmap(hwpt, each, { offset }).equals(Buffer.alloc(expected.length))).toBe(true);
    end();
  });

  it.each(variants)("get_dirty_bitmap_no_clear [$name]: twice the same, then cleared", (each) => {
    const { hwpt, expected, end } = written(world, each);
    for (const flags of [1, 1, 0]) {
      expect(bitmap(hwpt, each, { flags }).equals(expected)).toBe(true);
    }
    expect(bitmap(hwpt, each).equals(Buffer.alloc(expected.length))).toBe(true);
    end();
  });

  it("set_dirty_tracking: begun and ended; pasid_set_dirty_tracking: at the RID and at PASID 100", () => {
    const hwpt = world.hwpt(DIRTY_TRACKING | PASID);
    world.attach(hwpt);
    expect(world.attach(hwpt, { pasid: 100 })).toBe(hwpt);
    expect([world.track(hwpt), world.track(hwpt, 0)]).toEqual([0, 0]);
    world.detach({ pasid: 100 });
    world.detach();
    world.ok(() => world.iommufd.destroy({ id: hwpt }));
  });

  it("device_dirty_capability: a unit with SSADS and SMPWCS says so", () => {
    expect(world.idevs[0]!.device.capabilities.dirtyTracking).toBe(true);
  });
});

describe("enforce_dirty: a unit that cannot track beside one that can", () => {
  it("EINVAL: a domain that tracks is not attached to a device of the other unit", async () => {
    const world = await dirtyWorld({ other: { SSADS: 0 } });
    const hwpt = world.hwpt();
    expect(world.attach(hwpt, { engine: 1 })).toBe("EINVAL");
    expect(world.attach(hwpt)).toBe(hwpt);
    const dev_id = world.idevs[1]!.id;
    const alloc = { dev_id, pt_id: world.ioas, flags: DIRTY_TRACKING };
    expect(world.call(() => world.iommufd.hwptAlloc(alloc))).toBe("EOPNOTSUPP");
  });
});

describe("§9.7: Linux's first stage", () => {
  it("has A and D in its leaves from the beginning, which is no tracking", async () => {
    const world = await dirtyWorld();
    world.map(IOVA, PHYSICAL, 2n * PAGE);
    const hwpt = world.hwpt(0);
    world.attach(hwpt);
    expect(world.entry().get("PGTT")).toBe(1n);
    const accessed = 1n << 5n;
    const dirty = 1n << 6n;
    const leaf = world.walk(world.entry().get("FSPTPTR"), IOVA).at(-1);
    expect(leaf & (accessed | dirty)).toBe(accessed | dirty);
    const before = world.iommu.counters().firstStageFlagUpdates;
    world.queue().run({ kind: "nop", iova: 0n });
    expect(world.iommu.counters().firstStageFlagUpdates).toBe(before);
    expect(world.track(hwpt)).toBe("EOPNOTSUPP");
    expect(world.dirty(hwpt, { length: 2n * PAGE })).toBe("EOPNOTSUPP");
  });
});
