import { describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { Machine } from "../../host/machine.js";
import { operation } from "../../host/devices/dma-engine/registers.js";
import { parseTable, structuresOf } from "../acpi/parse.js";
import { Guest, R, UNIT } from "./guest.js";

const size = 2 ** 20;

describe("Machine", () => {
  it("has RAM, given or made", async () => {
    const memory = GuestMemory.create({ size });
    expect((await Machine.create({ memory })).memory).toBe(memory);
    const made = await Machine.create({ memory: { size } });
    expect(made.memory.contains(0n, size)).toBe(true);
  });

  it("shows the registers of each unit in its place of memory space", async () => {
    const machine = await Machine.create({
      memory: { size },
      units: [{ scope: ["00:02.0"] }, { preset: "legacy", base: 0xfed9_5000n }],
    });
    const [first, second] = machine.units;
    expect(machine.bus.read64(UNIT + 8n)).toBe(first?.capabilities.cap);
    expect(machine.bus.read64(0xfed9_5008n)).toBe(second?.capabilities.cap);
    expect(machine.bus.read32(0xfed9_5000n)).toBe(0x10);
    machine.bus.write64(UNIT + 0x20n, 0x5000n);
    expect(first?.read64(0x20)).toBe(0x5000n);
    expect(machine.bus.read(UNIT + 8n, 2)).toBe(0xffffn);
    expect(machine.bus.read32(0xfed9_6000n)).toBe(0xffff_ffff);
  });

  it("hands functions over as firmware does: placed, decoding, not bus masters", async () => {
    const machine = await Machine.create({
      memory: { size },
      endpoints: [
        { bdf: "00:02.0", kind: "dma-engine" },
        { bdf: "00:03.1", kind: "dma-engine", options: { queues: 1 } },
        { bdf: "01:00.0", kind: "dma-engine" },
        { bdf: "02:00.0", kind: "dma-engine" },
      ],
      topology: {
        bridges: [
          { bdf: "00:01.0", secondary: 1 },
          { bdf: "00:04.0", secondary: 2 },
        ],
      },
    });
    const { bus, config } = machine;
    const windows = [0x0010, 0x0019, 0x0100, 0x0200].map((bdf) => config.read32(bdf, 0x10));
    expect(new Set(windows).size).toBe(4);
    for (const base of windows) expect(bus.read32(BigInt(base))).toBe(0x4541_4d44);
    expect(bus.read32(BigInt(windows[1] ?? 0) + 8n) & 0xff).toBe(1);
    expect(config.read16(0x0010, 4)).toBe(2);
    expect(config.read16(0x0008, 4)).toBe(6);
    expect(bus.read32(0xb000_0000n + (0x0100n << 12n))).toBe(0xd3a1_1234);
    expect(machine.endpoint("01:00.0").id).toBe(0x0100);
  });

  it("lets DMA pass to memory where no unit is", async () => {
    const machine = await Machine.create({
      memory: { size },
      endpoints: [{ bdf: 0x10, kind: "dma-engine" }],
    });
    machine.config.write16(0x10, 4, 6);
    const base = BigInt(machine.config.read32(0x10, 0x10)) + 0x1000n;
    machine.bus.write32(base + 0x10n, 0x1000);
    machine.bus.write32(base + 0x0cn, 2);
    machine.bus.write32(base, 1);
    machine.memory.write32(0x1000n, operation.fill);
    machine.memory.write32(0x1004n, 8);
    machine.memory.write64(0x1010n, 0x8000n);
    machine.memory.write64(0x1018n, 0x1234n);
    machine.bus.write32(base + 0x1cn, 1);
    expect(machine.settle()).toBe(7);
    expect(machine.memory.read64(0x8000n)).toBe(0x1234n);
    expect(machine.settle()).toBe(0);
  });

  it("gives each unit the functions of its scope, and bridges with all below", async () => {
    const machine = await Machine.create({
      memory: { size },
      units: [{ scope: ["00:01.0"] }, { scope: ["00:02.0"] }, {}],
      endpoints: [
        { bdf: "00:02.0", kind: "dma-engine" },
        { bdf: "00:03.0", kind: "dma-engine" },
        { bdf: "01:00.0", kind: "dma-engine" },
      ],
      topology: { bridges: [{ bdf: "00:01.0", secondary: 1 }] },
    });
    // Every unit faults on an empty root table; the fault tells which unit was asked.
    const faults: [number, number][] = [];
    machine.units.forEach((unit, index) => {
      unit.on("fault", ({ sourceId }) => faults.push([index, sourceId]));
      unit.write64(R.rtaddr, 0x8000n | (1n << 10n));
      unit.write32(R.gcmd, 1 << 30);
      unit.write32(R.gcmd, (1 << 31) >>> 0);
    });
    for (const bdf of [0x10, 0x18, 0x100]) {
      machine.config.write16(bdf, 4, 6);
      const base = BigInt(machine.config.read32(bdf, 0x10)) + 0x1000n;
      machine.bus.write32(base + 0x0cn, 2);
      machine.bus.write32(base, 1);
      machine.bus.write32(base + 0x1cn, 1);
    }
    machine.settle();
    expect(faults).toEqual([
      [0, 0x100],
      [1, 0x10],
      [2, 0x18],
    ]);
  });

  it("keeps interrupt messages until they are taken, and tells listeners", async () => {
    const machine = await Machine.create({ memory: { size } });
    const seen: number[] = [];
    const stop = machine.interrupts.on(({ data }) => seen.push(data));
    machine.bus.deliverInterrupt({ address: 0xfee0_0000n, data: 1 });
    stop();
    machine.bus.deliverInterrupt({ address: 0xfee0_0000n, data: 2 });
    expect(seen).toEqual([1]);
    expect(machine.interrupts.pending).toHaveLength(2);
    expect(machine.interrupts.take().map(({ data }) => data)).toEqual([1, 2]);
    expect(machine.interrupts.pending).toEqual([]);
  });

  it("takes functions out and in while it runs", async () => {
    const guest = await Guest.boot();
    const { machine } = guest;
    machine.remove("00:02.0");
    expect(machine.config.read32(0x10, 0)).toBe(0xffff_ffff);
    expect(() => machine.endpoint(0x10)).toThrow("there is no endpoint at 00:02.0");
    machine.run(3);
    machine.add({ bdf: "00:02.0", kind: "dma-engine" });
    expect(machine.config.read32(0x10, 0)).toBe(0xd3a1_1234);
    expect(machine.config.read32(0x10, 0x10)).toBe(0);
  });

  it.each([
    ["a unit behind one that covers all", { units: [{}, {}] }, /only the last unit/],
    [
      "a unit inside a page",
      { units: [{ preset: "legacy" as const, base: 0xfed9_0008n }] },
      /multiple of 4096/,
    ],
    ["a unit inside its own size", { units: [{ base: 0xfed9_1000n }] }, /multiple of 16384/],
    ["two units in one place", { units: [{ scope: [8] }, { base: UNIT }] }, /overlaps/],
    ["a unit that covers nothing", { units: [{ scope: [] }] }, /unit 0 covers nothing/],
    ["a place that is no place", { endpoints: [{ bdf: "2", kind: "dma-engine" as const }] }, /"2"/],
    [
      "a kind of endpoint that does not exist",
      { endpoints: [{ bdf: 8, kind: "teapot" as "edu" }] },
      /no endpoint of kind "teapot"/,
    ],
    [
      "an endpoint on a bus that no bridge leads to",
      { endpoints: [{ bdf: "01:00.0", kind: "dma-engine" as const }] },
      /no bridge leads to bus 1/,
    ],
  ])("refuses %s", async (_name, options, message) => {
    await expect(Machine.create({ memory: { size }, ...options })).rejects.toThrow(message);
  });
});

describe("the ACPI tables of a machine", () => {
  it("describe its units, ports, integrated devices and configuration space", async () => {
    const machine = await Machine.create({
      memory: { size },
      units: [{ scope: ["00:01.0", "01:00.0"] }, { hostAddressWidth: 46 }],
      endpoints: [
        { bdf: "00:02.0", kind: "dma-engine" },
        { bdf: "01:00.0", kind: "dma-engine" },
      ],
      topology: {
        bridges: [{ bdf: "00:01.0", secondary: 1 }],
        ecam: { base: 0xc000_0000n, lastBus: 15 },
      },
    });
    const rsdp = machine.writeAcpi({ at: 0xe_0000n });
    const xsdtAt = new DataView(machine.memory.readBytes(rsdp, 36).buffer).getBigUint64(24, true);
    const at = (address: bigint) => parseTable(machine.memory.readBytes(address, 256));
    const xsdt = at(xsdtAt);
    const tables = [36, 44, 52].map((entry) => at(xsdt.view.getBigUint64(entry, true)));
    expect(tables.map(({ signature, sum }) => [signature, sum])).toEqual([
      ["APIC", 0],
      ["MCFG", 0],
      ["DMAR", 0],
    ]);
    const [, mcfg, dmar] = tables;
    expect(mcfg?.view.getBigUint64(44, true)).toBe(0xc000_0000n);
    expect(mcfg?.view.getUint8(55)).toBe(15);
    if (!dmar) throw new Error("no DMAR");
    expect(dmar.view.getUint8(36)).toBe(45);
    const structures = structuresOf(dmar, 48, 2);
    expect(structures.map(({ type }) => type)).toEqual([0, 0, 2, 5]);
    const endpointPath = [1, 10, 0, 0, 0, 0, 1, 0, 0, 0];
    expect(structures[0]?.bytes.slice(16)).toEqual([2, 8, 0, 0, 0, 0, 1, 0, ...endpointPath]);
    // Each unit has 2^2 pages of registers (§8.3), and they lie one behind the other.
    expect(structures[0]?.bytes.slice(4, 12)).toEqual([0, 2, 0, 0, 0, 0, 0xd9, 0xfe]);
    expect(structures[1]?.bytes.slice(4, 12)).toEqual([1, 2, 0, 0, 0, 0x40, 0xd9, 0xfe]);
    expect(structures[3]?.bytes.slice(8)).toEqual([1, 8, 0, 0, 0, 0, 2, 0]);
  });

  it("have no DMAR without a unit", async () => {
    const machine = await Machine.create({ memory: { size } });
    expect(machine.acpiTables()).toHaveLength(2);
  });
});
