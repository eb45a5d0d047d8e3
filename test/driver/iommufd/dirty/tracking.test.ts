import { beforeEach, describe, expect, it } from "vitest";
import {
  DATA,
  dirtyWorld,
  HWPT_ALLOC,
  IOVA,
  LARGE,
  PAGE,
  RING_IOVA,
  type DirtyWorld,
} from "./world.js";

const { DIRTY_TRACKING, PASID } = HWPT_ALLOC;
const LENGTH = 8n * PAGE;
const WHOLE = { length: LENGTH };
const UNSUPPORTED_REQUEST = 1;
/** Second-stage and first-stage entries alike have them elsewhere: §9.8 A is bit 8, D bit 9. */
const A = 1n << 8n;
const D = 1n << 9n;

const at = (page: number) => IOVA + BigInt(page) * PAGE;

/** An engine in a domain that tracks, with eight pages of data. */
function tracked(world: DirtyWorld) {
  world.map(IOVA, DATA, LENGTH);
  const hwpt = world.hwpt();
  world.attach(hwpt);
  world.track(hwpt);
  const queue = world.queue();
  const write = (page: number, ats = false) => queue.run({ kind: "write", iova: at(page), ats });
  const read = (page: number) => queue.run({ kind: "read", iova: at(page) });
  const dirty = (noClear = false) => world.dirty(hwpt, { ...WHOLE, noClear });
  return { hwpt, queue, write, read, dirty };
}

