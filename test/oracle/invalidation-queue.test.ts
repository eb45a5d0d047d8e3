import { describe, expect, it } from "vitest";
import { at, QUEUE, QueueWorld, STATUS, statusWait } from "./queue-world.js";
import { IM, IP, QIE, REG, SIRTP } from "./unit-world.js";

const IQE = 0x10;
const IOTLB = (drain = 0): bigint => 2n | at(1, 4) | at(drain, 6);
const SCALABLE = 1n << 10n;

describe("the invalidation queue (§6.5.2)", () => {
  it("executes up to the tail, at once, and goes round", () => {
    const world = new QueueWorld();
    for (let round = 1; round <= 300; round++) world.submit(statusWait(round));
    expect([world.statusData, world.head]).toEqual([300, (300n * 32n) % 4096n]);
    const narrow = new QueueWorld({ wide: false, size: 1 });
    for (let round = 1; round <= 600; round++) narrow.submit(statusWait(round));
    expect([narrow.statusData, narrow.head]).toEqual([600, (600n * 16n) % 8192n]);
  });

  it("starts at offset 0 when it is enabled, whatever the tail is", () => {
    const world = new QueueWorld().release(QIE);
    world.put(0n, statusWait(1));
    world.put(32n, statusWait(2));
    world.unit.write64(REG.IQT, 64n);
    expect(world.statusData).toBe(0);
    world.command(QIE);
    expect([world.statusData, world.head]).toEqual([2, 64n]);
    world.release(QIE);
    expect([world.head, world.status(QIE)]).toEqual([0n, false]);
  });

  it("uses IQA_REG as it was when the queue was enabled", () => {
    const world = new QueueWorld();
    world.unit.write64(REG.IQA, 0x9_0000n);
    world.submit(statusWait(1));
    expect(world.statusData).toBe(1);
    expect(world.unit.read64(REG.IQA)).toBe(0x9_0000n);
  });

  it("does not depend on translation or interrupt remapping being enabled", () => {
    const world = new QueueWorld();
    expect(world.unit.read32(REG.GSTS)).toBe(QIE);
    expect(world.command(SIRTP).submit(4n, statusWait(1)).statusData).toBe(1);
  });
});

describe("§11.4.9.9: an error of the queue", () => {
  it.each([
    ["a tail beyond the queue", 1, (world: QueueWorld) => world.unit.write64(REG.IQT, 4096n)],
    [
      "a descriptor that cannot be fetched",
      2,
      (world: QueueWorld) => {
        world.memory.failReads(QUEUE + 24n);
        world.submit(5n);
      },
    ],
    ["an unknown type", 3, (world: QueueWorld) => world.submit(0xfn)],
    ["a reserved bit", 4, (world: QueueWorld) => world.submit(5n | at(1, 8))],
    [
      "a width that is wrong for the table mode",
      5,
      (world: QueueWorld) => {
        world.release(QIE);
        world.unit.write64(REG.IQA, QUEUE);
        world.setRoot(SCALABLE).command(QIE);
        world.submit(5n);
      },
    ],
    ["a tail within a descriptor", 6, (world: QueueWorld) => world.unit.write64(REG.IQT, 16n)],
    ["a tail that is both", 1, (world: QueueWorld) => world.unit.write64(REG.IQT, 0x8010n)],
    [
      "the reserved table mode",
      7,
      (world: QueueWorld) => {
        world.setRoot(2n << 10n).submit(5n);
      },
    ],
  ])("is %s: IQEI %d, with the head where it was and a fault event", (_name, code, provoke) => {
    const world = new QueueWorld();
    world.unmask("FE", 0x40);
    provoke(world);
    expect([world.error, world.head]).toEqual([code, 0n]);
    expect(world.takeOnly("interrupt")).toEqual([{ address: 0xfee0_1000n, data: 0x40 }]);
  });

  it("stops the queue until software clears IQE; the descriptor is then fetched again", () => {
    const world = new QueueWorld().submit(statusWait(1), 0xfn, statusWait(2));
    expect([world.statusData, world.head, world.error]).toEqual([1, 32n, 3]);
    world.submit(statusWait(3));
    expect(world.statusData).toBe(1);
    world.unit.write32(REG.FSTS, IQE);
    expect([world.statusData, world.error]).toEqual([1, 3]);
    world.put(32n, 5n);
    world.unit.write32(REG.FSTS, IQE);
    expect([world.statusData, world.head, world.error]).toEqual([3, 128n, undefined]);
  });

  it("of the tail is mended by another tail", () => {
    const world = new QueueWorld();
    world.unit.write64(REG.IQT, 0x7_fff0n);
    expect(world.error).toBe(1);
    world.submit(statusWait(1));
    expect(world.error).toBe(1);
    world.unit.write32(REG.FSTS, IQE);
    expect([world.statusData, world.error]).toEqual([1, undefined]);
  });

  it("raises no second event while a fault is pending", () => {
    const world = new QueueWorld().submit(0xfn);
    world.unmask("FE", 0x40);
    expect(world.takeOnly("interrupt")).toHaveLength(1);
    world.unit.write32(REG.FSTS, IQE);
    expect(world.takeOnly("interrupt")).toHaveLength(1);
    expect(world.unit.read32(REG.FECTL)).toBe(0);
  });

  it("is kept over a warm reset with its reason, and not over a power-good one", () => {
    const world = new QueueWorld().submit(0xfn);
    world.unit.reset("warm");
    expect(world.error).toBe(3);
    world.unit.reset("power-good");
    expect([world.error, world.unit.read64(REG.IQERCD)]).toEqual([undefined, 0n]);
  });
});

