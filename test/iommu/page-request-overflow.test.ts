import { describe, expect, it } from "vitest";
import type { IommuEvents, PageRequest } from "../../host/index.js";
import { scalable } from "./conditions/scalable.js";
import { PAGE_REQUEST_EVENT, REG, Unit } from "./unit.js";
import { INPUT, OUTPUT, PASID, SID, type ScalableWorld } from "./worlds.js";

const PPR = 1;
const PRO = 2;
const ENTRIES = 128;

const request: PageRequest = {
  sourceId: SID,
  pasid: PASID,
  address: INPUT,
  read: true,
  write: false,
  last: true,
  group: 7,
};
const success = { sourceId: SID, pasid: PASID, group: 7, code: 0 };
const queueFull = { status: "answered", code: "success", why: "queue-full" };
const overflown = { status: "answered", code: "success", why: "PRO" };

let responses: IommuEvents["pageGroupResponse"][];
let interrupts: IommuEvents["interrupt"][];

async function scene(size = 0): Promise<{ unit: Unit; world: ScalableWorld }> {
  const unit = await Unit.create();
  const world = scalable("first-stage")(unit);
  unit.startPageRequests(size);
  world.start();
  responses = [];
  interrupts = [];
  unit.iommu.on("pageGroupResponse", (response) => responses.push(response));
  unit.iommu.on("interrupt", (message) => interrupts.push(message));
  return { unit, world };
}

/** As many requests as the queue holds; their group indices count up from 0. */
function fill(unit: Unit, count = ENTRIES - 1): void {
  for (let index = 0; index < count; index++) {
    const result = unit.iommu.requestPage({ ...request, group: index % 512 });
    expect(result.status).toBe("accepted");
  }
}

/** Group indices in the queue, which is emptied. */
const taken = (unit: Unit) =>
  unit.takePageRequests().map(([, word1]) => Number((word1! >> 3n) & 0x1ffn));

describe("VTD-7.4: the page request queue", () => {
  it("VTD-7.4: holds all but one of its entries, and goes round", async () => {
    const { unit } = await scene();
    for (let round = 0; round < 3; round++) {
      fill(unit);
      expect(taken(unit)).toEqual(Array.from({ length: ENTRIES - 1 }, (_, group) => group));
    }
    expect(unit.iommu.read64(REG.PQT)).toBe(BigInt(32 * (ENTRIES - 3)));
    expect(responses).toEqual([]);
  });

  it.each([1, 3])("VTD-11.4.11.3: of 2^%i pages has that many more entries", async (size) => {
    const { unit } = await scene(size);
    fill(unit, ENTRIES * 2 ** size - 1);
    expect(unit.iommu.read32(REG.PRS)).toBe(PPR);
    expect(unit.iommu.requestPage(request)).toEqual(queueFull);
    expect(unit.takePageRequests()).toHaveLength(ENTRIES * 2 ** size - 1);
  });
});

