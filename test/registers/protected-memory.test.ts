import { beforeEach, describe, expect, it } from "vitest";
import { Iommu, type MemoryRequest, type TranslateResult } from "../../host/index.js";
import { SecondStageTable, FirstStageTable } from "../../host/tables/index.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, LegacyWorld, ScalableWorld } from "../queues/worlds.js";
import { IM, PPF, REG, TE } from "./offsets.js";

const PMEN = 0x64;
const PLMBASE = 0x68;
const PLMLIMIT = 0x6c;
const PHMBASE = 0x70;
const PHMLIMIT = 0x78;
const EPM = 0x8000_0000;
const PRS = 1;

const MIB = 0x10_0000n;
const BLOCKED: TranslateResult = { status: "blocked", completion: "UR" };
/** In the low region of `protect`, and in the high one. */
const LOW = 0x12_3000n;
const HIGH = 0x40_0000_5000n;

let unit: QueuedUnit;

async function create(options: Partial<Parameters<typeof Iommu.create>[0]> = {}) {
  const capabilities = { PLMR: 1, PHMR: 1, ...options.capabilities };
  unit = await QueuedUnit.create({ preset: "full", ...options, capabilities });
  return unit;
}

beforeEach(() => create());

/** Protects 1 MiB from 1 MiB on, and 2 MiB from 256 GiB on. */
function protect() {
  unit.iommu.write32(PLMBASE, 0x10_0000);
  unit.iommu.write32(PLMLIMIT, 0x10_0000);
  unit.iommu.write64(PHMBASE, 0x40_0000_0000n);
  unit.iommu.write64(PHMLIMIT, 0x40_0010_0000n);
  unit.iommu.write32(PMEN, EPM);
}

const status = () => unit.iommu.read32(PMEN);
const request = (address: bigint, more: Partial<MemoryRequest> = {}): MemoryRequest => ({
  sourceId: DEVICE,
  address,
  access: "read",
  ...more,
});
const isBlocked = (address: bigint, more: Partial<MemoryRequest> = {}) =>
  unit.iommu.translate(request(address, more)).status === "blocked";

describe("VTD-11.4.8: the registers of protected memory", () => {
  it("do not exist without PLMR and PHMR", async () => {
    await create({ capabilities: { PLMR: 0, PHMR: 0 } });
    for (const offset of [PMEN, PLMBASE, PLMLIMIT, PHMBASE, PHMBASE + 4, PHMLIMIT, PHMLIMIT + 4]) {
      unit.iommu.write32(offset, 0xffff_ffff);
      expect(unit.iommu.read32(offset)).toBe(0);
    }
    expect(isBlocked(LOW)).toBe(false);
  });

  it("those of the other region do not exist with one capability alone", async () => {
    await create({ capabilities: { PHMR: 0 } });
    unit.iommu.write64(PHMBASE, ~0n);
    unit.iommu.write32(PLMBASE, 0xffff_ffff);
    expect(unit.iommu.read64(PHMBASE)).toBe(0n);
    expect(unit.iommu.read32(PLMBASE)).toBe(0xfff0_0000);
  });

  it("choice P1: bounds have a granularity of 1 MiB, which software finds by writing ones", () => {
    unit.iommu.write32(PLMBASE, 0xffff_ffff);
    unit.iommu.write32(PLMLIMIT, 0xffff_ffff);
    unit.iommu.write64(PHMBASE, ~0n);
    unit.iommu.write64(PHMLIMIT, 0xffff_ffff_ffff_ffffn);
    expect(unit.iommu.read32(PLMBASE)).toBe(0xfff0_0000);
    expect(unit.iommu.read32(PLMLIMIT)).toBe(0xfff0_0000);
    expect(unit.iommu.read64(PHMBASE)).toBe(0xffff_ffff_fff0_0000n);
    expect(unit.iommu.read64(PHMLIMIT)).toBe(0xffff_ffff_fff0_0000n);
  });

  it("PRS follows EPM, and nothing else of PMEN can be written", () => {
    unit.iommu.write32(PMEN, 0x7fff_ffff);
    expect(status()).toBe(0);
    unit.iommu.write32(PMEN, 0xffff_ffff);
    expect(status()).toBe((EPM | PRS) >>> 0);
    unit.iommu.write32(PMEN, 0);
    expect(status()).toBe(0);
  });

  it("§11.3: a reset clears them, and nothing is protected then", () => {
    protect();
    unit.iommu.reset("warm");
    expect([PMEN, PLMBASE, PLMLIMIT].map((offset) => unit.iommu.read32(offset))).toEqual([0, 0, 0]);
    expect([PHMBASE, PHMLIMIT].map((offset) => unit.iommu.read64(offset))).toEqual([0n, 0n]);
    expect(isBlocked(LOW)).toBe(false);
  });

  it("a fault recording register at their place is none of them", async () => {
    await create({ capabilities: { PLMR: 0, PHMR: 0, FRO: 6, NFR: 0 } });
    expect(unit.iommu.read32(PMEN)).toBe(0);
    unit.iommu.write32(PMEN, EPM);
    expect(isBlocked(0n)).toBe(false);
  });
});

