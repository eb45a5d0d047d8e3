import { beforeEach, describe, expect, it } from "vitest";
import { PAGE_1G, PAGE_2M } from "../../host/tables/index.js";
import { scalable } from "../iommu/conditions/scalable.js";
import { Unit } from "../iommu/unit.js";
import { INPUT, PASID as NESTED_PASID, SID } from "../iommu/worlds.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, GIB, PAGE, ScalableWorld } from "../queues/worlds.js";
import {
  CountingUnit,
  EVENT,
  FILTER,
  FILTER_ENABLE,
  SUCCESS,
  type Event,
} from "./counting-unit.js";

const PASID = 4;

let unit: QueuedUnit;
let counting: CountingUnit;

const read = (address: bigint) =>
  void unit.iommu.translate({ sourceId: DEVICE, pasid: PASID, address, access: "read" });

beforeEach(async () => {
  unit = await QueuedUnit.create({ preset: "full" });
  counting = new CountingUnit(unit.iommu);
  const world = new ScalableWorld(unit);
  const firstStage = world.firstStage();
  firstStage.map(0n, 0n, { count: 4 });
  firstStage.map(GIB, GIB, { size: PAGE_2M, count: 4 });
  firstStage.map(2n * GIB, 2n * GIB, { size: PAGE_1G });
  world.pasid(PASID, { kind: "first-stage", domain: 1, firstStage });
  world.start();
});

/** A counter for each value of a filter register, all of one event. */
function startFiltered(counters: CountingUnit, event: Event, filter: number, values: number[]) {
  values.forEach((value, counter) => {
    counters.filter(counter, filter, (FILTER_ENABLE | value) >>> 0);
    expect(counters.start(counter, event)).toBe(SUCCESS);
  });
}

describe("VTD-11.4.13.19: the address type filter", () => {
  it("counts requests of the types that it selects", () => {
    const { iommu } = unit;
    startFiltered(counting, EVENT.REQUESTS, FILTER.AT, [1, 2, 4, 5, 7, 0]);
    counting.filter(6, FILTER.AT, 0);
    counting.start(6, EVENT.REQUESTS);
    for (const page of [0n, PAGE, 0n]) read(page);
    for (const page of [0n, 2n * PAGE]) {
      iommu.requestTranslation({ sourceId: DEVICE, pasid: PASID, address: page });
    }
    iommu.translateTranslated({ sourceId: DEVICE, address: 0n, access: "read" });
    expect(counting.values(7)).toEqual([3n, 2n, 1n, 4n, 6n, 0n, 6n]);
  });

  it("that is not enabled selects nothing", () => {
    counting.filter(0, FILTER.AT, 2);
    counting.start(0, EVENT.REQUESTS);
    read(0n);
    expect(counting.read(0)).toBe(1n);
  });

  it("bits of address types that the unit lacks are reserved", () => {
    counting.filter(0, FILTER.AT, 0x8000_001f);
    expect(unit.iommu.read32(counting.configuration(0) + FILTER.AT)).toBe(0x8000_0007);
  });
});

describe("VTD-11.4.13.20: the page table level filter", () => {
  it("selects hits of the IOTLB by page size", () => {
    const places = [0n, GIB, 2n * GIB];
    for (const place of places) read(place);
    startFiltered(counting, EVENT.IOTLB_HIT, FILTER.PTL, [1, 2, 4, 3, 7, 8, 0]);
    read(0n);
    for (const offset of [0n, PAGE]) read(GIB + offset);
    for (const offset of [0n, PAGE, GIB / 2n]) read(2n * GIB + offset);
    expect(counting.values(7)).toEqual([1n, 2n, 3n, 3n, 6n, 0n, 0n]);
  });

  it("selects hits of the first-stage paging-structure cache by the level found", () => {
    for (const place of [0n, GIB]) read(place);
    startFiltered(counting, EVENT.FIRST_STAGE_HIT, FILTER.PTL, [1, 2, 4, 8, 0x10, 0x1f]);
    read(PAGE); // its PDE is cached
    for (const n of [1n, 2n]) read(GIB + n * BigInt(PAGE_2M)); // the PDPE
    read(2n * GIB); // the PML4E
    expect(counting.values(6)).toEqual([0n, 1n, 2n, 1n, 0n, 4n]);
  });

  it("selects hits of the second-stage paging-structure cache likewise", async () => {
    const nested = await Unit.create();
    const counters = new CountingUnit(nested.iommu);
    scalable("nested")(nested).start();
    startFiltered(counters, EVENT.SECOND_STAGE_HIT, FILTER.PTL, [2, 4, 8, 0xa]);
    const request = { sourceId: SID, pasid: NESTED_PASID, address: INPUT } as const;
    nested.iommu.translate({ ...request, access: "read" });
    // Three first-stage tables behind the first, then a page far from them.
    expect(counters.values(4)).toEqual([3n, 0n, 1n, 4n]);
  });
});
