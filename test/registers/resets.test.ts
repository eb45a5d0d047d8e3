import { beforeEach, describe, expect, it } from "vitest";
import { descriptor, statusWait } from "../queues/descriptors.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, outputOf, ScalableWorld } from "../queues/worlds.js";
import { PFO, PPR, PRO, QIE, REG, TE } from "./offsets.js";
import {
  differences,
  dump,
  dwordsOf,
  fieldMask,
  readRegister,
  registerModels,
  registersAfterReset,
  type RegisterModel,
} from "./register-model.js";

const PASID = 0xabcde;

let unit: QueuedUnit;
let models: RegisterModel[];

/** Brings the unit to a state in which every sticky field of every register has a bit that is set. */
async function stir(): Promise<void> {
  unit = await QueuedUnit.create({ preset: "full", invalidationTimeout: 10 });
  models = registerModels(unit.iommu.capabilities);
  const { iommu } = unit;
  const world = new ScalableWorld(unit);
  world.pasid(0, { kind: "pass-through", domain: 1 });
  world.start();
  unit.enableQueue();
  iommu.write64(REG.PQA, unit.frames.allocate());

  // A counter of requests that the first one overflows: PIS and OS.
  iommu.write64(REG.PERFCNTR, 0xffff_ffff_ffffn);
  iommu.write64(REG.PERFCNTRCFG, (2n << 32n) | 2n);
  iommu.write64(REG.ECMD, 0xf0n);

  // Records, from the second on, so that FRI is not 0; then one more than there is room for.
  outputOf(unit, 0x0300, 0n);
  iommu.write32(REG.FRCD + 12, 0x8000_0000);
  const odd = { address: 0xf_ffff_f000n, privileged: true, execute: true, pasid: PASID } as const;
  for (let n = 1; n <= 5; n++) iommu.translate({ ...odd, sourceId: 0x0700 + n, access: "read" });
  iommu.translate({ ...odd, sourceId: 0x0710, access: "atomic" });
  iommu.requestTranslation({ sourceId: 0x0720, address: 0x5000n });
  iommu.translateTranslated({ sourceId: 0x0730, address: 0x5000n, access: "read" });
  outputOf(unit, 0x0740, 0n);

  // PRO and PPR.
  const request = { sourceId: DEVICE, address: 0x1000n, read: true, write: true, group: 0 };
  for (let n = 0; n < 129; n++) iommu.requestPage({ ...request, last: false });

  // IWC; ICE with its source-id, ITE likewise, and IQE.
  unit.submit(descriptor("WAIT", { IF: 1 }), descriptor("DEV_TLB_INV", { SID: DEVICE }));
  unit.submit(descriptor("CC_INV", { G: 0 }));
  iommu.completeInvalidation({ sourceId: 0x5555, itag: 9 });
  iommu.advance(10);

  for (const model of models.filter(({ mnemonic }) => SOFTWARE.includes(mnemonic))) {
    for (let at = 0; at < model.bytes; at += 4) iommu.write32(model.offset + at, 0x7fff_ffff);
  }
}

/** Registers that software alone writes, and that start nothing. */
const SOFTWARE = [
  "RTADDR",
  "CCMD",
  "IOTLB",
  "FEDATA",
  "FEADDR",
  "FECTL",
  "IEDATA",
  "IEADDR",
  "IECTL",
].concat(["PEDATA", "PEADDR", "PECTL", "IQT", "IQA", "PQH", "PQA", "PERFINTRCTL"]);

const FRCD_FIELDS = ["F", "T1", "T2", "AT", "PV", "FR", "PP", "EXE", "PRIV", "SID", "FI"];

beforeEach(stir);

