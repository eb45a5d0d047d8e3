import { beforeEach, describe, expect, it } from "vitest";
import { uapi } from "viommu/driver";
import { FirstStageTable, FrameAllocator } from "viommu/tables";
import { DATA, dirtyWorld, HWPT_ALLOC, PAGE, RING_IOVA, type DirtyWorld } from "./world.js";

const { DIRTY_TRACKING, NEST_PARENT } = HWPT_ALLOC;
const { HWPT_DATA, HWPT_INVALIDATE_DATA } = uapi;
/** Where the guest's process has its pages, and where the guest has them; rings are mapped one to one. */
const VIRTUAL = 0x7000_0000n;
const GUEST = DATA;
/** The guest's page tables: guest physical addresses are physical ones. */
const GUEST_TABLES = { start: 0x80_0000n, end: 0x84_0000n };
const LENGTH = 8n * PAGE;
const TABLES = { iova: GUEST_TABLES.start, length: GUEST_TABLES.end - GUEST_TABLES.start };
const DATA_RANGE = { iova: GUEST, length: LENGTH };
const FIRST_STAGE = { A: 1n << 5n, D: 1n << 6n };
const SECOND_STAGE = { A: 1n << 8n, D: 1n << 9n };

/** A guest whose own first stage lies on a second one that tracks; memory is mapped page by page. */
async function guest(options: Parameters<typeof dirtyWorld>[0] = {}) {
  const world = await dirtyWorld(options);
  const { iommufd, memory, process, ok } = world;
  world.map(GUEST, DATA, LENGTH);
  world.map(TABLES.iova, TABLES.iova, TABLES.length);
  const parent = world.hwpt(NEST_PARENT | DIRTY_TRACKING);
  const frames = new FrameAllocator(GUEST_TABLES);
  const table = new FirstStageTable({ memory, frames, levels: 4 });
  table.map(VIRTUAL, GUEST, { count: Number(LENGTH / PAGE), write: true });
  table.map(RING_IOVA, RING_IOVA, { count: 4, write: true });
  const nest = () => {
    const bytes = uapi.hwptVtdS1.encode({ pgtbl_addr: table.pointer, addr_width: 48 });
    const data = { data_type: HWPT_DATA.VTD_S1, data_len: bytes.length };
    const { address } = process.memory.map(bytes);
    return world.hwpt(0, { pt_id: parent, ...data, data_uptr: address });
  };
  const nested = nest();
  const dirtyTables = () => world.dirty(parent, TABLES);
  const dirty = (noClear = false) => world.dirty(parent, { ...DATA_RANGE, noClear });
  const invalidate = (entry: Partial<uapi.HwptVtdS1Invalidate>) => {
    const { address } = process.memory.map(uapi.hwptVtdS1Invalidate.encode(entry));
    const request = { hwpt_id: nested, data_type: HWPT_INVALIDATE_DATA.VTD_S1, data_uptr: address };
    return world.run(() => iommufd.hwptInvalidate({ ...request, entry_len: 24, entry_num: 1 }));
  };
  return { world, parent, nested, nest, table, dirty, dirtyTables, invalidate, ok };
}

const virtual = (page: number) => VIRTUAL + BigInt(page) * PAGE;

