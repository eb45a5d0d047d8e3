import { describe, expect, it } from "vitest";
import { GuestMemory, Iommu, type FaultEvent } from "../../host/index.js";
import type { Access, MemoryRequest, TranslateResult } from "../../host/spec/requests.js";
import {
  FirstStageTable,
  FrameAllocator,
  LegacyTables,
  PAGE_2M,
  ScalableTables,
  SecondStageTable,
} from "../../host/tables/index.js";

const RAM = 2 ** 20;
const DEVICES = [0x0010, 0x0108];
const RECORD = 32;
const NO_PASID = 0xffff_ffff;
const ACCESSES: readonly Access[] = ["read", "write", "atomic"];

type Mode = "scalable" | "legacy" | "off";

interface Unit {
  readonly iommu: Iommu;
  readonly faults: FaultEvent[];
}

function scalableTables(memory: GuestMemory): bigint {
  const frames = new FrameAllocator({ start: 0n, end: BigInt(RAM) });
  const tables = ScalableTables.create({ memory, frames });
  const firstStage = new FirstStageTable({ memory, frames });
  firstStage.map(0x1000n, 0x9000n, { count: 3 });
  firstStage.map(0x4000n, 0xa000n, { write: false });
  firstStage.map(0x5000n, 0xb000n, { user: false });
  // One page of 4 KiB, and one of 2 MiB, that reach into the interrupt address range.
  firstStage.map(0x6000n, 0xfee0_1000n);
  firstStage.map(0x20_0000n, 0xfee0_0000n, { size: PAGE_2M });
  firstStage.map(0x40_0000n, 0x80_0000n, { size: PAGE_2M });
  const secondStage = new SecondStageTable({ memory, frames });
  secondStage.map(0x1000n, 0xc000n, { count: 4 });
  for (const sourceId of DEVICES) {
    tables.context(sourceId, { paside: true, ridPasid: 4 });
    tables.pasid(sourceId, 4, { kind: "first-stage", firstStage, domain: 1 });
    tables.pasid(sourceId, 1, { kind: "first-stage", firstStage, domain: 1, sre: true });
    tables.pasid(sourceId, 2, { kind: "second-stage", secondStage, domain: 2, ssade: true });
  }
  return tables.rootTableAddress;
}

function legacyTables(memory: GuestMemory): bigint {
  const frames = new FrameAllocator({ start: 0n, end: BigInt(RAM) });
  const tables = LegacyTables.create({ memory, frames });
  const secondStage = new SecondStageTable({ memory, frames });
  secondStage.map(0x1000n, 0xc000n, { count: 4 });
  secondStage.map(0x20_0000n, 0xfee0_0000n, { size: PAGE_2M });
  for (const sourceId of DEVICES) {
    tables.context(sourceId, { kind: "second-stage", secondStage, domain: 2 });
  }
  return tables.rootTableAddress;
}

async function createUnit(mode: Mode): Promise<Unit> {
  const memory = GuestMemory.create({ size: RAM });
  const root = mode === "legacy" ? legacyTables(memory) : scalableTables(memory);
  const iommu = await Iommu.create({ memory, caches: { iotlb: 16 } });
  iommu.write64(0x20, root);
  iommu.write32(0x18, 1 << 30);
  if (mode !== "off") iommu.write32(0x18, 1 << 31);
  const faults: FaultEvent[] = [];
  iommu.on("fault", (fault) => faults.push(fault));
  return { iommu, faults };
}

/** Requests of every kind, the same each time. */
function requests(count: number): MemoryRequest[] {
  let state = 3;
  const draw = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % limit;
  };
  const pick = <T>(choices: readonly T[]): T => choices[draw(choices.length)]!;
  return Array.from({ length: count }, () => {
    const pasid = pick([undefined, 1, 2, 3]);
    const pages = [
      1n,
      2n,
      3n,
      4n,
      5n,
      6n,
      0x201n,
      0x2e1n,
      0x301n,
      0x400n,
      0xfee00n,
      0x1_0000_0000_0000n,
    ];
    return {
      sourceId: pick(DEVICES),
      ...(pasid !== undefined && { pasid }),
      address: (pick(pages) << 12n) + BigInt(8 * draw(500)),
      access: pick(ACCESSES),
      size: pick([0, 1, 4, 8, 64]),
      privileged: draw(8) === 0,
      execute: draw(12) === 0,
    };
  });
}

