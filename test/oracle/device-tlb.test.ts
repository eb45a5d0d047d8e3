import { describe, expect, it } from "vitest";
import { at, DEVICE_TLB, QueueWorld, statusWait } from "./queue-world.js";
import { IM, QIE, REG, TE } from "./unit-world.js";
import { ROOT_TABLE } from "./world.js";

const SCALABLE = ROOT_TABLE | (1n << 10n);
const DEVICE = 0x1234;
const [ICE, ITE] = [0x20, 0x40];

/** Completions are taken only while translation is enabled. */
function enabled(): QueueWorld {
  const world = new QueueWorld({ root: SCALABLE });
  world.command(TE);
  return world;
}

const status = (world: QueueWorld): number => world.unit.read32(REG.FSTS);
const itags = (world: QueueWorld): number[] =>
  world.takeOnly("deviceTlbInvalidate").map((message) => (message as { itag: number }).itag);

describe("a device-TLB invalidation (§6.5.2.5, §6.5.2.6)", () => {
  it("is sent without PASID for type 3", () => {
    const world = enabled().submit(
      3n | at(DEVICE, 32) | at(5, 16) | at(1, 64) | (0xabcd_e7ff_f000n << 64n),
    );
    expect(world.takeOnly("deviceTlbInvalidate")).toEqual([
      {
        sourceId: DEVICE,
        pasid: undefined,
        address: 0xabcd_e7ff_f000n,
        sizeBit: true,
        global: false,
        itag: 0,
      },
    ]);
  });

  it("is sent with PASID and GI for type 8", () => {
    const world = enabled().submit(
      8n | at(DEVICE, 16) | at(0xabcde, 32) | at(1, 64) | at(1, 75) | (0x7000n << 64n),
    );
    expect(world.takeOnly("deviceTlbInvalidate")).toEqual([
      {
        sourceId: DEVICE,
        pasid: 0xabcde,
        address: 0x7000n,
        sizeBit: true,
        global: true,
        itag: 0,
      },
    ]);
  });

  it("holds the next wait, not the descriptors ahead of it, until the device completes it", () => {
    const world = enabled().submit(DEVICE_TLB(DEVICE), DEVICE_TLB(8), statusWait(1));
    expect([world.head, world.statusData]).toEqual([96n, 0]);
    world.unit.completeInvalidation({ sourceId: 8, itag: 1 });
    expect(world.statusData).toBe(0);
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 0 });
    expect([world.head, world.statusData]).toEqual([96n, 1]);
    expect(status(world)).toBe(0);
  });

  it("takes ITags in turn, and waits for one if all 32 are in use", () => {
    const world = enabled();
    for (let count = 0; count < 34; count++) world.submit(DEVICE_TLB(DEVICE));
    expect(itags(world)).toEqual(Array.from({ length: 32 }, (_, itag) => itag));
    expect(world.head).toBe(32n * 32n);
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 7 });
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 3 });
    expect(itags(world)).toEqual([7, 3]);
    expect(world.head).toBe(world.tail);
  });
});

describe("throttling (§6.5.2.5, ECAP.DIT)", () => {
  const PFSID = 0x5a7;
  const ask = (sourceId: number, pending: number): bigint =>
    DEVICE_TLB(sourceId) | at(pending, 16) | at(PFSID & 0xf, 12) | at(PFSID >> 4, 52);

  it("holds a request while its physical function has MIP outstanding", () => {
    const world = enabled().submit(ask(1, 2), ask(2, 2), ask(3, 2), DEVICE_TLB(9));
    expect(itags(world)).toEqual([0, 1]);
    expect(world.head).toBe(64n);
    world.unit.completeInvalidation({ sourceId: 1, itag: 0 });
    expect(itags(world)).toEqual([2, 3]);
  });

  it("knows MIP = 0 as 32, and nothing of it without DIT", () => {
    const world = enabled();
    for (let count = 0; count < 32; count++) world.submit(ask(1, 0));
    expect(itags(world)).toHaveLength(32);
    const without = new QueueWorld({ root: SCALABLE, features: { DIT: false } });
    without.submit(DEVICE_TLB(1) | at(1, 16), DEVICE_TLB(1) | at(1, 16));
    expect(itags(without)).toEqual([0, 1]);
  });
});

describe("§6.5.2.11: an unexpected completion", () => {
  it.each([
    ["an ITag that is not in use", { sourceId: DEVICE, itag: 1 }],
    ["another device", { sourceId: 0x77, itag: 0 }],
  ])("of %s sets ICE and tells the device, and the queue goes on", (_name, completion) => {
    const world = enabled().submit(DEVICE_TLB(DEVICE), statusWait(1));
    world.unmask("FE", 0x40);
    world.take();
    world.unit.completeInvalidation(completion);
    expect([status(world), world.field(REG.IQERCD, 63, 48)]).toEqual([
      ICE,
      BigInt(completion.sourceId),
    ]);
    expect(world.takeOnly("interrupt")).toHaveLength(1);
    world.unit.completeInvalidation({ sourceId: 0x99, itag: 31 });
    expect(world.field(REG.IQERCD, 63, 48)).toBe(BigInt(completion.sourceId));
    expect(world.takeOnly("interrupt")).toEqual([]);
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 0 });
    expect(world.statusData).toBe(1);
    world.unit.write32(REG.FSTS, ICE);
    expect(status(world)).toBe(0);
  });

  it("is unsupported while translation is disabled (§4.2.1), as is an expected one", () => {
    const world = new QueueWorld({ root: SCALABLE }).submit(DEVICE_TLB(DEVICE), statusWait(1));
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 0 });
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 9 });
    expect([status(world), world.statusData]).toEqual([0, 0]);
  });

  it("needs a device and an ITag", () => {
    const { unit } = enabled();
    expect(() => {
      unit.completeInvalidation({ sourceId: -1, itag: 0 });
    }).toThrow("sourceId -1");
    expect(() => {
      unit.completeInvalidation({ sourceId: 0, itag: 32 });
    }).toThrow("itag 32");
  });
});

