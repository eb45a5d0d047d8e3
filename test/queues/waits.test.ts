import { beforeEach, describe, expect, it } from "vitest";
import { QIE, REG, TE } from "../registers/offsets.js";
import { descriptor, plainWait, statusWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { DEVICE, ScalableWorld } from "./worlds.js";

const STATUS = 0x800n;
const MESSAGE = { address: 0xfee0_2000, data: 0x61 };
const interrupt = { address: 0xfee0_2000n, data: 0x61 };

let unit: QueuedUnit;
let world: ScalableWorld;

async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}) {
  unit = await QueuedUnit.create({ preset: "full", ...options });
  world = new ScalableWorld(unit);
  const table = world.secondStage();
  table.map(0n, 0n, { count: 8 });
  world.pasid(0, { kind: "second-stage", domain: 1, secondStage: table });
  world.start();
  unit.enableQueue();
  unit.unmask(REG.IECTL, MESSAGE);
}
beforeEach(() => start());

const iwc = () => unit.iommu.read32(REG.ICS);

describe("VTD-6.5.2.9: what a wait does when it completes", () => {
  it.each([
    [0, STATUS],
    [4, STATUS + 4n],
    [8, STATUS + 8n],
    [12, STATUS + 12n],
  ])("SW writes one dword, at byte %i of 16", (byte, address) => {
    unit.memory.fill(STATUS, 16, 0xee);
    unit.submit(statusWait(address, 0x1234_5678));
    const expected = [0, 4, 8, 12].map((at) => (at === byte ? 0x1234_5678 : 0xeeee_eeee));
    expect([0n, 4n, 8n, 12n].map((at) => unit.memory.read32(STATUS + at))).toEqual(expected);
    expect([iwc(), unit.takeInterrupts()]).toEqual([0, []]);
  });

  it("SW writes where memory can be written and not read", () => {
    unit.memory.fill(STATUS, 16, 0xee);
    unit.memory.poison(STATUS, 8, { writes: false });
    unit.submit(statusWait(STATUS + 4n, 3));
    expect([unit.memory.read32(STATUS), unit.memory.read32(STATUS + 4n)]).toEqual([0xeeee_eeee, 3]);
  });

  it("IF sets IWC and sends the invalidation event", () => {
    unit.submit(descriptor("WAIT", { IF: 1 }));
    expect([iwc(), unit.takeInterrupts()]).toEqual([1, [interrupt]]);
  });

  it("with SW and IF the status is in memory before the interrupt is sent", () => {
    const seen: number[] = [];
    unit.iommu.on("interrupt", () => seen.push(unit.memory.read32(STATUS)));
    unit.submit(statusWait(STATUS, 9, { IF: 1 }));
    expect(seen).toEqual([9]);
  });

  it("checklist 29: two of them without clearing IWC are two writes and one interrupt", () => {
    unit.submit(statusWait(STATUS, 1, { IF: 1 }), statusWait(STATUS + 4n, 2, { IF: 1 }));
    expect([unit.memory.read32(STATUS), unit.memory.read32(STATUS + 4n)]).toEqual([1, 2]);
    expect(unit.takeInterrupts()).toEqual([interrupt]);
    unit.iommu.write32(REG.ICS, 1);
    unit.submit(descriptor("WAIT", { IF: 1 }));
    expect(unit.takeInterrupts()).toEqual([interrupt]);
  });

  it.each([
    ["neither flag", {}],
    ["the fence flag", { FN: 1 }],
    ["the drain flag", { PD: 1 }],
  ])("%s alone moves the head, writes nothing and sends nothing", (_, fields) => {
    const before = unit.memory.readBytes(STATUS, 16);
    unit.submit(descriptor("WAIT", { STATUS_ADDR: STATUS, STATUS_DATA: 5, ...fields }));
    expect([unit.head, iwc(), unit.takeInterrupts()]).toEqual([0x20, 0, []]);
    expect(unit.memory.readBytes(STATUS, 16)).toEqual(before);
  });

  it("a fence does not keep the descriptors behind it from being executed", () => {
    unit.submit(statusWait(STATUS, 1, { FN: 1 }), statusWait(STATUS + 4n, 2));
    expect([unit.memory.read32(STATUS), unit.memory.read32(STATUS + 4n)]).toEqual([1, 2]);
  });

  it("status address bits at and above the host address width are ignored", async () => {
    await start({ hostAddressWidth: 40 });
    unit.submit(statusWait(STATUS | (1n << 40n) | (1n << 63n), 6));
    expect(unit.memory.read32(STATUS)).toBe(6);
  });

  it("VTD-7.10: page requests that came before are in the queue when a drain completes", () => {
    const queue = unit.frames.allocate();
    unit.memory.fill(queue, 4096);
    unit.iommu.write64(REG.PQA, queue);
    const seen: unknown[] = [];
    unit.iommu.on("interrupt", () => seen.push(unit.iommu.read64(REG.PQT)));
    const request = { sourceId: DEVICE, address: 0x5000n, read: true, write: false, last: true };
    expect(unit.iommu.requestPage({ ...request, group: 3 })).toEqual({ status: "accepted" });
    unit.submit(statusWait(STATUS, 1, { PD: 1, IF: 1 }));
    expect([unit.memory.read32(STATUS), seen]).toEqual([1, [0x20n]]);
  });
});