describe("§6.5.2.9: a wait", () => {
  it("writes its status data, in either half of a word, and nothing else", () => {
    const world = new QueueWorld();
    world.memory.write64(STATUS, 0x1111_2222_3333_4444n);
    const upper = 5n | at(1, 5) | at(0x9999_aaaa, 32) | ((STATUS + 4n) << 64n);
    world.submit(upper);
    expect(world.memory.read64(STATUS)).toBe(0x9999_aaaa_3333_4444n);
    world.submit(statusWait(0x7777_8888));
    expect(world.memory.read64(STATUS)).toBe(0x9999_aaaa_7777_8888n);
  });

  it("ignores status address bits from the host address width up", () => {
    const world = new QueueWorld({ features: { HAW: 40 } }).submit(statusWait(3) | at(1, 64 + 40));
    expect(world.statusData).toBe(3);
  });

  it("completes although its status cannot be written", () => {
    const world = new QueueWorld();
    world.memory.failWrites(STATUS);
    expect(world.submit(statusWait(1)).head).toBe(32n);
    expect(world.error).toBeUndefined();
  });

  it("with IF sets IWC and raises the invalidation event, once until software clears IWC", () => {
    const world = new QueueWorld();
    world.unmask("IE", 0x50);
    const wait = statusWait(1) | at(1, 4);
    world.submit(wait);
    expect(world.unit.read32(REG.ICS)).toBe(1);
    expect(world.take()).toEqual([
      { event: "interrupt", message: { address: 0xfee0_1000n, data: 0x50 } },
    ]);
    world.submit(wait);
    expect(world.take()).toEqual([]);
    world.unit.write32(REG.ICS, 1);
    world.submit(wait);
    expect(world.take()).toHaveLength(1);
  });

  it("keeps a masked event in IP, which clears with IWC", () => {
    const world = new QueueWorld().submit(5n | at(1, 4));
    expect(world.unit.read32(REG.IECTL)).toBe(IM + IP);
    world.unit.write32(REG.ICS, 0);
    expect(world.unit.read32(REG.IECTL)).toBe(IM + IP);
    world.unit.write32(REG.ICS, 1);
    expect([REG.IECTL, REG.ICS].map((offset) => world.unit.read32(offset))).toEqual([IM, 0]);
    world.submit(5n | at(1, 4));
    world.unmask("IE", 0x50);
    expect(world.takeOnly("interrupt")).toHaveLength(1);
  });

  it("with no flag at all is a fence, and fine", () => {
    expect(new QueueWorld().submit(5n, 5n | at(1, 6), 5n | at(1, 7)).head).toBe(96n);
  });
});

describe("§6.5.4: accesses in flight", () => {
  const read = { sourceId: 8, address: 0x5000n, access: "read" } as const;
  const write = { ...read, access: "write" } as const;

  it.each([
    ["an IOTLB invalidation", IOTLB(), undefined],
    ["a PASID-based one", 6n | at(2, 4), SCALABLE],
  ])("hold the wait behind %s until they end", (_name, invalidation, root) => {
    const world = new QueueWorld(root === undefined ? {} : { root });
    const first = world.unit.beginAccess(read);
    world.submit(statusWait(1));
    expect(world.statusData).toBe(1);
    world.submit(invalidation, statusWait(2), statusWait(3));
    const later = world.unit.beginAccess(write);
    expect([world.statusData, world.head]).toEqual([1, 96n]);
    world.unit.endAccess(first.token!);
    expect(world.statusData).toBe(3);
    world.submit(invalidation, statusWait(4));
    world.unit.endAccess(later.token!);
    expect(world.statusData).toBe(4);
  });

  it.each([
    ["a context-cache invalidation", 1n | at(1, 4)],
    ["a PASID-cache invalidation", 7n | at(3, 4)],
    ["an interrupt entry cache invalidation", 4n],
  ])("do not hold the wait behind %s", (_name, invalidation) => {
    const world = new QueueWorld({ root: SCALABLE });
    world.unit.beginAccess(read);
    expect(world.submit(invalidation, statusWait(1)).statusData).toBe(1);
  });

  it("before major version 2 count if DR or DW of the invalidation is set", () => {
    const held = (access: typeof read | typeof write, drain: number): boolean => {
      const world = new QueueWorld({ features: { version: 0x10 } });
      world.unit.beginAccess(access);
      return world.submit(IOTLB(drain), statusWait(1)).statusData === 0;
    };
    const [DW, DR] = [1, 2];
    for (const access of [read, write]) {
      const outcomes = [0, DW, DR, DW | DR].map((flags) => held(access, flags));
      expect(outcomes).toEqual([false, true, true, true]);
    }
  });

  it("are forgotten by a queue that is disabled", () => {
    const world = new QueueWorld();
    const { token } = world.unit.beginAccess(read);
    world.submit(IOTLB(), statusWait(1)).release(QIE);
    world.unit.endAccess(token!);
    expect(world.statusData).toBe(0);
  });
});
