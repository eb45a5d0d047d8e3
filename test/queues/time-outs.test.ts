import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory, Iommu } from "../../host/index.js";
import { ICE, ITE, REG } from "../registers/offsets.js";
import { descriptor, statusWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { DEVICE, ScalableWorld } from "./worlds.js";

const STATUS = 0x800n;
const OTHER = 0x0130;
const TIMEOUT = 1000;
const MESSAGE = { address: 0xfee0_3000, data: 0x71 };
const interrupt = { address: 0xfee0_3000n, data: 0x71 };

let unit: QueuedUnit;

async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}) {
  unit = await QueuedUnit.create({ invalidationTimeout: TIMEOUT, ...options });
  new ScalableWorld(unit).start();
  unit.enableQueue();
  unit.unmask(REG.FECTL, MESSAGE);
}
beforeEach(() => start());

const invalidate = (SID = DEVICE) => descriptor("DEV_TLB_INV", { SID });
const wait = statusWait(STATUS, 1);
const done = () => unit.memory.read32(STATUS) === 1;
const complete = (itag: number, sourceId = DEVICE) =>
  unit.iommu.completeInvalidation({ sourceId, itag });
const errorSource = () => Number((unit.iommu.read64(REG.IQERCD) >> 32n) & 0xffffn);

describe("choice C8: the clock of device-TLB invalidations", () => {
  it("there is a deadline while one is outstanding, and it comes nearer", () => {
    expect(unit.iommu.nextDeadline()).toBeUndefined();
    unit.submit(invalidate());
    expect(unit.iommu.nextDeadline()).toBe(1000n);
    unit.iommu.advance(400);
    expect(unit.iommu.nextDeadline()).toBe(600n);
    unit.submit(invalidate(OTHER));
    expect(unit.iommu.nextDeadline()).toBe(600n);
    complete(0);
    expect(unit.iommu.nextDeadline()).toBe(1000n);
    complete(1, OTHER);
    expect(unit.iommu.nextDeadline()).toBeUndefined();
  });

  it("one tick before the deadline nothing has happened, and at it the time is out", () => {
    unit.submit(invalidate(), wait);
    unit.iommu.advance(999n);
    expect(unit.faultStatus).toBe(0);
    unit.iommu.advance(0);
    expect(unit.faultStatus).toBe(0);
    unit.iommu.advance(1);
    expect(unit.faultStatus).toBe(ITE);
    expect(unit.iommu.nextDeadline()).toBeUndefined();
  });

  it("is 1,000,000 ticks unless the options say otherwise", async () => {
    unit = await QueuedUnit.create();
    unit.enableQueue();
    unit.submit(invalidate());
    expect(unit.iommu.nextDeadline()).toBe(1_000_000n);
  });

  it("counts in 64 bits", async () => {
    await start({ invalidationTimeout: 1n << 40n });
    unit.iommu.advance((1n << 61n) + 5n);
    unit.submit(invalidate());
    unit.iommu.advance(1n << 39n);
    expect(unit.iommu.nextDeadline()).toBe(1n << 39n);
  });

  it.each([0, -1, 1n << 62n])("an invalidationTimeout of %d is refused", async (timeout) => {
    const memory = GuestMemory.create({ size: 0x1000 });
    await expect(Iommu.create({ memory, invalidationTimeout: timeout })).rejects.toThrow(
      new RangeError(`invalidationTimeout is ${timeout}: expected 1 to 2^62 - 1 ticks`),
    );
  });

  it.each([-1, 1n << 62n])("advance refuses %d", (ticks) => {
    const message = `ticks is ${ticks}: expected 0 to 2^62 - 1`;
    expect(() => unit.iommu.advance(ticks)).toThrow(new RangeError(message));
  });
});

