import { beforeEach, describe, expect, it } from "vitest";
import { QIE, REG } from "../registers/offsets.js";
import { descriptor, plainWait, statusWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";

const STATUS = 0x800n;

let unit: QueuedUnit;
beforeEach(async () => {
  unit = await QueuedUnit.create({ preset: "full" });
});

describe.each([false, true])("VTD-6.5.2: a ring, 256-bit descriptors %s", (wide) => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])("of 2^%i pages is filled, emptied and wrapped", (sizeCode) => {
    unit.enableQueue({ sizeCode, wide });
    const entries = unit.bytes / unit.stride;
    expect(entries).toBe(2 ** (sizeCode + (wide ? 7 : 8)));
    for (let entry = 1; entry < entries; entry++) unit.put(statusWait(STATUS, entry));
    unit.submit();
    expect(unit.head).toBe(unit.bytes - unit.stride);
    expect(unit.memory.read32(STATUS)).toBe(entries - 1);
    // The last place, and over the end.
    unit.submit(statusWait(STATUS, 0xaaaa), statusWait(STATUS + 4n, 0xbbbb));
    expect([unit.head, unit.queueError]).toEqual([unit.stride, 0]);
    expect(unit.memory.read32(STATUS)).toBe(0xaaaa);
    expect(unit.memory.read32(STATUS + 4n)).toBe(0xbbbb);
    expect(unit.iommu.counters().waits).toBe(BigInt(entries + 1));
  });

  it("goes round many times, one descriptor at a time", () => {
    unit.enableQueue({ wide });
    const entries = unit.bytes / unit.stride;
    for (let count = 1; count <= 3 * entries; count++) {
      unit.submit(statusWait(STATUS, count));
      expect(unit.memory.read32(STATUS)).toBe(count);
      expect(unit.head).toBe((count % entries) * unit.stride);
    }
  });

  it("executes in order", async () => {
    unit = await QueuedUnit.create({ preset: "full", trace: true });
    const offsets: number[] = [];
    unit.iommu.on("trace", (event) => {
      if (event.kind === "descriptor") offsets.push(event.offset);
    });
    unit.enableQueue({ wide });
    unit.submit(plainWait, descriptor("CC_INV", { G: 1 }), descriptor("IOTLB_INV", { G: 1 }));
    unit.submit(plainWait);
    expect(offsets).toEqual([0, 1, 2, 3].map((entry) => entry * unit.stride));
  });
});

describe("the tail register", () => {
  it("a dword write of its lower half starts the unit, one of its upper half does not", () => {
    unit.enableQueue();
    unit.put(statusWait(STATUS, 1));
    unit.iommu.write32(REG.IQT, 0x20);
    expect(unit.memory.read32(STATUS)).toBe(1);
    unit.overwrite(0, plainWait);
    unit.iommu.write32(REG.IQT + 4, 0xffff_ffff);
    expect([unit.head, unit.queueError]).toEqual([0x20, 0]);
  });

  it("a tail equal to the head is an empty queue", () => {
    unit.enableQueue();
    unit.submit(statusWait(STATUS, 1));
    unit.iommu.write64(REG.IQT, 0x20n);
    expect(unit.iommu.counters().waits).toBe(1n);
  });

  it("the head register ignores writes", () => {
    unit.enableQueue();
    unit.submit(plainWait, plainWait);
    unit.iommu.write64(REG.IQH, 0n);
    expect(unit.head).toBe(0x40);
  });
});

describe("enabling and disabling", () => {
  it("nothing is fetched while QIES is clear", () => {
    unit.enableQueue();
    unit.command(QIE, false);
    unit.submit(statusWait(STATUS, 1));
    expect([unit.memory.read32(STATUS), unit.head]).toEqual([0, 0]);
  });

  it("checklist 34: disabling resets the head to 0", () => {
    unit.enableQueue();
    unit.submit(plainWait, plainWait, plainWait);
    expect(unit.head).toBe(0x60);
    unit.command(QIE, false);
    expect([unit.head, unit.status & QIE]).toEqual([0, 0]);
  });

  it("choice C2: a queue that is enabled with a tail starts at 0", () => {
    unit.enableQueue();
    unit.command(QIE, false);
    unit.put(statusWait(STATUS, 1), statusWait(STATUS + 4n, 2));
    unit.iommu.write64(REG.IQT, 0x40n);
    unit.command(QIE);
    expect([unit.memory.read32(STATUS), unit.memory.read32(STATUS + 4n)]).toEqual([1, 2]);
    expect(unit.head).toBe(0x40);
  });

  it("IQA is taken when the queue is enabled, and not before it is again", () => {
    unit.enableQueue();
    const first = unit.base;
    unit.iommu.write64(REG.IQA, 0x10_0000n | (1n << 11n));
    unit.submit(statusWait(STATUS, 1));
    expect(unit.memory.read32(STATUS)).toBe(1);
    expect(unit.iommu.read64(REG.IQA)).not.toBe(first | (1n << 11n));
    unit.command(QIE, false);
    unit.enableQueue({ sizeCode: 2, wide: false });
    unit.submit(statusWait(STATUS, 2));
    expect([unit.memory.read32(STATUS), unit.head]).toEqual([2, 16]);
  });

  it("QIE written again while it is set does not start the queue over", () => {
    unit.enableQueue();
    unit.submit(plainWait);
    unit.command(QIE);
    expect(unit.head).toBe(0x20);
  });

  it("the queue works with translation disabled and enabled", () => {
    unit.enableQueue();
    unit.submit(statusWait(STATUS, 1));
    unit.translateWith(unit.frames.allocate() | (1n << 10n));
    unit.submit(statusWait(STATUS + 4n, 2));
    expect([unit.memory.read32(STATUS), unit.memory.read32(STATUS + 4n)]).toEqual([1, 2]);
  });
});