describe("VTD-7.5: a full page request queue", () => {
  it("VTD-7.5: sets PRO and answers the last page of a group Success", async () => {
    const { unit } = await scene();
    fill(unit);
    const tail = unit.iommu.read64(REG.PQT);
    expect(unit.iommu.requestPage(request)).toEqual(queueFull);
    expect(unit.iommu.read32(REG.PRS)).toBe(PPR | PRO);
    expect(unit.iommu.read64(REG.PQT)).toBe(tail);
    expect(responses).toEqual([success]);
    expect(unit.faultRecords()).toEqual([]);
  });

  it("VTD-7.5: drops a page that is not the last of its group, without an answer", async () => {
    const { unit } = await scene();
    fill(unit);
    const result = unit.iommu.requestPage({ ...request, last: false });
    expect(result).toEqual({ status: "dropped", why: "queue-full" });
    expect(unit.iommu.read32(REG.PRS)).toBe(PPR | PRO);
    expect(responses).toEqual([]);
  });

  it("VTD-7.5: answers without PASID where the request had none", async () => {
    const { unit } = await scene();
    fill(unit);
    unit.iommu.requestPage({ ...request, pasid: undefined });
    expect(responses).toEqual([{ ...success, pasid: undefined }]);
  });

  it("VTD-7.5: while PRO is set nothing is queued, although there is room", async () => {
    const { unit } = await scene();
    fill(unit);
    unit.iommu.requestPage(request);
    expect(taken(unit)).toHaveLength(ENTRIES - 1);
    expect(unit.iommu.requestPage(request)).toEqual(overflown);
    const dropped = unit.iommu.requestPage({ ...request, last: false });
    expect(dropped).toEqual({ status: "dropped", why: "PRO" });
    expect(unit.takePageRequests()).toEqual([]);
    expect(responses).toEqual([success, success]);
  });

  it("VTD-7.5: is left by taking the requests and clearing PRO", async () => {
    const { unit } = await scene();
    fill(unit);
    unit.iommu.requestPage(request);
    unit.takePageRequests();
    unit.iommu.write32(REG.PRS, PPR | PRO);
    expect(unit.iommu.read32(REG.PRS)).toBe(0);
    expect(unit.iommu.requestPage(request)).toEqual({ status: "accepted" });
    expect(taken(unit)).toEqual([7]);
  });

  it("VTD-7.5: is full again if PRO alone was cleared", async () => {
    const { unit } = await scene();
    fill(unit);
    unit.iommu.requestPage(request);
    unit.iommu.write32(REG.PRS, PRO);
    expect(unit.iommu.requestPage(request)).toEqual(queueFull);
    expect(unit.iommu.read32(REG.PRS)).toBe(PPR | PRO);
  });

  it("VTD-7.11: is an event of its own only if PPR was clear", async () => {
    const { unit } = await scene();
    fill(unit);
    unit.iommu.requestPage(request);
    expect(interrupts).toEqual([PAGE_REQUEST_EVENT]);
    unit.iommu.write32(REG.PRS, PPR | PRO);
    unit.iommu.requestPage(request);
    expect(interrupts).toEqual([PAGE_REQUEST_EVENT, PAGE_REQUEST_EVENT]);
    unit.iommu.requestPage(request);
    expect(interrupts).toHaveLength(2);
  });

  it("VTD-7.5: comes after the tables: a request that they refuse is a fault all the same", async () => {
    const { unit, world } = await scene();
    fill(unit);
    unit.iommu.requestPage(request);
    world.contextEntry.set({ PRE: 0 });
    unit.setRoot(world.rootTableAddress);
    expect(unit.iommu.requestPage(request)).toEqual({
      status: "answered",
      code: "invalid-request",
      why: "SCT.8",
      record: "recorded",
    });
    expect(responses.at(-1)).toEqual({ ...success, code: 1 });
  });

  it("VTD-7.5: invalidates nothing for what it does not queue", async () => {
    const { unit, world } = await scene();
    fill(unit);
    const read = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
    unit.iommu.translate(read);
    world.first.unmap(INPUT);
    unit.iommu.requestPage(request);
    expect(unit.iommu.translate(read)).toMatchObject({ address: OUTPUT });
  });

  it("VTD-7.9: a stop marker is dropped, and sets no PRO", async () => {
    const { unit } = await scene();
    fill(unit);
    const result = unit.iommu.requestPage({ ...request, read: false });
    expect(result).toEqual({ status: "dropped", why: "queue-full" });
    expect(unit.iommu.read32(REG.PRS)).toBe(PPR);
    expect(responses).toEqual([]);
  });
});

describe("VTD-7.4: a page request queue that memory refuses (choice F4)", () => {
  it.each([0n, 8n, 16n, 24n])("VTD-7.4: at byte %d of an entry is a full queue", async (offset) => {
    const { unit } = await scene();
    fill(unit, 2);
    unit.memory.poison(unit.iommu.read64(REG.PQA) + 64n + offset, 8, { reads: false });
    expect(unit.iommu.requestPage(request)).toEqual(queueFull);
    expect(unit.iommu.read32(REG.PRS)).toBe(PPR | PRO);
    expect(unit.iommu.read64(REG.PQT)).toBe(64n);
    expect(responses).toEqual([success]);

    unit.memory.heal();
    unit.iommu.write32(REG.PRS, PRO);
    expect(unit.iommu.requestPage(request)).toEqual({ status: "accepted" });
    expect(taken(unit)).toEqual([0, 1, 7]);
  });

  it("VTD-7.4: outside RAM is a full queue", async () => {
    const { unit } = await scene();
    unit.iommu.write64(REG.PQA, 0x3f_0000_0000n);
    expect(unit.iommu.requestPage(request)).toEqual(queueFull);
    expect(interrupts).toEqual([PAGE_REQUEST_EVENT]);
  });

  it("VTD-7.4: reads nothing: poison for reads alone does not matter", async () => {
    const { unit } = await scene();
    unit.memory.poison(unit.iommu.read64(REG.PQA), 4096, { writes: false });
    expect(unit.iommu.requestPage(request)).toEqual({ status: "accepted" });
  });
});

describe("VTD-7.4: counters of page requests", () => {
  it("VTD-7.4: count what was received, queued, answered and dropped", async () => {
    const { unit } = await scene();
    fill(unit);
    unit.iommu.requestPage(request);
    unit.iommu.requestPage({ ...request, last: false });
    unit.iommu.requestPage({ ...request, sourceId: 0x1234 });
    const { pageRequests, pageRequestsQueued, pageRequestsAnswered, pageRequestsDropped } =
      unit.iommu.counters();
    expect({ pageRequests, pageRequestsQueued, pageRequestsAnswered, pageRequestsDropped }).toEqual(
      {
        pageRequests: 130n,
        pageRequestsQueued: 127n,
        pageRequestsAnswered: 2n,
        pageRequestsDropped: 1n,
      },
    );
  });
});