describe("dirty tracking through iommufd: a dma-engine behind the unit writes", () => {
  let world: DirtyWorld;
  beforeEach(async () => {
    world = await dirtyWorld();
  });

  it("§9.8: a write sets A and D in its leaf, a read A alone, and what is not used has neither", () => {
    const { write, read } = tracked(world);
    write(3);
    read(4);
    const flags = (page: number) => world.leaf(at(page)) & (A | D);
    expect([3, 4, 5].map(flags)).toEqual([A | D, A, 0n]);
    const tables = world.walk(world.entry().get("SSPTPTR"), at(3)).slice(0, -1);
    expect(tables.map((entry) => entry & (A | D))).toEqual([A, A, A]);
  });

  it("§9.6: nothing sets A or D while SSADE is clear, which is until tracking is on", () => {
    world.map(IOVA, DATA, LENGTH);
    const hwpt = world.hwpt();
    world.attach(hwpt);
    expect(world.entry().get("SSADE")).toBe(0n);
    const queue = world.queue();
    queue.run({ kind: "write", iova: at(3) });
    expect(world.leaf(at(3)) & (A | D)).toBe(0n);
    expect(world.track(hwpt)).toBe(0);
    expect(world.entry().get("SSADE")).toBe(1n);
    queue.run({ kind: "write", iova: at(3) });
    expect(world.leaf(at(3)) & (A | D)).toBe(A | D);
    expect(world.track(hwpt, 0)).toBe(0);
    expect(world.entry().get("SSADE")).toBe(0n);
    queue.run({ kind: "write", iova: at(4) });
    expect(world.leaf(at(4)) & (A | D)).toBe(0n);
  });

  it("GET_DIRTY_BITMAP tells the pages that were written, clears D and leaves A", () => {
    const { write, read, dirty } = tracked(world);
    for (const page of [6, 1]) write(page);
    read(2);
    expect(dirty()).toEqual([1, 6]);
    expect(world.leaf(at(1)) & (A | D)).toBe(A);
    expect(dirty()).toEqual([]);
  });

  it("a transfer over a page boundary makes both pages dirty", () => {
    const { queue, dirty } = tracked(world);
    queue.run({ kind: "write", iova: at(3) - 4n, length: 8 });
    expect(dirty()).toEqual([2, 3]);
  });

  it("D-I3: with NO_CLEAR the same comes again, and what was written since", () => {
    const { write, dirty } = tracked(world);
    write(2);
    expect(dirty(true)).toEqual([2]);
    write(5);
    expect(dirty(true)).toEqual([2, 5]);
    expect(dirty()).toEqual([2, 5]);
    expect(dirty()).toEqual([]);
  });

  it("NO_CLEAR flushes nothing: the unit goes on with what it has cached", () => {
    const { write, dirty } = tracked(world);
    write(2);
    const descriptors = () => world.iommu.counters().descriptors;
    const before = descriptors();
    dirty(true);
    expect(descriptors()).toBe(before);
    dirty();
    expect(descriptors()).toBeGreaterThan(before);
  });

  it("D-I2: a page that was written, reported and is written again is reported again", () => {
    const { write, dirty } = tracked(world);
    for (let time = 0; time < 3; time++) {
      write(3);
      expect(dirty()).toEqual([3]);
    }
  });

  it("D-I4: what was written ahead of SET_DIRTY_TRACKING is not reported, nor between off and on", () => {
    const { hwpt, write, dirty } = tracked(world);
    write(1);
    world.track(hwpt, 0);
    write(2);
    world.track(hwpt);
    write(3);
    expect(dirty()).toEqual([3]);
  });

  it("to set what is set already begins anew", () => {
    const { hwpt, write, dirty } = tracked(world);
    write(1);
    expect(world.track(hwpt)).toBe(0);
    expect(world.entry().get("SSADE")).toBe(1n);
    write(2);
    expect(dirty()).toEqual([2]);
  });

  it("an atomic access is a write", () => {
    const { dirty } = tracked(world);
    const request = { sourceId: world.sourceId(), address: at(4), size: 8 };
    expect(world.iommu.translate({ ...request, access: "atomic" }).status).toBe("ok");
    expect(dirty()).toEqual([4]);
  });

  it("a write that the unit refuses makes nothing dirty", () => {
    const { queue, write, dirty } = tracked(world);
    world.map(at(8), DATA + LENGTH, PAGE, { write: false });
    expect(queue.run({ kind: "write", iova: at(8) })).toBe(UNSUPPORTED_REQUEST);
    write(1);
    expect(dirty()).toEqual([1]);
    expect(world.leaf(at(8)) & D).toBe(0n);
  });

  it("the rings are written by the engine: their pages are dirty too", () => {
    const { hwpt, write } = tracked(world);
    write(1);
    expect(world.dirty(hwpt, { iova: RING_IOVA, length: PAGE })).toEqual([0]);
  });

  it("what is unmapped and mapped again is clean", () => {
    const { write, dirty } = tracked(world);
    write(3);
    world.unmap(IOVA, LENGTH);
    world.map(IOVA, DATA, LENGTH);
    expect(dirty()).toEqual([]);
    write(3);
    expect(dirty()).toEqual([3]);
  });

  it("what is mapped while tracking is on is tracked", () => {
    const { hwpt, queue } = tracked(world);
    world.map(at(100), DATA + LENGTH, PAGE);
    queue.run({ kind: "write", iova: at(100) });
    expect(world.dirty(hwpt, { iova: at(100), length: PAGE })).toEqual([0]);
  });

  it("detached: what was written is still told, and nothing is written any more", () => {
    const { hwpt, queue, write, dirty } = tracked(world);
    write(3);
    world.detach();
    expect(dirty()).toEqual([3]);
    expect(dirty()).toEqual([]);
    world.attach(hwpt);
    expect(world.entry().get("SSADE")).toBe(1n);
    expect(queue.run({ kind: "write", iova: at(5) })).toBe(0);
    expect(dirty()).toEqual([5]);
  });

  it("replaced by another domain: each has its own dirty pages, and its own SSADE", () => {
    const { hwpt, write, dirty } = tracked(world);
    const other = world.hwpt();
    write(1);
    expect(world.replace(other)).toBe(other);
    expect(world.entry().get("SSADE")).toBe(0n);
    write(2);
    expect(dirty()).toEqual([1]);
    expect(world.dirty(other, WHOLE)).toEqual([]);
    expect(world.track(other)).toBe(0);
    write(3);
    expect(world.dirty(other, WHOLE)).toEqual([3]);
    expect(world.replace(hwpt)).toBe(hwpt);
    expect(world.entry().get("SSADE")).toBe(1n);
    write(4);
    expect(dirty()).toEqual([4]);
    expect(world.dirty(other, WHOLE)).toEqual([]);
  });

  it("tracking begun while it is attached nowhere counts from the attach on", () => {
    world.map(IOVA, DATA, LENGTH);
    const hwpt = world.hwpt();
    expect(world.track(hwpt)).toBe(0);
    world.attach(hwpt);
    world.queue().run({ kind: "write", iova: at(6) });
    expect(world.dirty(hwpt, WHOLE)).toEqual([6]);
  });

  it("RID and a PASID share a domain: both count, and both entries have SSADE", () => {
    world.map(IOVA, DATA, LENGTH);
    const hwpt = world.hwpt(DIRTY_TRACKING | PASID);
    world.attach(hwpt);
    world.attach(hwpt, { pasid: 100 });
    expect(world.track(hwpt)).toBe(0);
    expect([0, 100].map((pasid) => world.entry({ pasid }).get("SSADE"))).toEqual([1n, 1n]);
    world.queue().run({ kind: "write", iova: at(1) });
    const queue = world.queue({ number: 1, pasid: 100 });
    queue.run({ kind: "write", iova: at(2) });
    expect(world.dirty(hwpt, WHOLE)).toEqual([1, 2]);
    queue.run({ kind: "write", iova: at(2) });
    expect(world.dirty(hwpt, WHOLE)).toEqual([2]);
    expect(world.track(hwpt, 0)).toBe(0);
    expect([0, 100].map((pasid) => world.entry({ pasid }).get("SSADE"))).toEqual([0n, 0n]);
  });

  it("one IOAS, two domains: only the one that tracks tells", () => {
    const { hwpt, write } = tracked(world);
    const plain = world.hwpt(0);
    write(1);
    expect(world.dirty(plain, WHOLE)).toBe("EOPNOTSUPP");
    expect(world.track(plain)).toBe("EOPNOTSUPP");
    expect(world.dirty(hwpt, WHOLE)).toEqual([1]);
  });
});

