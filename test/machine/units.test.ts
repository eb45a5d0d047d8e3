import { beforeEach, describe, expect, it } from "vitest";
import type { Iommu } from "../../host/iommu.js";
import { Machine } from "../../host/machine.js";
import type { UnitDescription } from "../../host/machine/options.js";
import type { GuestMemory } from "../../host/memory/guest-memory.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../../host/tables/index.js";
import { probeModel, type Probe } from "../pci/probe.js";

const FIRST = 0x0300; // behind a switch, in the scope of unit 0
const SECOND = 0x0010; // on bus 0, left to unit 1
const PASID = 5;
const IOVA = 0x7f00_0000_0000n;
const PAGES = [0x20_0000n, 0x30_0000n];
const R = { gcmd: 0x18, rtaddr: 0x20, iqt: 0x88, iqa: 0x90, pqt: 0xc8, pqa: 0xd0, fsts: 0x34 };
const QUEUE_ENABLE = 1 << 26;

let machine: Machine;
let first: Probe;
let second: Probe;

/** Two units with tables of their own in one memory; the same address leads to different pages. */
beforeEach(async () => {
  machine = await Machine.create({
    memory: { size: 8 * 2 ** 20 },
    units: [{ scope: ["00:1c.0"], invalidationTimeout: 10 }, { invalidationTimeout: 10 }],
    topology: {
      tree: [
        {
          at: "1c.0",
          kind: "root-port",
          below: [
            { at: "00.0", kind: "upstream-port", below: [{ at: "00.0", kind: "downstream-port" }] },
          ],
        },
      ],
    },
  });
  first = plug(FIRST);
  second = plug(SECOND);
  machine.units.forEach((unit, index) => {
    enable(unit, machine.memory, index);
  });
});

function plug(bdf: number): Probe {
  const probes: Probe[] = [];
  machine.bus.addEndpoint({ bdf, model: probeModel(probes) });
  machine.config.write16(bdf, 0x04, 6);
  return probes[0]!;
}

/** Tables that know both devices, so that only the scope decides which unit serves them. */
function enable(unit: Iommu, memory: GuestMemory, index: number): void {
  const start = 0x1_0000n + BigInt(index) * 0x8_0000n;
  const frames = new FrameAllocator({ start, end: start + 0x7_0000n });
  const tables = ScalableTables.create({ memory, frames });
  const firstStage = new FirstStageTable({ memory, frames });
  firstStage.map(IOVA, PAGES[index]!);
  for (const bdf of [FIRST, SECOND]) {
    tables.context(bdf, { dte: true, paside: true, pre: true });
    tables.pasid(bdf, PASID, { kind: "first-stage", domain: 1, firstStage });
  }
  unit.write64(R.rtaddr, tables.rootTableAddress);
  unit.write32(R.gcmd, 1 << 30);
  unit.write64(R.iqa, queueOf(index) | 0x800n);
  unit.write64(R.pqa, queueOf(index) + 0x1000n);
  unit.write32(R.gcmd, QUEUE_ENABLE);
  unit.write32(R.gcmd, (QUEUE_ENABLE | (1 << 31)) >>> 0);
}

const queueOf = (index: number) => 0x11_0000n + BigInt(index) * 0x1_0000n;

/** Puts one descriptor of 256 bits into the queue of a unit. */
function submit(index: number, low: bigint, high: bigint): void {
  const unit = machine.units[index]!;
  const tail = unit.read64(R.iqt);
  [low, high, 0n, 0n].forEach((word, at) => {
    machine.memory.write64(queueOf(index) + tail + BigInt(8 * at), word);
  });
  unit.write64(R.iqt, tail + 32n);
}

const inPasid = { pasid: PASID };

