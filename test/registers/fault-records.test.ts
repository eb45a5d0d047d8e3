import { beforeEach, describe, expect, it } from "vitest";
import type { TranslateResult } from "../../host/index.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { PFO, PPF, REG, TE } from "./offsets.js";

const F = 1n << 63n;

let unit: QueuedUnit;

/** A unit whose root table has no entry: every request of every device faults, and is recorded. */
async function start(NFR: number, options: Parameters<typeof QueuedUnit.create>[0] = {}) {
  // Performance monitoring would leave no room for many records.
  const capabilities = { NFR, ECMDS: 0, PMS: 0 };
  unit = await QueuedUnit.create({ preset: "full", capabilities, ...options });
  unit.translateWith(unit.frames.allocate() | (1n << 10n));
}

/** What became of a fault of that device. */
function fault(sourceId: number): string {
  const result: TranslateResult = unit.iommu.translate({
    sourceId,
    address: BigInt(sourceId) << 12n,
    access: "read",
  });
  return result.status === "fault" ? result.record : result.status;
}

const upper = (index: number) => unit.iommu.read64(REG.FRCD + 16 * index + 8);
const records = () => unit.iommu.capabilities.values["NFR"]! + 1;

/** The source-id of each record, or "-" where F is clear. */
const taken = () =>
  Array.from({ length: records() }, (_, index) => upper(index)).map((word) =>
    (word & F) === 0n ? "-" : Number(word & 0xffffn),
  );

const clear = (index: number) => unit.iommu.write32(REG.FRCD + 16 * index + 12, 0x8000_0000);
const firstIndex = () => (unit.faultStatus >> 8) & 0xff;
const flags = () => unit.faultStatus & 0xff;

describe.each([0, 1, 3, 7, 220])("VTD-7.2.1: with CAP.NFR %i", (NFR) => {
  beforeEach(() => start(NFR));
  const devices = Array.from({ length: NFR + 1 }, (_, index) => 0x0100 + index);

  it("faults are recorded one after the other, and FRI stays at the first", () => {
    for (const device of devices) {
      expect(fault(device)).toBe("recorded");
      expect([flags(), firstIndex()]).toEqual([PPF, 0]);
    }
    expect(taken()).toEqual(devices);
  });

  it("checklist 25: one more finds no room: PFO, and it is lost", () => {
    devices.forEach(fault);
    expect(fault(0x0001)).toBe("overflow");
    expect([flags(), taken()]).toEqual([PPF | PFO, devices]);
  });

  it("while PFO is set nothing is recorded, even where there is room", () => {
    [...devices, 1].forEach(fault);
    devices.forEach((_, index) => clear(index));
    expect(flags()).toBe(PFO);
    expect(fault(2)).toBe("overflow");
    expect(taken()).toEqual(devices.map(() => "-"));
  });

  it("after F and PFO were cleared, recording goes on at the current index", () => {
    [...devices, 1].forEach(fault);
    devices.forEach((_, index) => clear(index));
    unit.iommu.write32(REG.FSTS, PFO);
    expect(flags()).toBe(0);
    // As many records as there are have been written: the index is 0 again.
    expect(fault(2)).toBe("recorded");
    expect([taken()[0], firstIndex(), flags()]).toEqual([2, 0, PPF]);
  });

  it("the index wraps over records that were cleared meanwhile", () => {
    for (let round = 0; round < 3 * (NFR + 1); round++) {
      const index = round % (NFR + 1);
      expect(fault(round)).toBe("recorded");
      expect([firstIndex(), taken()[index], flags()]).toEqual([index, round, PPF]);
      clear(index);
      expect([taken()[index], flags()]).toEqual(["-", 0]);
    }
  });
});

describe("the record", () => {
  beforeEach(() => start(3));

  it("has type, reason, source-id and address (§11.4.7.6)", () => {
    const { iommu } = unit;
    const request = { sourceId: 0x1234, address: 0x1_2345_6789n };
    iommu.translate({ ...request, access: "read" });
    expect(iommu.read64(REG.FRCD)).toBe(0x1_2345_6000n);
    // F, T1 (a read), fault reason 39h: SRT.2, root entry not present.
    expect(upper(0)).toBe(0xc000_0039_0000_1234n);
    iommu.translate({ ...request, sourceId: 5, pasid: 0xabcde, access: "write", privileged: true });
    // PV, PP and PRIV besides; no T1.
    expect(upper(1)).toBe(0x8abc_de39_a000_0005n);
  });

  it("stays readable when F was cleared", () => {
    fault(0x0042);
    const before = upper(0);
    clear(0);
    expect(upper(0)).toBe(before ^ F);
  });

  it("is cleared by a 64-bit write of F too, and by nothing else", () => {
    fault(1);
    unit.iommu.write64(REG.FRCD, 0xffff_ffff_ffff_ffffn);
    unit.iommu.write32(REG.FRCD + 8, 0xffff_ffff);
    unit.iommu.write32(REG.FRCD + 12, 0x7fff_ffff);
    unit.iommu.write64(REG.FRCD + 8, ~F & 0xffff_ffff_ffff_ffffn);
    expect([taken()[0], flags()]).toEqual([1, PPF]);
    unit.iommu.write64(REG.FRCD + 8, F);
    expect([taken()[0], flags()]).toEqual(["-", 0]);
  });

  it("lies where CAP.FRO says", async () => {
    await start(3, { capabilities: { NFR: 3, FRO: 0x80 } });
    fault(0x0777);
    expect(unit.iommu.read64(0x808) & 0xffffn).toBe(0x777n);
    expect(unit.iommu.read64(REG.FRCD + 8)).toBe(0n);
    unit.iommu.write32(0x80c, 0x8000_0000);
    expect(flags()).toBe(0);
  });

  it.each([
    ["ICS, without a queue", { FRO: 0x09, QI: 0, DT: 0 }],
    ["PRS, without page requests", { FRO: 0x0d }],
  ])("in the place of %s it is cleared like elsewhere", async (_, capabilities) => {
    await start(0, { preset: "legacy", capabilities });
    fault(0x0777);
    expect(flags()).toBe(PPF);
    unit.iommu.write32(16 * capabilities.FRO + 12, 0x8000_0000);
    expect(flags()).toBe(0);
  });
});

