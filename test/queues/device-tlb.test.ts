import { beforeEach, describe, expect, it } from "vitest";
import { ICE, QIE, REG, TE } from "../registers/offsets.js";
import { descriptor, statusWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { DEVICE, ScalableWorld } from "./worlds.js";

const STATUS = 0x800n;
const OTHER = 0x0130;
const MESSAGE = { address: 0xfee0_3000, data: 0x71 };
const interrupt = { address: 0xfee0_3000n, data: 0x71 };

let unit: QueuedUnit;

async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}) {
  unit = await QueuedUnit.create({ preset: "full", ...options });
  new ScalableWorld(unit).start();
  unit.enableQueue();
  unit.unmask(REG.FECTL, MESSAGE);
}
beforeEach(() => start());

const invalidate = (fields = {}) => descriptor("DEV_TLB_INV", { SID: DEVICE, ...fields });
const wait = statusWait(STATUS, 1);
const done = () => unit.memory.read32(STATUS) === 1;
const itags = () => unit.sent.invalidations.map(({ itag }) => itag);
const complete = (itag: number, sourceId = DEVICE) =>
  unit.iommu.completeInvalidation({ sourceId, itag });
const errorSource = () => Number(unit.iommu.read64(REG.IQERCD) >> 48n);

describe("VTD-6.5.2.5, VTD-6.5.2.6: the Invalidate Request", () => {
  it.each([
    ["a page", { ADDR: 0x7fff_f000n }, { address: 0x7fff_f000n, sizeBit: false }],
    [
      "a range coded in the address",
      { ADDR: 0x1f_f000n, S: 1 },
      { address: 0x1f_f000n, sizeBit: true },
    ],
    [
      "everything",
      { ADDR: 0x7fff_ffff_ffff_f000n, S: 1 },
      { address: 0x7fff_ffff_ffff_f000n, sizeBit: true },
    ],
  ])("DEV_TLB_INV: %s, without PASID", (_, fields, expected) => {
    unit.submit(invalidate(fields));
    expect(unit.sent.invalidations).toEqual([
      { sourceId: DEVICE, pasid: undefined, global: false, itag: 0, ...expected },
    ]);
  });

  it.each([
    ["a page", { ADDR: 0x1000n }, { address: 0x1000n, sizeBit: false, global: false }],
    ["a range", { ADDR: 0x7000n, S: 1 }, { address: 0x7000n, sizeBit: true, global: false }],
    ["every PASID", { ADDR: 0x1000n, GI: 1 }, { address: 0x1000n, sizeBit: false, global: true }],
  ])("PASID_DEV_TLB_INV: %s", (_, fields, expected) => {
    unit.submit(descriptor("PASID_DEV_TLB_INV", { SID: DEVICE, PASID: 0xf_edcb, ...fields }));
    expect(unit.sent.invalidations).toEqual([
      { sourceId: DEVICE, pasid: 0xf_edcb, itag: 0, ...expected },
    ]);
  });

  it("the head moves on when the message is sent, without its completion", () => {
    unit.submit(invalidate(), descriptor("CC_INV", { G: 1 }), invalidate());
    expect([unit.head, itags()]).toEqual([0x60, [0, 1]]);
    expect(unit.iommu.counters().deviceTlbInvalidations).toBe(2n);
  });
});

describe("VTD-6.5.2.9: a wait and the completions ahead of it", () => {
  it("completes with the last of them, in whatever order they come", () => {
    unit.submit(invalidate(), invalidate({ SID: OTHER }), invalidate(), wait);
    expect([unit.head, done()]).toEqual([0x80, false]);
    complete(2);
    complete(0);
    expect([unit.head, done()]).toEqual([0x80, false]);
    complete(1, OTHER);
    expect([unit.head, done(), unit.faultStatus]).toEqual([0x80, true, 0]);
  });

  it("a device that answers from the listener completes it within the same write of IQT", () => {
    unit.iommu.on("deviceTlbInvalidate", (request) => unit.iommu.completeInvalidation(request));
    unit.submit(invalidate(), wait);
    expect([unit.head, done()]).toEqual([0x40, true]);
  });

  it("a device-TLB invalidation behind the held wait is not sent", () => {
    unit.submit(invalidate(), wait, invalidate({ SID: OTHER }));
    expect(itags()).toEqual([0]);
    complete(0);
    expect(itags()).toEqual([0, 1]);
  });

  it("requests in flight and completions are both waited for", () => {
    const { token } = unit.iommu.beginAccess({ sourceId: 1, address: 0n, access: "read" });
    expect(token).toBe(0);
    unit.command(TE, false);
    const passed = unit.iommu.beginAccess({ sourceId: 1, address: 0n, access: "read" });
    unit.command(TE);
    unit.submit(descriptor("IOTLB_INV", { G: 1 }), invalidate(), wait);
    unit.iommu.endAccess(passed.token);
    expect(done()).toBe(false);
    complete(0);
    expect(done()).toBe(true);
  });

  it("a disabled queue keeps what is outstanding, which holds the waits of the next one", () => {
    unit.submit(invalidate());
    unit.command(QIE, false);
    unit.enableQueue();
    unit.submit(wait);
    expect(done()).toBe(false);
    complete(0);
    expect(done()).toBe(true);
  });
});