describe("large pages", () => {
  const HUGE = { iova: 0x2_0000_0000n, length: LARGE };
  let world: DirtyWorld;
  beforeEach(async () => {
    world = await dirtyWorld();
  });

  function large() {
    world.map(HUGE.iova, DATA, LARGE);
    const hwpt = world.hwpt();
    world.attach(hwpt);
    world.track(hwpt);
    const queue = world.queue();
    const write = (page: number) =>
      queue.run({ kind: "write", iova: HUGE.iova + BigInt(page) * PAGE });
    return { hwpt, write };
  }
  const all = Array.from({ length: 512 }, (_, page) => page);

  it("§9.8: one leaf of 2 MiB has D, and all of its pages are told", () => {
    const { hwpt, write } = large();
    write(300);
    const entries = world.walk(world.entry().get("SSPTPTR"), HUGE.iova);
    expect(entries).toHaveLength(3);
    expect(entries[2]! & (A | D | (1n << 7n))).toBe(A | D | (1n << 7n));
    expect(world.dirty(hwpt, HUGE)).toEqual(all);
    expect(world.dirty(hwpt, HUGE)).toEqual([]);
    write(301);
    expect(world.dirty(hwpt, HUGE)).toEqual(all);
  });

  it("a part of it is asked for: bits of the part, relative to its beginning", () => {
    const { hwpt, write } = large();
    write(300);
    const part = { iova: HUGE.iova + 8n * PAGE, length: 3n * PAGE };
    expect(world.dirty(hwpt, { ...part, noClear: true })).toEqual([0, 1, 2]);
    expect(world.dirty(hwpt, { ...part, length: 8n * PAGE, pageSize: 4n * PAGE })).toEqual([0, 1]);
  });

  it("a part that is asked for and cleared takes the rest along: scan whole large pages", () => {
    const { hwpt, write } = large();
    write(300);
    world.dirty(hwpt, { iova: HUGE.iova, length: PAGE });
    expect(world.dirty(hwpt, HUGE)).toEqual([]);
  });

  it("a bit may stand for more than the page: 2 MiB a bit over pages of 4 KiB", () => {
    world.map(HUGE.iova, DATA + PAGE, 2n * LARGE);
    const hwpt = world.hwpt();
    world.attach(hwpt);
    world.track(hwpt);
    world.queue().run({ kind: "write", iova: HUGE.iova + LARGE + 5n * PAGE });
    expect(world.walk(world.entry().get("SSPTPTR"), HUGE.iova)).toHaveLength(4);
    const range = { iova: HUGE.iova, length: 2n * LARGE };
    expect(world.dirty(hwpt, { ...range, pageSize: LARGE, noClear: true })).toEqual([1]);
    expect(world.dirty(hwpt, range)).toEqual([517]);
  });
});