describe("VTD-11.4.7.1: PPF and FRI", () => {
  beforeEach(() => start(3));

  it("PPF is the OR of all F; FRI stays until PPF is clear", () => {
    [1, 2, 3].forEach(fault);
    clear(0);
    expect([flags(), firstIndex()]).toEqual([PPF, 0]);
    clear(2);
    expect(flags()).toBe(PPF);
    clear(1);
    expect(flags()).toBe(0);
    fault(4);
    expect([flags(), firstIndex(), taken()]).toEqual([PPF, 3, ["-", "-", "-", 4]]);
  });

  it("neither changes when software writes FSTS", () => {
    [1, 2, 3].forEach(fault);
    clear(0);
    unit.iommu.write32(REG.FSTS, 0xffff_ffff);
    expect([flags(), firstIndex()]).toEqual([PPF, 0]);
  });

  it("a record behind one that is still taken overflows, though others are free", () => {
    [1, 2, 3, 4].forEach(fault);
    [1, 2, 3].forEach(clear);
    expect(fault(5)).toBe("overflow");
    expect(taken()).toEqual([1, "-", "-", "-"]);
  });

  it("switching translation off takes the index back to 0", () => {
    [1, 2].forEach(fault);
    [0, 1].forEach(clear);
    unit.command(TE, false);
    unit.command(TE);
    expect(fault(3)).toBe("recorded");
    expect([taken(), firstIndex()]).toEqual([[3, "-", "-", "-"], 0]);
  });

  it("a warm reset keeps the records, and takes the index back to 0", () => {
    [1, 2].forEach(fault);
    unit.iommu.reset("warm");
    expect([taken(), flags()]).toEqual([[1, 2, "-", "-"], PPF]);
    unit.translateWith(unit.frames.allocate() | (1n << 10n));
    expect(fault(3)).toBe("overflow");
    unit.iommu.write32(REG.FSTS, PFO);
    clear(0);
    expect(fault(3)).toBe("recorded");
    expect(taken()).toEqual([3, 2, "-", "-"]);
  });

  it("a power-good reset does not", () => {
    [1, 2].forEach(fault);
    unit.iommu.reset("power-good");
    expect([taken(), unit.faultStatus]).toEqual([["-", "-", "-", "-"], 0]);
  });
});

describe("choice F1: collapsing", () => {
  it("a device has one pending record; after F was cleared it gets another", async () => {
    await start(3);
    expect([fault(1), fault(1), fault(2), fault(1)]).toEqual([
      "recorded",
      "collapsed",
      "recorded",
      "collapsed",
    ]);
    clear(0);
    expect([fault(1), taken()]).toEqual(["recorded", ["-", 2, 1, "-"]]);
  });

  it("a fault that is collapsed does not overflow", async () => {
    await start(0);
    expect([fault(1), fault(1), flags()]).toEqual(["recorded", "collapsed", PPF]);
  });

  it("with faultCollapse off every fault takes a record", async () => {
    await start(3, { capabilities: { NFR: 3 }, faultCollapse: false });
    expect([1, 1, 1, 1, 1].map(fault)).toEqual([
      "recorded",
      "recorded",
      "recorded",
      "recorded",
      "overflow",
    ]);
    expect(taken()).toEqual([1, 1, 1, 1]);
  });

  it("collapsed or lost, a fault is an event of the host all the same", async () => {
    await start(0);
    const seen: string[] = [];
    unit.iommu.on("fault", ({ record }) => seen.push(record));
    [1, 1, 2, 3].forEach(fault);
    expect(seen).toEqual(["recorded", "collapsed", "overflow", "overflow"]);
    expect(unit.iommu.counters()).toMatchObject({ faults: 4n, faultsRecorded: 1n });
  });
});