describe("ITags", () => {
  it("33 invalidations: the last waits for one of the 32 tags", () => {
    unit.submit(...Array.from({ length: 33 }, () => invalidate()), wait);
    expect(new Set(itags())).toEqual(new Set(Array.from({ length: 32 }, (_, itag) => itag)));
    expect(unit.head).toBe(32 * 32);
    complete(17);
    expect([unit.sent.invalidations.length, itags().at(-1), unit.head]).toEqual([33, 17, 34 * 32]);
    for (let itag = 0; itag < 32; itag++) complete(itag);
    expect([done(), unit.faultStatus]).toEqual([true, 0]);
  });

  it("a tag is not used again at once", () => {
    unit.submit(invalidate());
    complete(0);
    unit.submit(invalidate());
    expect(itags()).toEqual([0, 1]);
  });

  it.each([-1, 32, 1.5])("completeInvalidation refuses itag %d", (itag) => {
    expect(() => complete(itag)).toThrow(new RangeError(`itag is ${itag}: expected 0 to 31`));
  });

  it("completeInvalidation refuses a source-id of more than 16 bits", () => {
    expect(() => complete(0, 0x1_0000)).toThrow(/sourceId is 65536: expected 0 to 0xffff/);
  });
});

describe("VTD-6.5.2.5: throttling by MIP, with ECAP.DIT", () => {
  /** PFSID of both descriptors: bits 3:0 and 15:4 stand apart. */
  const throttled = (pfsid: number, limit: number) =>
    invalidate({ PFSID_LOW: pfsid & 0xf, PFSID_HIGH: pfsid >> 4, MIP: limit });

  it("a physical function has at most MIP invalidations outstanding", () => {
    unit.submit(throttled(DEVICE, 2), throttled(DEVICE, 2), throttled(DEVICE, 2), wait);
    expect([itags(), unit.head]).toEqual([[0, 1], 0x40]);
    complete(1);
    expect([itags(), unit.head]).toEqual([[0, 1, 2], 0x80]);
    complete(0);
    complete(2);
    expect(done()).toBe(true);
  });

  it("functions that differ in any bit of PFSID do not throttle each other", () => {
    const others = [0x0029, 0x0038, 0x8028].map((pfsid) => throttled(pfsid, 1));
    unit.submit(throttled(DEVICE, 1), ...others, throttled(DEVICE, 1));
    expect([itags(), unit.head]).toEqual([[0, 1, 2, 3], 0x80]);
  });

  it("MIP 0 stands for 32", () => {
    unit.submit(...Array.from({ length: 32 }, () => throttled(DEVICE, 0)));
    expect(itags().length).toBe(32);
  });

  it("counts both kinds of descriptors", () => {
    const words = descriptor("PASID_DEV_TLB_INV", {
      SID: DEVICE,
      PFSID_LOW: 8,
      PFSID_HIGH: 2,
      MIP: 1,
    });
    unit.submit(throttled(DEVICE, 1), words);
    expect([itags(), unit.head]).toEqual([[0], 0x20]);
    complete(0);
    expect([itags(), unit.head]).toEqual([[0, 1], 0x40]);
  });

  it("without ECAP.DIT there is no throttling", async () => {
    await start({ capabilities: { DIT: 0 } });
    unit.submit(invalidate({ MIP: 1 }), invalidate({ MIP: 1 }));
    expect(itags()).toEqual([0, 1]);
  });
});

describe("VTD-6.5.2.11, ICE: a completion that nobody awaits", () => {
  it.each([
    ["an ITag that is not in use", 5, DEVICE],
    ["the source-id of another device", 0, OTHER],
  ])("%s: FSTS.ICE, IQERCD.ICESID, a fault event; the queue goes on", (_, itag, sourceId) => {
    unit.submit(invalidate(), wait);
    complete(itag, sourceId);
    expect([unit.faultStatus, errorSource()]).toEqual([ICE, sourceId]);
    expect(unit.takeInterrupts()).toEqual([interrupt]);
    expect(done()).toBe(false);
    complete(0);
    expect(done()).toBe(true);
    unit.submit(statusWait(STATUS + 4n, 2));
    expect(unit.memory.read32(STATUS + 4n)).toBe(2);
  });

  it("a completion that comes twice", () => {
    unit.submit(invalidate());
    complete(0);
    expect(unit.faultStatus).toBe(0);
    complete(0);
    expect(unit.faultStatus).toBe(ICE);
  });

  it("ICESID tells of the first until ICE is cleared", () => {
    complete(1, 0x1111);
    complete(2, 0x2222);
    expect([errorSource(), unit.takeInterrupts().length]).toEqual([0x1111, 1]);
    unit.iommu.write32(REG.FSTS, ICE);
    expect(unit.faultStatus).toBe(0);
    complete(3, 0x3333);
    expect([errorSource(), unit.takeInterrupts().length]).toEqual([0x3333, 1]);
  });

  it("VTD-4.2.1: with translation disabled a completion is an unsupported request", () => {
    unit.submit(invalidate(), wait);
    unit.command(TE, false);
    complete(0);
    complete(7);
    expect([unit.faultStatus, done()]).toEqual([0, false]);
    unit.command(TE);
    complete(0);
    expect(done()).toBe(true);
  });
});