function recordsOf(list: readonly MemoryRequest[]): Uint8Array {
  const records = new Uint8Array(list.length * RECORD);
  const view = new DataView(records.buffer);
  list.forEach((request, index) => {
    const flags = (request.privileged === true ? 4 : 0) | (request.execute === true ? 8 : 0);
    const at = index * RECORD;
    view.setBigUint64(at, request.address, true);
    view.setUint32(at + 8, request.sourceId, true);
    view.setUint32(at + 12, request.pasid ?? NO_PASID, true);
    const access = ACCESSES.indexOf(request.access) | flags | ((request.size ?? 8) << 16);
    view.setUint32(at + 16, access, true);
  });
  return records;
}

/** Status, fault reason and output address of each record. */
function answersOf(records: Uint8Array): unknown[] {
  const view = new DataView(records.buffer);
  return Array.from({ length: records.length / RECORD }, (_, index) => {
    const status = view.getUint32(index * RECORD + 20, true);
    const address = view.getBigUint64(index * RECORD + 24, true);
    return [status & 0xff, (status >>> 8) & 0xff, address];
  });
}

function answerOf(result: TranslateResult): unknown {
  switch (result.status) {
    case "ok":
      return [0, 0, result.address];
    case "interrupt":
      return [1, 0, result.address];
    case "fault":
      return [2, result.reason, 0n];
    case "blocked":
      return [3, 0, 0n];
  }
}

describe.each<Mode>(["scalable", "legacy", "off"])("a batch with translation %s", (mode) => {
  it("answers what single calls answer, in order, with the same faults and counters", async () => {
    const list = requests(6000);
    const one = await createUnit(mode);
    const records = recordsOf(list);
    const failures = one.iommu.translateBatch(records);
    const other = await createUnit(mode);
    const expected = list.map((request) => answerOf(other.iommu.translate(request)));
    expect(answersOf(records)).toEqual(expected);
    expect(failures).toBe(expected.filter((answer) => (answer as number[])[0] !== 0).length);
    expect(one.faults).toEqual(other.faults);
    expect(one.iommu.counters()).toEqual(other.iommu.counters());
    expect(new Set(expected.map((answer) => (answer as number[])[0])).size).toBeGreaterThan(1);
  });

  it("answers what the hi/lo form answers", async () => {
    const list = requests(2000);
    const { iommu } = await createUnit(mode);
    const records = recordsOf(list);
    iommu.translateBatch(records);
    const other = await createUnit(mode);
    const words = new Int32Array(recordsOf(list).buffer);
    const answers = list.map((_, index) => {
      const at = (index * RECORD) / 4;
      const [low, high, sourceId, pasid, access] = words.subarray(at, at + 5);
      const status = other.iommu.translateWords(sourceId!, pasid!, low!, high!, access!);
      const { translatedHigh, translatedLow } = other.iommu;
      return [status, status === 2 ? 0n : (BigInt(translatedHigh) << 32n) | BigInt(translatedLow)];
    });
    const expected = answersOf(records).map((answer) => {
      const [status, , address] = answer as [number, number, bigint];
      return [status, address];
    });
    expect(answers).toEqual(expected);
  });
});

describe("an entry of the IOTLB that reaches into the interrupt address range", () => {
  it("VTD-3.15: serves the rest of its page, and denies the range each time", async () => {
    const { iommu } = await createUnit("scalable");
    const request = (address: bigint) =>
      iommu.translate({ sourceId: 0x0010, pasid: 1, address, access: "read", size: 4 });
    for (let times = 0; times < 2; times++) {
      expect(request(0x30_0040n)).toMatchObject({ status: "ok", address: 0xfef0_0040n });
      expect(request(0x20_0040n)).toMatchObject({ status: "fault", condition: "SGN.8.1" });
    }
    expect(iommu.counters().iotlbHits).toBe(3n);
  });
});
