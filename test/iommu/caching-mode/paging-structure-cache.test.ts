/** Caching mode: non-leaf second-stage entries that fault are cached (§6.2.5). */
import { describe, expect, it } from "vitest";
import { descriptor } from "../../queues/descriptors.js";
import { DOMAIN, INPUT, OUTPUT, PASID, ScalableWorld } from "../worlds.js";
import {
  create,
  OTHER_DOMAIN,
  reader,
  scalableWorld,
  spoil,
  type Invalidation,
} from "./faulting-entries.js";

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