describe("several engines in one domain", () => {
  it("what either writes is told, and the entries of both are set", async () => {
    const world = await dirtyWorld({ engines: 2 });
    const { hwpt, write, dirty } = tracked(world);
    expect(world.attach(hwpt, { engine: 1 })).toBe(hwpt);
    expect([0, 1].map((engine) => world.entry({ engine }).get("SSADE"))).toEqual([1n, 1n]);
    const other = world.queue({ engine: 1 });
    for (let time = 0; time < 2; time++) {
      write(1);
      other.run({ kind: "write", iova: at(6) });
      expect(dirty()).toEqual([1, 6]);
    }
    world.detach({ engine: 1 });
    write(2);
    expect(other.run({ kind: "nop", iova: 0n })).toBe("halted");
    expect(dirty()).toEqual([2]);
    expect(world.track(hwpt, 0)).toBe(0);
    expect(world.entry().get("SSADE")).toBe(0n);
  });
});

describe("a device that translates itself (ATS)", () => {
  it("§4.1.3: D is set with the translation, and the scan makes the device ask again", async () => {
    const world = await dirtyWorld();
    const { queue, write, dirty } = tracked(world);
    write(3, true);
    expect(queue.tlbUsed).toBe(1);
    expect(dirty()).toEqual([3]);
    expect(queue.tlbUsed).toBe(0);
    write(3, true);
    expect(dirty()).toEqual([3]);
  });

  it.each([
    ["a unit with NWFS: a translation for reading makes nothing dirty", 1, []],
    ["a unit without: every translation of a page that may be written makes it dirty", 0, [3]],
  ])("%s", async (_, NWFS, pages) => {
    const world = await dirtyWorld({ capabilities: { NWFS } });
    const { queue, dirty } = tracked(world);
    queue.run({ kind: "read", iova: at(3), ats: true });
    expect(dirty()).toEqual(pages);
  });

  it("control: a device that keeps its translations writes unseen", async () => {
    const world = await dirtyWorld();
    const { queue, write, dirty } = tracked(world);
    write(3, true);
    queue.keepStaleTranslations();
    expect(dirty()).toEqual([3]);
    expect(write(3, true)).toBe(0);
    expect(dirty()).toEqual([]);
  });
});

describe("control: what the flush behind a scan is good for", () => {
  it.each([
    ["the unit", false],
    ["the device", true],
  ])("without it %s takes the page for dirty, and the write is lost", async (_, ats) => {
    const world = await dirtyWorld({ without: ["flush"] });
    const { write, dirty } = tracked(world);
    write(3, ats);
    expect(dirty()).toEqual([3]);
    expect(write(3, ats)).toBe(0);
    expect(dirty()).toEqual([]);
  });

  it("without that of SSADE the unit goes on without tracking", async () => {
    const world = await dirtyWorld({ without: ["flush-ssade", "flush"] });
    world.map(IOVA, DATA, LENGTH);
    const hwpt = world.hwpt();
    world.attach(hwpt);
    const queue = world.queue();
    queue.run({ kind: "write", iova: at(3) });
    world.track(hwpt);
    queue.run({ kind: "write", iova: at(3) });
    expect(world.dirty(hwpt, WHOLE)).toEqual([]);
  });
});

describe("a unit that cannot track", () => {
  it("EOPNOTSUPP without ECAP.SSADS; a domain without tracking is given", async () => {
    const world = await dirtyWorld({ capabilities: { SSADS: 0 } });
    const dev_id = world.idevs[0]!.id;
    const alloc = (flags: number) =>
      world.call(() => world.iommufd.hwptAlloc({ dev_id, pt_id: world.ioas, flags }));
    expect(alloc(DIRTY_TRACKING)).toBe("EOPNOTSUPP");
    expect(alloc(0)).toEqual({ out_hwpt_id: expect.any(Number) as number });
  });
});
