import { describe, expect, it } from "vitest";
import { Machine } from "../../host/machine.js";
import type { MachineOptions } from "../../host/machine/options.js";
import { parseTable, structuresOf, type ParsedStructure } from "../acpi/parse.js";

const memory = { size: 2 ** 20 };
const ENGINE_AT_2 = { bdf: "00:02.0", kind: "dma-engine" } as const;
const INTERRUPT_REMAPPING = { IR: 1 };
const WITHOUT_ATS = { DT: 0, PRS: 0, DIT: 0, PDS: 0, NWFS: 0, SMS: 0 };

async function dmarOf(options: Omit<MachineOptions, "memory">) {
  const machine = await Machine.create({ memory, units: [{}], ...options });
  const table = parseTable(machine.acpiTables()[2]!);
  expect([table.signature, table.sum]).toEqual(["DMAR", 0]);
  const structures = structuresOf(table, 48, 2);
  return { flags: table.view.getUint8(37), structures, machine };
}

/** Device scope entries from an offset of a structure: kind, flags, enumeration id, bus, path. */
function scopesOf(structure: ParsedStructure | undefined, from: number): number[][] {
  const { bytes } = structure!;
  const scopes: number[][] = [];
  for (let at = from; at < bytes.length; at += bytes[at + 1]!) {
    const [kind, , flags, , id, bus, ...path] = bytes.slice(at, at + bytes[at + 1]!);
    scopes.push([kind!, flags!, id!, bus!, ...path]);
  }
  return scopes;
}

const ofType = (structures: readonly ParsedStructure[], type: number) =>
  structures.filter((structure) => structure.type === type);

describe("DMAR of a machine", () => {
  const tree = [
    {
      at: "1c.0",
      kind: "root-port",
      below: [
        {
          at: "00.0",
          kind: "upstream-port",
          below: [
            {
              at: "03.0",
              kind: "downstream-port",
              below: [{ at: "00.0", kind: "dma-engine" }],
            },
          ],
        },
      ],
    },
    { at: "1c.1", kind: "root-port" },
  ] as const;

  it("§8.3.1: names functions by their paths through bridges", async () => {
    const { structures } = await dmarOf({
      units: [{ scope: ["02:03.0", "00:05.0"] }, {}],
      topology: { tree },
    });
    const [first, last] = ofType(structures, 0);
    expect(first?.bytes[4]).toBe(0);
    expect(scopesOf(first, 16)).toEqual([
      [2, 0, 0, 0, 0x1c, 0, 0, 0, 3, 0],
      [1, 0, 0, 0, 5, 0],
    ]);
    expect(last?.bytes[4]).toBe(1);
  });

  it("§8.3.1: has the same paths after software changed bus numbers", async () => {
    const units = [{ scope: ["03:00.0"] }, {}];
    const { machine, structures } = await dmarOf({ units, topology: { tree } });
    expect(scopesOf(structures[0], 16)).toEqual([[1, 0, 0, 0, 0x1c, 0, 0, 0, 3, 0, 0, 0]]);
    const before = machine.acpiTables();
    machine.config.write32(0x00e0, 0x18, 0x33_3000);
    expect(machine.acpiTables()).toEqual(before);
  });

  it("§8.1: says INTR_REMAP when every unit remaps interrupts, and where the I/O APIC is", async () => {
    const with2 = await dmarOf({
      units: [
        { scope: ["00:02.0"], capabilities: INTERRUPT_REMAPPING },
        { capabilities: INTERRUPT_REMAPPING },
      ],
    });
    expect(with2.flags).toBe(1);
    const [first, last] = ofType(with2.structures, 0);
    expect(scopesOf(first, 16)).toEqual([[1, 0, 0, 0, 2, 0]]);
    expect(scopesOf(last, 16)).toEqual([[3, 0, 0, 0xf0, 0x1f, 0]]);
    const with1 = await dmarOf({
      units: [{ scope: ["00:02.0"], preset: "legacy", capabilities: { IR: 0 } }, {}],
    });
    expect(with1.flags).toBe(0);
    expect(scopesOf(ofType(with1.structures, 0)[1], 16)).toEqual([]);
  });

  it("§8.1: has the flags that firmware sets", async () => {
    const units = [{ capabilities: INTERRUPT_REMAPPING }];
    const firmware = { x2apicOptOut: true, dmaControlOptIn: true };
    expect((await dmarOf({ units, firmware })).flags).toBe(7);
    const legacy = { units: [{ preset: "second-stage", capabilities: { IR: 0 } }] } as const;
    await expect(dmarOf({ ...legacy, firmware })).rejects.toThrow(/only with interruptRemapping/);
  });

  it("§8.5: names the root ports whose units serve device TLBs", async () => {
    const all = await dmarOf({ topology: { tree } });
    expect(ofType(all.structures, 2).map(({ bytes }) => bytes)).toEqual([[2, 0, 8, 0, 1, 0, 0, 0]]);
    const without = { preset: "second-stage", capabilities: WITHOUT_ATS } as const;
    const some = await dmarOf({
      units: [{ scope: ["03:00.0"], ...without }, {}],
      topology: { tree },
    });
    expect(scopesOf(ofType(some.structures, 2)[0], 8)).toEqual([[2, 0, 0, 0, 0x1c, 1]]);
    const none = await dmarOf({ units: [without], topology: { tree }, endpoints: [ENGINE_AT_2] });
    expect(none.structures.map(({ type }) => type)).toEqual([0]);
  });

  it("§8.8: tells integrated endpoints that need ATS from those that can use it", async () => {
    const { structures } = await dmarOf({
      endpoints: [
        ENGINE_AT_2,
        { bdf: "00:03.0", kind: "dma-engine" },
        { bdf: "00:04.0", kind: "edu" },
      ],
      firmware: { atcRequired: ["00:03.0"] },
    });
    const satc = ofType(structures, 5);
    expect(satc.map(({ bytes }) => bytes[4])).toEqual([1, 0]);
    expect(satc.map((each) => scopesOf(each, 8))).toEqual([
      [[1, 0, 0, 0, 3, 0]],
      [[1, 0, 0, 0, 2, 0]],
    ]);
    await expect(dmarOf({ firmware: { atcRequired: ["00:03.0"] } })).rejects.toThrow(
      "atcRequired names integrated endpoints with ATS, in the scope of a unit with ECAP.DT",
    );
  });

  it("§8.4, §8.6, §8.9: has what the user says of memory, nodes and devices", async () => {
    const { structures } = await dmarOf({
      endpoints: [ENGINE_AT_2],
      units: [{ scope: ["00:02.0"], proximityDomain: 1 }, { proximityDomain: 9 }],
      topology: { tree },
      firmware: {
        reservedRegions: [{ base: 0x8_0000n, size: 0x2000, devices: ["00:02.0", "00:1c.1"] }],
        deviceProperties: [{ device: "00:02.0", nestedNotAllowed: true, atcHardened: true }],
      },
    });
    const [rmrr] = ofType(structures, 1);
    expect(rmrr?.bytes.slice(8, 24)).toEqual([
      ...[0, 0, 8, 0, 0, 0, 0, 0],
      ...[0xff, 0x1f, 8, 0, 0, 0, 0, 0],
    ]);
    expect(scopesOf(rmrr, 24)).toEqual([
      [1, 0, 0, 0, 2, 0],
      [2, 0, 0, 0, 0x1c, 1],
    ]);
    expect(ofType(structures, 3).map(({ bytes }) => bytes.slice(8))).toEqual([
      [0, 0, 0xd9, 0xfe, 0, 0, 0, 0, 1, 0, 0, 0],
      [0, 0x40, 0xd9, 0xfe, 0, 0, 0, 0, 9, 0, 0, 0],
    ]);
    expect(scopesOf(ofType(structures, 6)[0], 8)).toEqual([[1, 0b1001, 0, 0, 2, 0]]);
  });
});

