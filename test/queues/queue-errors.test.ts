import { beforeEach, describe, expect, it } from "vitest";
import { IQE, QIE, REG, SRTP, TE } from "../registers/offsets.js";
import { descriptor, plainWait, statusWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";

const LEGACY = 0n;
const SCALABLE = 1n;
const RESERVED = 2n;
const ABORT = 3n;

const FEE = { address: 0xfee0_1000, data: 0x4b };

let unit: QueuedUnit;

async function start(
  tableMode: bigint,
  wide: boolean,
  options: Parameters<typeof QueuedUnit.create>[0] = {},
) {
  unit = await QueuedUnit.create({ preset: "full", ...options });
  unit.setRoot(unit.frames.allocate() | (tableMode << 10n));
  unit.enableQueue({ wide });
}

/** A descriptor of any type, with a granularity where the type has one. */
function ofType(type: number): bigint[] {
  const granularity = [1, 2, 6, 7].includes(type) ? 3n << 4n : 0n;
  return [BigInt(type & 0xf) | (BigInt(type >> 4) << 9n) | granularity, 0n, 0n, 0n];
}

/** Types that execute; the others must answer IQEI 3. */
function executed(): number[] {
  return Array.from({ length: 128 }, (_, type) => type).filter((type) => {
    const at = unit.tail;
    unit.submit(ofType(type));
    const error = unit.queueError;
    if (error !== 0) {
      expect([type, error, unit.head]).toEqual([type, 3, at]);
      unit.overwrite(at, plainWait);
      unit.iommu.write32(REG.FSTS, IQE);
    }
    for (const { sourceId, itag } of unit.sent.invalidations.splice(0)) {
      unit.iommu.completeInvalidation({ sourceId, itag });
    }
    return error === 0;
  });
}

describe("Table 26, IQEI 3: types by table mode and descriptor width", () => {
  it.each([
    ["legacy mode, 128 bits", LEGACY, false, {}, [1, 2, 3, 4, 5]],
    ["legacy mode, 256 bits", LEGACY, true, {}, [1, 2, 3, 4, 5]],
    ["scalable mode, 256 bits", SCALABLE, true, {}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["abort-DMA mode, 256 bits", ABORT, true, {}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [
      "without PRS there is no page group response",
      SCALABLE,
      true,
      { PRS: 0, SMS: 0 },
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    [
      "without IR there is no interrupt entry cache invalidation",
      SCALABLE,
      true,
      { IR: 0, EIM: 0, PI: 0, MHMV: 0 },
      [1, 2, 3, 5, 6, 7, 8, 9],
    ],
    [
      "without DT there are no device-TLB invalidations",
      SCALABLE,
      true,
      { DT: 0, DIT: 0, PDS: 0, NWFS: 0, PRS: 0, SMS: 0, PTRS: 0 },
      [1, 2, 4, 5, 6, 7],
    ],
  ])("%s", async (_, mode, wide, capabilities, expected) => {
    await start(mode, wide, { capabilities });
    unit.command(TE);
    expect(executed()).toEqual(expected);
  });
});

describe("IQEI 1: the tail lies beyond the queue", () => {
  it.each([0, 1, 2, 3, 4, 5, 6])("VTD-11.4.9.9: with QS %i", async (sizeCode) => {
    unit = await QueuedUnit.create({ preset: "full" });
    unit.enableQueue({ sizeCode, wide: false });
    for (const beyond of [unit.bytes, unit.bytes + 16, 0x7_fff0]) {
      unit.iommu.write64(REG.IQT, BigInt(beyond));
      expect([unit.queueError, unit.head]).toEqual([1, 0]);
      // If the tail was wrong, software writes it again before it clears IQE.
      unit.iommu.write64(REG.IQT, 0n);
      unit.iommu.write32(REG.FSTS, IQE);
      expect([unit.queueError, unit.head]).toEqual([0, 0]);
    }
    unit.submit(plainWait);
    expect(unit.head).toBe(16);
  });

  it("choice C13: also when it is not aligned to the descriptors", async () => {
    unit = await QueuedUnit.create({ preset: "full" });
    unit.enableQueue({ wide: true });
    unit.iommu.write64(REG.IQT, 0x8010n);
    expect([unit.queueError, unit.head]).toEqual([1, 0]);
  });

  it("with QS 7 every tail that IQT can hold lies in the queue", async () => {
    unit = await QueuedUnit.create({ preset: "full" });
    unit.enableQueue({ sizeCode: 7, wide: false });
    for (let entry = 0; entry < 0x7fff; entry++) unit.put(plainWait);
    unit.iommu.write64(REG.IQT, 0x7_fff0n);
    expect([unit.queueError, unit.head]).toEqual([0, 0x7_fff0]);
  });
});

describe("IQEI 2: a descriptor cannot be fetched", () => {
  it.each([
    [false, 0],
    [false, 8],
    [true, 0],
    [true, 8],
    [true, 16],
    [true, 24],
  ])("256-bit %s: poison at byte %i of the second descriptor", async (wide, offset) => {
    await start(LEGACY, wide);
    const at = unit.put(plainWait);
    unit.put(plainWait);
    unit.memory.poison(unit.base + BigInt(at + offset), 8);
    unit.submit();
    expect([unit.queueError, unit.head]).toEqual([2, at]);
    unit.memory.heal();
    unit.iommu.write32(REG.FSTS, IQE);
    expect([unit.queueError, unit.head]).toEqual([0, unit.tail]);
  });

  it("a queue outside RAM", async () => {
    await start(LEGACY, false);
    unit.command(QIE, false);
    unit.iommu.write64(REG.IQA, 0x4000_0000n);
    unit.iommu.write64(REG.IQT, 16n);
    unit.command(QIE);
    expect([unit.queueError, unit.head]).toEqual([2, 0]);
  });

  it("address bits at and above the host address width are ignored", async () => {
    await start(LEGACY, false, { hostAddressWidth: 40 });
    unit.command(QIE, false);
    unit.iommu.write64(REG.IQA, unit.base | (1n << 40n) | (1n << 63n));
    unit.command(QIE);
    unit.submit(plainWait);
    expect([unit.queueError, unit.head]).toEqual([0, 16]);
  });
});

describe("IQEI 5: descriptor widths", () => {
  it.each([
    ["128 bits in scalable mode", SCALABLE, false, {}, 5],
    ["128 bits in abort-DMA mode", ABORT, false, {}, 5],
    ["256 bits in legacy mode", LEGACY, true, {}, 0],
    ["128 bits in legacy mode", LEGACY, false, {}, 0],
  ])("%s", async (_, mode, wide, options, error) => {
    await start(mode, wide, options);
    unit.submit(plainWait);
    expect([unit.queueError, unit.head]).toEqual([error, error === 0 ? unit.stride : 0]);
  });

  it.each([
    ["neither SMTS nor ADMS", {}, 5],
    ["ADMS alone", { ADMS: 1 }, 0],
  ])("256 bits with %s", async (_, capabilities, error) => {
    unit = await QueuedUnit.create({ preset: "legacy", capabilities });
    unit.enableQueue({ wide: true });
    unit.submit(plainWait);
    expect(unit.queueError).toBe(error);
  });
});

describe("IQEI 6 and 7", () => {
  it("IQEI 6: the tail is not aligned to 256-bit descriptors", async () => {
    await start(SCALABLE, true);
    unit.submit(plainWait);
    unit.iommu.write64(REG.IQT, 0x30n);
    expect([unit.queueError, unit.head]).toEqual([6, 0x20]);
    unit.iommu.write64(REG.IQT, 0x20n);
    unit.iommu.write32(REG.FSTS, IQE);
    unit.submit(plainWait);
    expect([unit.queueError, unit.head]).toEqual([0, 0x40]);
  });

  it("the same tail is good for 128-bit descriptors", async () => {
    await start(LEGACY, false);
    unit.submit(plainWait, plainWait, plainWait);
    expect([unit.queueError, unit.head]).toEqual([0, 0x30]);
  });

  it.each([false, true])("IQEI 7: reserved table mode, 256-bit %s", async (wide) => {
    await start(RESERVED, wide);
    unit.submit(plainWait);
    expect([unit.queueError, unit.head]).toEqual([7, 0]);
  });

  it("the table mode is the latched one", async () => {
    await start(SCALABLE, true);
    unit.iommu.write64(REG.RTADDR, RESERVED << 10n);
    unit.submit(plainWait);
    expect(unit.queueError).toBe(0);
    unit.command(SRTP);
    unit.submit(plainWait);
    expect(unit.queueError).toBe(7);
  });
});

describe("VTD-6.5.2.11: the queue after an error", () => {
  const STATUS = 0x8_0000n;
  const bad = descriptor("CC_INV", { G: 0 });

  beforeEach(() => start(SCALABLE, true));

  it("what was ahead is done, the head stays on the bad one, what is behind waits", () => {
    unit.submit(statusWait(STATUS, 1), bad, statusWait(STATUS, 2));
    expect([unit.queueError, unit.head]).toEqual([4, 0x20]);
    expect(unit.memory.read32(STATUS)).toBe(1);
    expect(unit.faultStatus).toBe(IQE);
  });

  it("while IQE is set the tail moves and nothing is fetched", () => {
    unit.submit(bad);
    unit.overwrite(0, plainWait);
    unit.submit(statusWait(STATUS, 3));
    expect([unit.head, unit.iommu.read64(REG.IQT)]).toEqual([0, 0x40n]);
    expect(unit.memory.read32(STATUS)).toBe(0);
  });

  it("software overwrites the bad one with a wait and clears IQE: the unit fetches it again", () => {
    unit.submit(bad, statusWait(STATUS, 2));
    unit.overwrite(0, statusWait(STATUS + 4n, 7));
    unit.iommu.write32(REG.FSTS, IQE);
    expect([unit.faultStatus, unit.head]).toEqual([0, 0x40]);
    expect([unit.memory.read32(STATUS + 4n), unit.memory.read32(STATUS)]).toEqual([7, 2]);
  });

  it("IQE cleared over a descriptor that still is bad is set again", () => {
    unit.submit(bad);
    unit.iommu.write32(REG.FSTS, IQE);
    expect([unit.queueError, unit.head]).toEqual([4, 0]);
  });

  it("a write of 0, or of other bits, to FSTS leaves the queue stopped", () => {
    unit.submit(bad);
    unit.overwrite(0, plainWait);
    unit.iommu.write32(REG.FSTS, 0);
    unit.iommu.write32(REG.FSTS, 0xffff_ffff & ~IQE);
    expect([unit.queueError, unit.head]).toEqual([4, 0]);
  });

  it("IQEI tells of the last error", () => {
    unit.submit(bad);
    expect(unit.queueError).toBe(4);
    unit.overwrite(0, ofType(0x7f));
    unit.iommu.write32(REG.FSTS, IQE);
    expect(unit.queueError).toBe(3);
  });

  it("each error is a fault event of its own", () => {
    unit.unmask(REG.FECTL, FEE);
    unit.submit(bad);
    const message = { address: BigInt(FEE.address), data: FEE.data };
    expect(unit.takeInterrupts()).toEqual([message]);
    unit.iommu.write32(REG.FSTS, IQE);
    expect(unit.takeInterrupts()).toEqual([message]);
    unit.overwrite(0, plainWait);
    unit.iommu.write32(REG.FSTS, IQE);
    expect(unit.takeInterrupts()).toEqual([]);
  });

  it("disabling the queue resets the head; IQE stays until software clears it", () => {
    unit.submit(plainWait, bad);
    unit.command(QIE, false);
    expect([unit.head, unit.faultStatus]).toEqual([0, IQE]);
    unit.enableQueue();
    unit.submit(plainWait);
    expect(unit.head).toBe(0);
    unit.iommu.write32(REG.FSTS, IQE);
    expect(unit.head).toBe(0x20);
  });
});