describe("VTD-11.4.8: with translation disabled", () => {
  it.each([
    ["below the low region", 0xf_fff8n, false],
    ["at the base of the low region", 0x10_0000n, true],
    ["in its last word: the bits below the granularity of a limit count as ones", 0x1f_fff8n, true],
    ["above the low region", 0x20_0000n, false],
    ["below the high region", 0x3f_ffff_fff8n, false],
    ["at the base of the high region", 0x40_0000_0000n, true],
    ["in its last word", 0x40_001f_fff8n, true],
    ["above the high region", 0x40_0020_0000n, false],
    ["4 GiB above the low region", 0x1_0010_0000n, false],
  ])("a request %s", (_, address, blocked) => {
    protect();
    expect(isBlocked(address)).toBe(blocked);
  });

  it.each([
    { access: "read" } as const,
    { access: "write" } as const,
    { access: "atomic" } as const,
    { access: "read", size: 0 } as const,
    { access: "read", pasid: 5 } as const,
  ])("%o is blocked with UR", (more) => {
    protect();
    expect(unit.iommu.translate(request(LOW, more))).toEqual(BLOCKED);
  });

  it("base and limit count for nothing before EPM", () => {
    protect();
    unit.iommu.write32(PMEN, 0);
    expect(isBlocked(LOW)).toBe(false);
    unit.iommu.write32(PMEN, EPM);
    expect(isBlocked(LOW)).toBe(true);
  });

  it("a limit below the base disables that region alone", () => {
    protect();
    unit.iommu.write32(PLMLIMIT, 0);
    expect([isBlocked(LOW), isBlocked(0n), isBlocked(HIGH)]).toEqual([false, false, true]);
    protect();
    unit.iommu.write64(PHMLIMIT, 0n);
    expect([isBlocked(LOW), isBlocked(0n), isBlocked(HIGH)]).toEqual([true, false, false]);
  });

  it("regions that software leaves at 0 protect the first MiB", () => {
    unit.iommu.write32(PMEN, EPM);
    expect([isBlocked(0xf_f000n), isBlocked(MIB)]).toEqual([true, false]);
  });

  it("a region whose capability is absent protects nothing", async () => {
    await create({ capabilities: { PLMR: 0 } });
    protect();
    expect([isBlocked(LOW), isBlocked(0n), isBlocked(HIGH)]).toEqual([false, false, true]);
  });

  it("bits of the high region from the host address width up are ignored", () => {
    unit.iommu.write64(PHMBASE, 0xffff_0040_0000_0000n);
    unit.iommu.write64(PHMLIMIT, 0x0001_0040_0000_0000n);
    unit.iommu.write32(PLMBASE, 0x10_0000);
    unit.iommu.write32(PMEN, EPM);
    expect([isBlocked(HIGH), isBlocked(HIGH + MIB)]).toEqual([true, false]);
  });

  it("interrupt messages are no access to memory", () => {
    unit.iommu.write32(PLMBASE, 0xfee0_0000);
    unit.iommu.write32(PLMLIMIT, 0xfee0_0000);
    unit.iommu.write64(PHMBASE, 0x10_0000n);
    unit.iommu.write32(PMEN, EPM);
    const message = request(0xfee0_1000n, { access: "write", size: 4 });
    expect(unit.iommu.translate(message).status).toBe("interrupt");
  });

  it("nothing is recorded, and no event is raised (never logged)", () => {
    protect();
    expect(unit.iommu.translate(request(LOW, { access: "write" }))).toEqual(BLOCKED);
    expect(unit.faultStatus).toBe(0);
    expect(unit.iommu.read32(REG.FECTL)).toBe(IM);
    expect(unit.iommu.counters()).toMatchObject({ requests: 1n, faults: 0n });
  });
});

