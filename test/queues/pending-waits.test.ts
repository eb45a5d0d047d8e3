import { beforeEach, describe, expect, it } from "vitest";
import { Iommu } from "../../host/index.js";
import { ICE, QIE, REG } from "../registers/offsets.js";
import { descriptor, statusWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { DEVICE, ScalableWorld } from "./worlds.js";

const STATUS = 0x800n;
const LAST_SLOT = 0x1000 - 0x20;

let unit: QueuedUnit;

async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}) {
  unit = await QueuedUnit.create(options);
  const world = new ScalableWorld(unit);
  world.pasid(0, { kind: "second-stage", domain: 1, secondStage: world.secondStage() });
  world.start();
  unit.enableQueue();
}
beforeEach(() => start());

const invalidate = descriptor("DEV_TLB_INV", { SID: DEVICE });
const status = (index = 0) => unit.memory.read32(STATUS + 4n * BigInt(index));
const complete = (itag = 0, iommu = unit.iommu) =>
  iommu.completeInvalidation({ sourceId: DEVICE, itag });

describe("§6.5.2: a wait that the unit has fetched and cannot complete yet", () => {
  it("is behind IQH: a head that is at the tail does not tell that all is done", () => {
    unit.submit(invalidate, statusWait(STATUS, 1));
    expect([unit.head, unit.tail, status()]).toEqual([0x40, 0x40, 0]);
    complete();
    expect([unit.head, status()]).toEqual([0x40, 1]);
  });

  it("in the last slot of the queue: IQH is 0 again", () => {
    unit.submit(...Array.from({ length: LAST_SLOT / 0x20 - 1 }, () => descriptor("WAIT", {})));
    unit.submit(invalidate, statusWait(STATUS, 1));
    expect([unit.head, status()]).toEqual([0, 0]);
    complete();
    expect([unit.head, status()]).toEqual([0, 1]);
  });

  it("is not fetched again, whatever software writes in its place", () => {
    unit.submit(invalidate, statusWait(STATUS, 1));
    unit.overwrite(0x20, [0xfn, 0n]);
    const { descriptorReads } = unit.iommu.counters();
    unit.submit();
    complete();
    expect([status(), unit.queueError]).toEqual([1, 0]);
    expect(unit.iommu.counters().descriptorReads).toBe(descriptorReads);
  });

  it.each([0, 1])(
    "choice C6: with FN = %d what is behind it begins when it has completed",
    (FN) => {
      unit.submit(invalidate, statusWait(STATUS, 1, { FN }), statusWait(STATUS + 4n, 2));
      unit.submit(statusWait(STATUS + 8n, 3));
      expect([unit.head, status(), status(1), status(2)]).toEqual([0x40, 0, 0, 0]);
      complete();
      expect([unit.head, status(), status(1), status(2)]).toEqual([0x80, 1, 2, 3]);
    },
  );

  it("with PD drains page requests that come while it is pending", () => {
    const queue = unit.frames.allocate();
    unit.memory.fill(queue, 4096);
    unit.iommu.write64(REG.PQA, queue);
    unit.submit(invalidate, statusWait(STATUS, 1, { PD: 1, IF: 1 }));
    const page = { sourceId: DEVICE, address: 0x5000n, read: true, write: false, last: true };
    expect(unit.iommu.requestPage({ ...page, group: 3 })).toEqual({ status: "accepted" });
    expect([status(), unit.iommu.read32(REG.ICS)]).toEqual([0, 0]);
    complete();
    expect([status(), unit.iommu.read32(REG.ICS)]).toEqual([1, 1]);
    expect(unit.iommu.read64(REG.PQT)).toBe(0x20n);
  });

  it("§6.5.2.11: a bad descriptor behind it is an error when it has completed, not before", () => {
    unit.submit(invalidate, statusWait(STATUS, 1), [0xfn, 0n]);
    expect([unit.faultStatus, unit.head]).toEqual([0, 0x40]);
    complete();
    expect([unit.queueError, unit.head, status()]).toEqual([3, 0x40, 1]);
  });

  it("§6.5.2.11: an unexpected completion leaves it pending, and so does clearing ICE", () => {
    unit.submit(invalidate, statusWait(STATUS, 1));
    complete(7);
    expect([unit.faultStatus, status()]).toEqual([ICE, 0]);
    unit.iommu.write32(REG.FSTS, ICE);
    expect(status()).toBe(0);
    complete();
    expect(status()).toBe(1);
  });

  it("choice C14: never completes when the queue is disabled", () => {
    unit.submit(invalidate, statusWait(STATUS, 1));
    unit.command(QIE, false);
    complete();
    unit.enableQueue();
    unit.submit(statusWait(STATUS + 4n, 2));
    expect([unit.head, status(), status(1)]).toEqual([0x20, 0, 2]);
  });

  it.each(["warm", "power-good"] as const)("is forgotten by a %s reset", (how) => {
    unit.submit(invalidate, statusWait(STATUS, 1));
    unit.iommu.reset(how);
    unit.enableQueue();
    unit.submit(statusWait(STATUS + 4n, 2));
    expect([unit.head, status(), status(1)]).toEqual([0x20, 0, 2]);
  });

  it("is in a snapshot: the unit that was restored completes it", async () => {
    unit.submit(invalidate, statusWait(STATUS, 1, { IF: 1 }));
    const other = await Iommu.restore(unit.iommu.snapshot(), { memory: unit.memory });
    complete(0, other);
    expect([status(), other.read32(REG.ICS), unit.iommu.read32(REG.ICS)]).toEqual([1, 1, 0]);
  });

  it("counts, and is traced, when it has completed", async () => {
    await start({ trace: true });
    const offsets: number[] = [];
    unit.iommu.on("trace", (event) => {
      if (event.kind === "descriptor") offsets.push(event.offset);
    });
    const counted = () => {
      const { descriptors, waits } = unit.iommu.counters();
      return [descriptors, waits];
    };
    unit.submit(invalidate, statusWait(STATUS, 1));
    expect([counted(), offsets]).toEqual([[1n, 0n], [0]]);
    complete();
    expect([counted(), offsets]).toEqual([
      [2n, 1n],
      [0, 0x20],
    ]);
  });
});