describe("choice C5: a status write that memory refuses", () => {
  it.each([
    ["poisoned for writes", () => unit.memory.poison(STATUS, 8, { reads: false }), STATUS],
    ["outside RAM", () => undefined, 0x7000_0000n],
  ])("%s: it is dropped, and the wait completes", (_, spoil, address) => {
    spoil();
    const before = unit.memory.readBytes(STATUS, 8);
    unit.submit(statusWait(address, 1, { IF: 1 }), statusWait(STATUS + 8n, 2));
    expect([unit.queueError, unit.head]).toEqual([0, 0x40]);
    expect(unit.takeInterrupts()).toEqual([interrupt]);
    expect(unit.memory.readBytes(STATUS, 8)).toEqual(before);
    expect(unit.memory.read32(STATUS + 8n)).toBe(2);
  });
});

describe("VTD-6.5.4, choice C6: a wait that requests in flight hold", () => {
  const begin = () =>
    unit.iommu.beginAccess({ sourceId: DEVICE, address: 0x1000n, access: "write" }).token;
  const done = () => unit.memory.read32(STATUS) === 1;
  const wait = statusWait(STATUS, 1);

  it.each([
    ["IOTLB_INV", { G: 1 }],
    ["IOTLB_INV", { G: 2, DID: 1 }],
    ["IOTLB_INV", { G: 3, DID: 1 }],
    ["PASID_IOTLB_INV", { G: 2 }],
    ["PASID_IOTLB_INV", { G: 3 }],
  ])("%s %o, then a wait: it completes when the request has ended", (name, fields) => {
    const [first, second] = [begin(), begin()];
    unit.submit(descriptor(name, fields), wait, plainWait);
    expect([unit.head, done()]).toEqual([0x40, false]);
    const [early, late] = [begin(), begin()];
    unit.iommu.endAccess(first);
    // It began behind the invalidation: its end changes nothing.
    unit.iommu.endAccess(early);
    expect([unit.head, done()]).toEqual([0x40, false]);
    unit.iommu.endAccess(second);
    expect([unit.head, done()]).toEqual([0x60, true]);
    unit.iommu.endAccess(late);
  });

  it.each([
    ["CC_INV", { G: 1 }],
    ["PASID_CACHE_INV", { G: 3 }],
    ["PAGE_GROUP_RESPONSE", {}],
  ])("%s drains nothing", (name, fields) => {
    const token = begin();
    unit.submit(descriptor(name, fields), wait);
    expect(done()).toBe(true);
    unit.iommu.endAccess(token);
  });

  it("a request that began behind the invalidation holds nothing", () => {
    unit.submit(descriptor("IOTLB_INV", { G: 1 }));
    const token = begin();
    unit.submit(wait);
    expect(done()).toBe(true);
    unit.iommu.endAccess(token);
  });

  it.each([
    ["neither DR nor DW", { DR: 0, DW: 0 }, {}, true],
    ["DR", { DR: 1, DW: 0 }, {}, false],
    ["DW", { DR: 0, DW: 1 }, {}, false],
    ["DR without CAP.DRD", { DR: 1, DW: 0 }, { DRD: 0 }, true],
    ["DW without CAP.DWD", { DR: 0, DW: 1 }, { DWD: 0 }, true],
  ])("below major version 2 with %s", async (_, flags, capabilities, completes) => {
    unit = await QueuedUnit.create({ preset: "legacy", capabilities });
    unit.enableQueue();
    const token = begin();
    unit.submit(descriptor("IOTLB_INV", { G: 1, ...flags }), wait);
    expect(done()).toBe(completes);
    unit.iommu.endAccess(token);
    expect(done()).toBe(true);
  });

  it("other descriptors behind the held wait are not executed either", () => {
    const token = begin();
    unit.submit(descriptor("IOTLB_INV", { G: 1 }), plainWait, statusWait(STATUS + 4n, 1));
    unit.submit(statusWait(STATUS + 8n, 1));
    expect(unit.memory.read32(STATUS + 4n)).toBe(0);
    unit.iommu.endAccess(token);
    expect([unit.memory.read32(STATUS + 4n), unit.memory.read32(STATUS + 8n)]).toEqual([1, 1]);
  });

  it("a queue that is disabled while a wait is held completes nothing", () => {
    const token = begin();
    unit.submit(descriptor("IOTLB_INV", { G: 1 }), wait);
    unit.command(QIE, false);
    unit.iommu.endAccess(token);
    expect([unit.head, done()]).toEqual([0, false]);
  });

  it("a reset forgets the held wait", () => {
    const token = begin();
    unit.submit(descriptor("IOTLB_INV", { G: 1 }), wait);
    unit.iommu.reset("warm");
    expect(() => unit.iommu.endAccess(token)).toThrow(RangeError);
    expect([unit.head, done()]).toEqual([0, false]);
  });

  it("drains requests that passed while translation was disabled", () => {
    unit.command(TE, false);
    const token = begin();
    unit.submit(descriptor("IOTLB_INV", { G: 1 }), wait);
    expect(done()).toBe(false);
    unit.iommu.endAccess(token);
    expect(done()).toBe(true);
  });
});