describe("VTD-11.4.8.1: with translation enabled", () => {
  const RW = { access: "write" } as const;

  function legacy() {
    const world = new LegacyWorld(unit);
    world.attach(DEVICE, 1);
    world.table(1).map(0x5000n, LOW);
    world.table(1).map(0x6000n, 0x20_0000n);
    world.table(1).map(LOW, 0x20_1000n);
    world.tables.context(DEVICE + 1, { kind: "pass-through", domain: 2, addressWidth: 48 });
    world.start();
    return world;
  }

  it("the output address counts, not the input address", () => {
    legacy();
    protect();
    expect(unit.iommu.translate(request(0x5000n, RW))).toEqual(BLOCKED);
    expect(unit.iommu.translate(request(0x6000n, RW))).toMatchObject({ address: 0x20_0000n });
    expect(unit.iommu.translate(request(LOW, RW))).toMatchObject({ address: 0x20_1000n });
  });

  it("a translation that was cached before is checked", () => {
    legacy();
    expect(isBlocked(0x5000n)).toBe(false);
    protect();
    expect(isBlocked(0x5000n)).toBe(true);
    unit.iommu.write32(PMEN, 0);
    expect(isBlocked(0x5000n)).toBe(false);
  });

  it("pass-through is blocked", () => {
    legacy();
    protect();
    expect(isBlocked(LOW, { sourceId: DEVICE + 1 })).toBe(true);
    expect(isBlocked(0x20_0000n, { sourceId: DEVICE + 1 })).toBe(false);
  });

  it("before major version 2 remapped requests are not blocked; pass-through and translated ones are", async () => {
    await create({ preset: "legacy", version: 0x10 });
    const world = legacy();
    const deviceTlb = { kind: "second-stage", domain: 1, deviceTlb: true } as const;
    world.tables.context(DEVICE, { ...deviceTlb, secondStage: world.table(1) });
    protect();
    expect(isBlocked(0x5000n)).toBe(false);
    expect(isBlocked(LOW, { sourceId: DEVICE + 1 })).toBe(true);
    const translated = { sourceId: DEVICE, address: LOW, access: "read" } as const;
    expect(unit.iommu.translateTranslated(translated)).toEqual(BLOCKED);
    unit.command(TE, false);
    expect(isBlocked(LOW)).toBe(true);
  });

  it("of scalable mode every kind of translation is blocked, by the final address", () => {
    const { memory, frames } = unit;
    const world = new ScalableWorld(unit);
    const first = new FirstStageTable({ memory, frames });
    const second = new SecondStageTable({ memory, frames, levels: 4 });
    first.map(0x5000n, LOW);
    second.map(0x5000n, LOW);
    world.pasid(1, { kind: "first-stage", domain: 1, firstStage: first, pwsnp: true });
    world.pasid(2, { kind: "second-stage", domain: 2, secondStage: second, pwsnp: true });
    world.pasid(3, { kind: "pass-through", domain: 3 });
    world.start();
    protect();
    const answers = [
      request(0x5000n, { pasid: 1 }),
      request(0x5000n, { pasid: 2 }),
      request(LOW, { pasid: 3 }),
    ].map((each) => unit.iommu.translate(each));
    expect(answers).toEqual([BLOCKED, BLOCKED, BLOCKED]);
    expect(unit.faultStatus & PPF).toBe(0);
  });

  it("the unit's own accesses are not checked: tables, queues and status writes", () => {
    const world = legacy();
    // All that the unit reads lies in the first 4 MiB.
    unit.iommu.write32(PLMBASE, 0);
    unit.iommu.write32(PLMLIMIT, 0x30_0000);
    unit.iommu.write32(PMEN, EPM);
    world.table(1).map(0x7000n, 0x80_0000n);
    expect(unit.iommu.translate(request(0x7000n))).toMatchObject({ address: 0x80_0000n });
    unit.enableQueue({ wide: true });
    unit.memory.write32(0x8000n, 0);
    unit.submit([(0xabcdn << 32n) | (1n << 5n) | 5n, 0x8000n]);
    expect(unit.memory.read32(0x8000n)).toBe(0xabcd);
  });

  it("a fault of the translation comes before, and is recorded", () => {
    legacy();
    protect();
    expect(unit.iommu.translate(request(0x9000n))).toMatchObject({
      status: "fault",
      condition: "LGN.3",
      record: "recorded",
    });
  });

  it("a translation request is answered; the translated request that follows is blocked", () => {
    const world = legacy();
    const deviceTlb = { kind: "second-stage", domain: 1, deviceTlb: true } as const;
    world.tables.context(DEVICE, { ...deviceTlb, secondStage: world.table(1) });
    protect();
    const asked = { sourceId: DEVICE, address: 0x5000n };
    const translation = unit.iommu.requestTranslation(asked);
    expect(translation).toMatchObject({ status: "ok", address: LOW, read: true, write: true });
    const translated = { sourceId: DEVICE, address: LOW, access: "write" } as const;
    expect(unit.iommu.translateTranslated(translated)).toEqual(BLOCKED);
    expect(unit.iommu.translateTranslated({ ...translated, address: 0x20_0000n }).status).toBe(
      "ok",
    );
    expect(unit.faultStatus).toBe(0);
  });

  it("explain says so", () => {
    legacy();
    protect();
    const explained = unit.iommu.explain(request(0x5000n));
    expect(explained.result).toEqual(BLOCKED);
    expect(explained.decision).toBe("blocked without a fault, answered UR");
  });

  it("a batch blocks what single requests block", () => {
    legacy();
    for (const address of [0x5000n, 0x6000n]) unit.iommu.translate(request(address));
    protect();
    const records = new Uint8Array(3 * 32);
    const view = new DataView(records.buffer);
    [0x5000n, 0x6000n, 0x9000n].forEach((address, index) => {
      view.setBigUint64(32 * index, address, true);
      view.setUint32(32 * index + 8, DEVICE, true);
      view.setUint32(32 * index + 12, 0xffff_ffff, true);
      view.setUint32(32 * index + 16, 4 << 16, true);
    });
    expect(unit.iommu.translateBatch(records)).toBe(2);
    const statuses = [0, 1, 2].map((index) => view.getUint32(32 * index + 20, true) & 0xff);
    expect(statuses).toEqual([3, 0, 2]);
    expect(view.getBigUint64(24, true)).toBe(0n);
    expect(view.getBigUint64(32 + 24, true)).toBe(0x20_0000n);
  });
});