describe("§6.5.2.11: a time-out", () => {
  it("comes after the ticks of the option, sets ITE and tells the device", () => {
    const world = enabled().submit(DEVICE_TLB(DEVICE), statusWait(1));
    world.unmask("FE", 0x40);
    world.take();
    expect(world.unit.nextDeadline()).toBe(1000n);
    world.unit.advance(999);
    expect(status(world)).toBe(0);
    world.unit.advance(1n);
    expect([status(world), world.field(REG.IQERCD, 47, 32)]).toEqual([ITE, BigInt(DEVICE)]);
    expect(world.unit.nextDeadline()).toBeUndefined();
    expect(world.takeOnly("interrupt")).toHaveLength(1);
    expect([world.head, world.statusData]).toEqual([64n, 0]);
  });

  it("stops the queue until software clears ITE; the pending wait never completes (choice C11)", () => {
    const world = enabled().submit(DEVICE_TLB(DEVICE), statusWait(1));
    world.unit.advance(5000);
    world.unit.write32(REG.FSTS, ITE);
    expect([world.head, world.statusData, status(world)]).toEqual([64n, 0, 0]);
    world.submit(DEVICE_TLB(DEVICE), statusWait(2)).unit.advance(1000);
    world.submit(statusWait(3));
    expect([world.head, world.statusData]).toEqual([128n, 0]);
    world.unit.write32(REG.FSTS, ITE);
    expect([world.head, world.statusData]).toEqual([160n, 3]);
  });

  it("leaves nothing of the wait behind in a queue that is disabled (choice C14)", () => {
    const world = enabled().submit(DEVICE_TLB(DEVICE), statusWait(1));
    world.release(QIE);
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 0 });
    expect([world.head, world.statusData]).toEqual([0n, 0]);
  });

  it("frees the ITag: a late completion is unexpected", () => {
    const world = enabled().submit(DEVICE_TLB(DEVICE));
    world.unit.advance(1000);
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 0 });
    expect(status(world)).toBe(ITE + ICE);
  });

  it("of several tells the first, and each has the whole time", () => {
    const world = enabled().submit(DEVICE_TLB(1));
    world.unit.advance(400);
    world.submit(DEVICE_TLB(2), statusWait(1));
    expect(world.unit.nextDeadline()).toBe(600n);
    world.unit.advance(600);
    expect(world.unit.nextDeadline()).toBe(400n);
    world.unit.write32(REG.FSTS, ITE);
    expect([status(world), world.statusData]).toEqual([0, 0]);
    world.unit.advance(400);
    expect(world.field(REG.IQERCD, 47, 32)).toBe(2n);
    const both = enabled().submit(DEVICE_TLB(1), DEVICE_TLB(2));
    both.unit.advance(1_000_000);
    expect(both.field(REG.IQERCD, 47, 32)).toBe(1n);
  });

  it("does not come after a completion or a reset", () => {
    const world = enabled().submit(DEVICE_TLB(DEVICE));
    world.unit.completeInvalidation({ sourceId: DEVICE, itag: 0 });
    world.submit(DEVICE_TLB(DEVICE));
    world.unit.reset("warm");
    expect(world.unit.nextDeadline()).toBeUndefined();
    world.unit.advance(10_000);
    expect([status(world), world.unit.read32(REG.FECTL)]).toEqual([0, IM]);
  });

  it("needs time that goes forward", () => {
    expect(() => {
      enabled().unit.advance(-1);
    }).toThrow("-1 ticks");
  });
});

describe("page group responses (§7.6.1)", () => {
  it("leave in order with device-TLB invalidations, with PASID if PP is set", () => {
    const response = (pp: number, code: number) =>
      9n | at(pp, 4) | at(code, 12) | at(DEVICE, 16) | at(0x45, 32) | at(0x1ff, 67) | at(1, 66);
    const world = enabled().submit(response(1, 0), DEVICE_TLB(DEVICE), response(0, 15));
    expect(world.take().map(({ event }) => event)).toEqual([
      "pageGroupResponse",
      "deviceTlbInvalidate",
      "pageGroupResponse",
    ]);
    world.submit(response(1, 1), response(0, 15));
    expect(world.take().map(({ message }) => message)).toEqual([
      { sourceId: DEVICE, pasid: 0x45, group: 0x1ff, code: 1 },
      { sourceId: DEVICE, pasid: undefined, group: 0x1ff, code: 15 },
    ]);
  });
});