describe("two units in one machine", () => {
  it("§3.2: each translate the DMA of the functions in their scope", () => {
    first.dma.write(IOVA, Uint8Array.of(1), inPasid);
    second.dma.write(IOVA, Uint8Array.of(2), inPasid);
    expect(PAGES.map((page) => machine.memory.read8(page))).toEqual([1, 2]);
    expect(machine.units.map((unit) => unit.read32(R.fsts))).toEqual([0, 0]);
  });

  it("§4.2: each answer the translation requests of their functions, and let the results pass", () => {
    const [a, b] = [first, second].map(({ dma }) =>
      dma.requestTranslation({ address: IOVA, ...inPasid }),
    );
    expect([a, b]).toMatchObject(PAGES.map((address) => ({ status: "ok", address })));
    const translated = { translated: true };
    expect(first.dma.write(PAGES[0]!, Uint8Array.of(3), translated).status).toBe("ok");
    expect(second.dma.write(PAGES[1]!, Uint8Array.of(4), translated).status).toBe("ok");
    const passed = machine.units.map((unit) => unit.counters().translatedRequests);
    expect(passed).toEqual([1n, 1n]);
  });

  it("§7.4: each queue the page requests of their functions", () => {
    const request = { ...inPasid, address: IOVA, read: true, write: true, last: true, group: 3 };
    expect(first.dma.requestPage(request)).toEqual({ status: "accepted" });
    expect(machine.units.map((unit) => unit.read64(R.pqt))).toEqual([32n, 0n]);
    expect(second.dma.requestPage(request)).toEqual({ status: "accepted" });
    expect(machine.units.map((unit) => unit.read64(R.pqt))).toEqual([32n, 32n]);
    const rid = (index: number) => machine.memory.read16(queueOf(index) + 0x1002n);
    expect([rid(0), rid(1)]).toEqual([FIRST, SECOND]);
  });

  it("§7.6: answer the function that is named, and none of another unit", () => {
    const response = (rid: number) => 9n | 0x10n | (BigInt(rid) << 16n) | (BigInt(PASID) << 32n);
    submit(0, response(FIRST), 3n << 3n);
    expect(first.responses).toMatchObject([{ sourceId: FIRST, group: 3, code: 0 }]);
    submit(1, response(FIRST), 3n << 3n);
    submit(0, response(SECOND), 3n << 3n);
    expect([first.responses.length, second.responses.length]).toEqual([1, 0]);
  });

  it("§6.5.2.6: invalidate in the device that is named; one of another unit never answers", () => {
    const invalidate = (rid: number) => 8n | (BigInt(rid) << 16n) | (BigInt(PASID) << 32n);
    const ITE = 1 << 6;
    submit(0, invalidate(FIRST), IOVA);
    expect(first.invalidations).toMatchObject([{ sourceId: FIRST, address: IOVA }]);
    first.dma.completeInvalidation(first.invalidations[0]!.itag);
    machine.run(20);
    submit(0, invalidate(SECOND), IOVA);
    expect(second.invalidations).toEqual([]);
    expect(machine.units.map((unit) => unit.read32(R.fsts) & ITE)).toEqual([0, 0]);
    machine.run(20);
    expect(machine.units.map((unit) => unit.read32(R.fsts) & ITE)).toEqual([ITE, 0]);
  });

  it("§8.3.4: cover what is plugged in later below a bridge of theirs", () => {
    machine.remove("03:00.0");
    const again = plug(FIRST);
    again.dma.write(IOVA, Uint8Array.of(7), inPasid);
    expect(machine.memory.read8(PAGES[0]!)).toBe(7);
  });

  it("§8.3.5: keep their functions when software changes bus numbers", () => {
    const faults: [number, number][] = [];
    machine.units.forEach((unit, index) => {
      unit.on("fault", ({ sourceId }) => faults.push([index, sourceId]));
    });
    machine.config.write32(0x00e0, 0x18, 0x42_4000);
    machine.config.write32(0x4000, 0x18, 0x42_4140);
    machine.config.write32(0x4100, 0x18, 0x42_4241);
    first.dma.read(IOVA, 4, inPasid);
    expect(machine.bus.endpoint(0x4200)?.id).toBe(0x4200);
    expect(faults).toEqual([[0, 0x4200]]);
  });

  it("see each other's writes to memory: they share it", () => {
    const [one, other] = machine.units as [Iommu, Iommu];
    one.write64(R.rtaddr, other.read64(R.rtaddr));
    one.write32(R.gcmd, ((1 << 30) | QUEUE_ENABLE | (1 << 31)) >>> 0);
    submit(0, 0x13n, 0n); // context caches, then IOTLB, all
    submit(0, 0x12n, 0n);
    first.dma.write(IOVA, Uint8Array.of(9), inPasid);
    expect(machine.memory.read8(PAGES[1]!)).toBe(9);
  });
});

describe("the scopes of units", () => {
  const size = 2 ** 20;
  const bridges = [
    { bdf: "00:01.0", secondary: 1 },
    { bdf: "00:02.0", secondary: 2 },
  ];
  const create = (...scopes: UnitDescription["scope"][]) =>
    Machine.create({
      memory: { size },
      units: scopes.map((scope) => (scope === undefined ? {} : { scope })),
      endpoints: [
        { bdf: "01:00.0", kind: "dma-engine", ari: true },
        { bdf: "01:01.0", kind: "dma-engine", ari: true },
        { bdf: "02:00.0", kind: "dma-engine" },
        { bdf: "02:00.1", kind: "dma-engine" },
      ],
      topology: { bridges },
    });
  const unitsOf = ({ bus, units }: Machine) =>
    bus.topology.endpoints().map((each) => units.findIndex((unit) => unit === bus.unitOf(each)));

  it("name functions one by one, or bridges with all below", async () => {
    expect(unitsOf(await create(["02:00.1"], ["00:01.0"], "all"))).toEqual([1, 1, 2, 0]);
    expect(unitsOf(await create(["00:02.0"]))).toEqual([-1, -1, 0, 0]);
  });

  it("§8.3.2: that name an ARI device mean its extended functions too", async () => {
    expect(unitsOf(await create(["01:00.0"], undefined))).toEqual([0, 0, 1, 1]);
    await expect(create(["01:01.0"], undefined)).rejects.toThrow(
      "01:01.0 goes with 01:00.0: name that one (§8.3.2)",
    );
  });

  it("§3.3: do not overlap", async () => {
    await expect(create(["00:01.0"], ["01:00.0"])).rejects.toThrow(
      "01:00.0 is in the scopes of units 1 and 0 (§3.3)",
    );
    await expect(create(["02:00.0"], ["02:00.0"])).rejects.toThrow(/02:00.0 is in the scopes/);
    expect(unitsOf(await create(["00:01.0", "01:00.0"]))).toEqual([0, 0, -1, -1]);
  });

  it("name places that a bridge leads to", async () => {
    await expect(create(["07:00.0"])).rejects.toThrow(
      "no bridge leads to bus 7, needed for 07:00.0",
    );
  });
});