describe("VTD-11.4.8.1: PRS waits for requests in flight", () => {
  it("EPM protects at once, and PRS is set when the requests that began before have ended", () => {
    const { token } = unit.iommu.beginAccess(request(LOW));
    protect();
    expect(status()).toBe(EPM);
    expect(unit.iommu.beginAccess(request(LOW))).toEqual({ result: BLOCKED, token: 0 });
    const late = unit.iommu.beginAccess(request(0x20_0000n));
    unit.iommu.endAccess(token);
    expect(status()).toBe((EPM | PRS) >>> 0);
    unit.iommu.endAccess(late.token);
  });

  it("writing EPM again while it drains does not start over", () => {
    const { token } = unit.iommu.beginAccess(request(LOW));
    protect();
    const late = unit.iommu.beginAccess(request(0x20_0000n));
    unit.iommu.write32(PMEN, EPM);
    unit.iommu.endAccess(token);
    expect(status()).toBe((EPM | PRS) >>> 0);
    unit.iommu.endAccess(late.token);
  });

  it("disabling waits for nothing, and takes an enabling back that still drains", () => {
    const { token } = unit.iommu.beginAccess(request(LOW));
    protect();
    unit.iommu.write32(PMEN, 0);
    expect(status()).toBe(0);
    unit.iommu.endAccess(token);
    expect(status()).toBe(0);
    expect(isBlocked(LOW)).toBe(false);
  });

  it("a snapshot has it", async () => {
    protect();
    const options = { memory: unit.memory, preset: "full" } as const;
    const capabilities = { PLMR: 1, PHMR: 1 };
    const copy = await Iommu.restore(unit.iommu.snapshot(), { ...options, capabilities });
    expect(copy.translate(request(LOW))).toEqual(BLOCKED);
  });
});