describe("VTD-11.3: resets", () => {
  it("the state that they are tried on has a bit of every sticky field set", () => {
    const fields = models.flatMap((model) => {
      const value = readRegister(unit.iommu, model, 4);
      return model.fields
        .filter(({ access }) => access.endsWith("S"))
        .map((field) => ({
          field: `${model.mnemonic}.${field.name}`,
          bits: value & fieldMask(field),
        }));
    });
    const set = new Set(fields.filter(({ bits }) => bits !== 0n).map(({ field }) => field));
    expect([...new Set(fields.map(({ field }) => field))].filter((name) => !set.has(name))).toEqual(
      [],
    );
    expect(FRCD_FIELDS.every((field) => set.has(`FRCD.${field}`))).toBe(true);
  });

  it("a warm reset keeps the sticky bits, and gives all others their reset values", () => {
    const before = dump(unit.iommu);
    const expected = registersAfterReset(unit.iommu.capabilities);
    for (const { offset, bytes, sticky } of models) {
      dwordsOf(sticky, bytes).forEach((mask, i) => {
        const index = offset / 4 + i;
        expected[index] = ((before[index]! & mask) | (expected[index]! & ~mask)) >>> 0;
      });
    }
    unit.iommu.reset("warm");
    expect(dump(unit.iommu)).toEqual(expected);
    expect(differences(before, expected)).toContain(REG.GSTS);
  });

  it("a power-good reset gives every bit its reset value", () => {
    unit.iommu.reset("power-good");
    expect(dump(unit.iommu)).toEqual(registersAfterReset(unit.iommu.capabilities));
  });

  it("both switch translation and the queue off, and forget the latched pointers", () => {
    for (const kind of ["warm", "power-good"] as const) {
      unit.iommu.reset(kind);
      expect(outputOf(unit, 0x0300, 0x1234_5000n)).toBe(0x1234_5000n);
      unit.submit(statusWait(0x800n, 1));
      expect([unit.memory.read32(0x800n), unit.head]).toEqual([0, 0]);
      unit.command(TE);
      expect(unit.status & TE).toBe(0);
    }
  });

  it("after a warm reset a queue starts only when the sticky errors have been cleared", () => {
    unit.iommu.reset("warm");
    unit.enableQueue();
    unit.submit(statusWait(0x800n, 1));
    expect([unit.status, unit.memory.read32(0x800n)]).toEqual([QIE, 0]);
    unit.iommu.write32(REG.FSTS, unit.faultStatus);
    expect(unit.memory.read32(0x800n)).toBe(1);
  });

  it("counters start over with a power-good reset, and not with a warm one", () => {
    const { faults } = unit.iommu.counters();
    expect(faults).toBeGreaterThan(8n);
    unit.iommu.reset("warm");
    expect(unit.iommu.counters().faults).toBe(faults);
    unit.iommu.reset("power-good");
    expect(Object.values(unit.iommu.counters()).every((count) => count === 0n)).toBe(true);
  });

  it("there are no other kinds", () => {
    expect(() => unit.iommu.reset("cold" as "warm")).toThrow(
      new RangeError('reset kind is "cold": expected "power-good" or "warm"'),
    );
  });
});

describe("VTD-11.3: bits that writing 1 clears", () => {
  const clearing = [
    ["FSTS.PFO", REG.FSTS, PFO],
    ["FSTS.IQE", REG.FSTS, 1 << 4],
    ["FSTS.ICE", REG.FSTS, 1 << 5],
    ["FSTS.ITE", REG.FSTS, 1 << 6],
    ["ICS.IWC", REG.ICS, 1],
    ["PRS.PPR", REG.PRS, PPR],
    ["PRS.PRO", REG.PRS, PRO],
    ["PERFINTRSTS.PIS", REG.PERFINTRSTS, 1],
    ["PERFOVFSTS.OS of counter 0", REG.PERFOVFSTS, 1],
    ["FRCD.F of record 5", REG.FRCD + 5 * 16 + 12, 0x8000_0000],
  ] as const;

  it("are the ones of the table, and no others", () => {
    const named = models.flatMap(({ mnemonic, fields }) =>
      fields
        .filter(({ access }) => access.startsWith("RW1C"))
        .map(({ name }) => `${mnemonic}.${name}`),
    );
    expect(new Set(named)).toEqual(new Set(clearing.map(([name]) => name.split(" ")[0])));
  });

  it.each(clearing)("%s: 0 leaves it, 1 clears it and nothing else", (_, offset, bit) => {
    // The queue would set IQE again for the descriptor that is still bad.
    unit.command(QIE, false);
    const before = dump(unit.iommu);
    expect(before[offset / 4]! & bit).not.toBe(0);
    unit.iommu.write32(offset, 0);
    expect(dump(unit.iommu)).toEqual(before);
    unit.iommu.write32(offset, bit);
    const after = dump(unit.iommu);
    expect(differences(before, after)).toEqual([offset]);
    expect(after[offset / 4]).toBe((before[offset / 4]! & ~bit) >>> 0);
  });
});