describe("a second stage that tracks below a first stage of the guest", () => {
  let world: DirtyWorld;
  let made: Awaited<ReturnType<typeof guest>>;
  const write = (page: number, ats = false) =>
    queue.run({ kind: "write", iova: virtual(page), ats });
  let queue: ReturnType<DirtyWorld["queue"]>;
  beforeEach(async () => {
    made = await guest();
    ({ world } = made);
    expect(world.attach(made.nested)).toBe(made.nested);
    queue = world.queue();
  });

  it("SET_DIRTY_TRACKING of the parent sets SSADE in the entries of what is nested on it", () => {
    const { parent } = made;
    expect(world.entry().get("PGTT")).toBe(3n);
    expect(world.entry().get("SSADE")).toBe(0n);
    expect(world.track(parent)).toBe(0);
    expect(world.entry().get("SSADE")).toBe(1n);
    expect(world.track(parent, 0)).toBe(0);
    expect(world.entry().get("SSADE")).toBe(0n);
  });

  it("ENOENT for the nested domain itself", () => {
    const { nested } = made;
    expect(world.track(nested)).toBe("ENOENT");
    expect(world.dirty(nested, DATA_RANGE)).toBe("ENOENT");
  });

  it("the bitmap is of guest physical addresses, whatever the first stage calls them", () => {
    const { parent, dirty } = made;
    world.track(parent);
    expect(write(3)).toBe(0);
    queue.run({ kind: "read", iova: virtual(5) });
    expect(dirty(true)).toEqual([3]);
    expect(dirty()).toEqual([3]);
    expect(dirty()).toEqual([]);
    write(3);
    expect(dirty()).toEqual([3]);
  });

  it("§3.8.1: flags that the unit sets in the guest's tables make their pages dirty as well", () => {
    const { parent, table, dirtyTables } = made;
    world.track(parent);
    write(3);
    const pages = dirtyTables() as number[];
    const leaf = world.walk(table.pointer, virtual(3)).at(-1);
    expect(leaf & (FIRST_STAGE.A | FIRST_STAGE.D)).toBe(FIRST_STAGE.A | FIRST_STAGE.D);
    expect(pages).toContain(Number((table.pointer - TABLES.iova) / PAGE));
    expect(pages).toHaveLength(6);
    const second = world.walk(world.entry().get("SSPTPTR"), GUEST + 3n * PAGE).at(-1);
    expect(second & (SECOND_STAGE.A | SECOND_STAGE.D)).toBe(SECOND_STAGE.A | SECOND_STAGE.D);
  });

  it("a guest that unmaps a page and flushes it leaves the page dirty", () => {
    const { parent, table, dirty, invalidate } = made;
    world.track(parent);
    write(3);
    table.unmap(virtual(3));
    expect(invalidate({ addr: virtual(3), npages: 1n })).toMatchObject({ entry_num: 1 });
    expect(write(3)).toBe(1);
    expect(dirty()).toEqual([3]);
    expect(dirty()).toEqual([]);
  });

  it("a second nested domain is attached later: it inherits SSADE", () => {
    const { parent, nest, dirty } = made;
    world.track(parent);
    const other = nest();
    expect(world.replace(other)).toBe(other);
    expect(world.entry().get("SSADE")).toBe(1n);
    write(4);
    expect(dirty()).toEqual([4]);
  });

  it("replaced by the parent, and nested again: tracked all the way", () => {
    const { parent, nested, dirty } = made;
    world.track(parent);
    write(1);
    expect(world.replace(parent)).toBe(parent);
    expect(world.entry().get("SSADE")).toBe(1n);
    expect(queue.run({ kind: "write", iova: GUEST + 2n * PAGE })).toBe(0);
    expect(world.replace(nested)).toBe(nested);
    write(3);
    expect(dirty()).toEqual([1, 2, 3]);
  });

  it("with ATS: the scan makes the device forget its nested translations", () => {
    const { parent, dirty } = made;
    world.track(parent);
    for (let time = 0; time < 2; time++) {
      write(3, true);
      expect(queue.tlbUsed).toBe(1);
      expect(dirty()).toEqual([3]);
      expect(queue.tlbUsed).toBe(0);
    }
  });
});

describe("parent and nested domain side by side", () => {
  it("an engine each: what both write is told", async () => {
    const { world, parent, nested, dirty } = await guest({ engines: 2 });
    world.attach(nested);
    expect(world.attach(parent, { engine: 1 })).toBe(parent);
    expect(world.track(parent)).toBe(0);
    expect([0, 1].map((engine) => world.entry({ engine }).get("SSADE"))).toEqual([1n, 1n]);
    const [inner, outer] = [world.queue(), world.queue({ engine: 1 })];
    for (let time = 0; time < 2; time++) {
      inner.run({ kind: "write", iova: virtual(1) });
      outer.run({ kind: "write", iova: GUEST + 6n * PAGE });
      expect(dirty()).toEqual([1, 6]);
    }
  });
});

describe("control: the flush of nested domains behind a scan", () => {
  it.each([
    ["the unit", false],
    ["the device", true],
  ])("without it %s takes the page for dirty, and the write is lost", async (_, ats) => {
    const { world, parent, nested, dirty } = await guest({ without: ["flush-nested"] });
    world.attach(nested);
    world.track(parent);
    const queue = world.queue();
    const write = () => queue.run({ kind: "write", iova: virtual(3), ats });
    write();
    expect(dirty()).toEqual([3]);
    expect(write()).toBe(0);
    expect(dirty()).toEqual([]);
  });
});