describe("the memory map of a machine", () => {
  it("§8.4: has reserved regions as such, and no RAM under registers", async () => {
    const machine = await Machine.create({
      memory: { size: 2 ** 20, regions: [{ start: 0x1_0000_0000n, size: 4096 }] },
      units: [{}],
      endpoints: [ENGINE_AT_2],
      topology: { ecam: { base: 0xc000_0000n, lastBus: 1 } },
      firmware: {
        reservedRegions: [
          { base: 0x4_0000n, size: 0x1000, devices: [0x10] },
          { base: 0xf_f000n, size: 0x1000n, devices: [0x10] },
        ],
      },
    });
    expect(machine.memoryMap()).toEqual([
      { start: 0n, size: 0x4_0000n, kind: "ram" },
      { start: 0x4_0000n, size: 0x1000n, kind: "reserved" },
      { start: 0x4_1000n, size: 0xb_e000n, kind: "ram" },
      { start: 0xf_f000n, size: 0x1000n, kind: "reserved" },
      { start: 0xc000_0000n, size: 0x20_0000n, kind: "reserved" },
      { start: 0xfed9_0000n, size: 0x4000n, kind: "reserved" },
      { start: 0x1_0000_0000n, size: 0x1000n, kind: "ram" },
    ]);
  });

  it.each([
    [0x4_0001n, 0x1000, "got 0x40001 with 4096 bytes"],
    [0x4_0000n, 0x1001, "got 0x40000 with 4097 bytes"],
    [0x4_0000n, 0, "with 0 bytes"],
    [0xf_f000n, 0x2000, "a reserved region is whole pages of RAM, got 0xff000 with 8192 bytes"],
  ])("reserves no %s with %s bytes", async (base, size, message) => {
    const reservedRegions = [{ base, size, devices: [0x10] }];
    await expect(Machine.create({ memory, firmware: { reservedRegions } })).rejects.toThrow(
      message,
    );
  });

  it("reserves for devices of places that exist", async () => {
    const reservedRegions = [{ base: 0n, size: 4096, devices: ["05:00.0"] }];
    await expect(Machine.create({ memory, firmware: { reservedRegions } })).rejects.toThrow(
      "no bridge leads to bus 5, needed for 05:00.0",
    );
  });
});