describe("VTD-6.5.2.11: a time-out", () => {
  it("sets FSTS.ITE and IQERCD.ITESID, and is a fault event", () => {
    unit.submit(invalidate(OTHER));
    unit.iommu.advance(TIMEOUT);
    expect([unit.faultStatus, errorSource()]).toEqual([ITE, OTHER]);
    expect(unit.takeInterrupts()).toEqual([interrupt]);
  });

  it("choice C11: aborts the pending wait, which never completes; the queue goes on behind it", () => {
    unit.submit(invalidate(), statusWait(STATUS, 1, { IF: 1 }), statusWait(STATUS + 4n, 2));
    unit.iommu.advance(TIMEOUT);
    expect([unit.head, done()]).toEqual([0x40, false]);
    unit.iommu.write32(REG.FSTS, ITE);
    expect([unit.head, done(), unit.faultStatus]).toEqual([0x60, false, 0]);
    expect(unit.memory.read32(STATUS + 4n)).toBe(2);
    expect([unit.iommu.read32(REG.ICS), unit.iommu.counters().waits]).toEqual([0, 1n]);
  });

  it("a wait that was not fetched yet completes when ITE is cleared", () => {
    unit.submit(...Array.from({ length: 33 }, () => invalidate()), wait);
    unit.iommu.advance(TIMEOUT);
    expect([unit.head, unit.sent.invalidations.length]).toEqual([32 * 32, 32]);
    unit.iommu.write32(REG.FSTS, ITE);
    complete(unit.sent.invalidations.at(-1).itag);
    expect([unit.head, done()]).toEqual([unit.tail, true]);
  });

  it("who tries again waits for the device once more", () => {
    unit.submit(invalidate(), wait);
    unit.iommu.advance(TIMEOUT);
    unit.iommu.write32(REG.FSTS, ITE);
    unit.submit(invalidate(), wait);
    expect(done()).toBe(false);
    complete(1);
    expect([done(), unit.faultStatus]).toEqual([true, 0]);
  });

  it("while ITE is set the tail moves and nothing is fetched", () => {
    unit.submit(invalidate());
    unit.iommu.advance(TIMEOUT);
    unit.submit(wait, invalidate());
    expect([unit.head, done(), unit.sent.invalidations.length]).toEqual([0x20, false, 1]);
    unit.iommu.write32(REG.FSTS, ITE);
    expect([unit.head, done(), unit.sent.invalidations.length]).toEqual([0x60, true, 2]);
  });

  it("the next wait is held after that while others are outstanding", () => {
    unit.submit(invalidate());
    unit.iommu.advance(600);
    unit.submit(invalidate(OTHER), statusWait(STATUS + 4n, 2), wait);
    unit.iommu.advance(400);
    expect([unit.faultStatus, errorSource()]).toEqual([ITE, DEVICE]);
    unit.iommu.write32(REG.FSTS, ITE);
    expect(done()).toBe(false);
    complete(1, OTHER);
    expect([done(), unit.memory.read32(STATUS + 4n)]).toEqual([true, 0]);
  });

  it("a completion while ITE is set is taken, and brings no aborted wait back", () => {
    unit.submit(invalidate());
    unit.iommu.advance(600);
    unit.submit(invalidate(OTHER), wait);
    unit.iommu.advance(400);
    complete(1, OTHER);
    unit.iommu.write32(REG.FSTS, ITE);
    expect([done(), unit.faultStatus]).toEqual([false, 0]);
    unit.submit(statusWait(STATUS + 4n, 2));
    expect([done(), unit.memory.read32(STATUS + 4n)]).toEqual([false, 2]);
  });

  it("of several, ITESID tells of the one that was due first", () => {
    unit.submit(invalidate(0x0300));
    unit.iommu.advance(10);
    unit.submit(invalidate(0x0200), invalidate(0x0100));
    unit.iommu.advance(5 * TIMEOUT);
    expect([unit.faultStatus, errorSource()]).toEqual([ITE, 0x0300]);
    expect(unit.takeInterrupts().length).toBe(1);
    expect(unit.iommu.nextDeadline()).toBeUndefined();
  });

  it("frees the ITag", () => {
    unit.submit(...Array.from({ length: 33 }, () => invalidate()), wait);
    expect(unit.sent.invalidations.length).toBe(32);
    unit.iommu.advance(TIMEOUT);
    unit.iommu.write32(REG.FSTS, ITE);
    expect(unit.sent.invalidations.length).toBe(33);
    complete(unit.sent.invalidations.at(-1).itag);
    expect(done()).toBe(true);
  });

  it("a completion that comes too late is one that nobody awaits", () => {
    unit.submit(invalidate());
    unit.iommu.advance(TIMEOUT);
    complete(0);
    expect(unit.faultStatus).toBe(ITE | ICE);
    unit.iommu.write32(REG.FSTS, ICE);
    expect(unit.faultStatus).toBe(ITE);
  });

  it("a second time-out after ITE was cleared is reported again", () => {
    for (const device of [0x0300, 0x0200]) {
      unit.submit(invalidate(device));
      unit.iommu.advance(TIMEOUT);
      expect(errorSource()).toBe(device);
      expect(unit.takeInterrupts()).toEqual([interrupt]);
      unit.iommu.write32(REG.FSTS, ITE);
    }
  });

  it("a reset forgets what is outstanding", () => {
    unit.submit(invalidate());
    unit.iommu.reset("warm");
    expect(unit.iommu.nextDeadline()).toBeUndefined();
    unit.iommu.advance(5 * TIMEOUT);
    expect(unit.faultStatus).toBe(0);
  });
});
