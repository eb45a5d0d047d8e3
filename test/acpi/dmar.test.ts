import { describe, expect, it } from "vitest";
import { dmarTable } from "../../host/acpi/dmar.js";
import { parseTable, structuresOf } from "./parse.js";

const endpoint = { kind: "endpoint", path: [{ device: 0x10, function: 0 }] } as const;

describe("DMAR (chapter 8)", () => {
  it("has the header of the manual: width, flags, revision 1, a sum of zero", () => {
    const table = parseTable(
      dmarTable({
        hostAddressWidth: 46,
        interruptRemapping: true,
        dmaControlOptIn: true,
        units: [{ base: 0xfed9_0000n, includeAll: true }],
      }),
    );
    expect(table.signature).toBe("DMAR");
    expect(table.revision).toBe(1);
    expect(table.sum).toBe(0);
    expect(table.length).toBe(table.view.byteLength);
    expect(table.view.getUint8(36)).toBe(45);
    expect(table.view.getUint8(37)).toBe(0b101);
    for (let at = 38; at < 48; at++) expect(table.view.getUint8(at)).toBe(0);
  });

  it("describes a unit that includes all, with its size and an I/O APIC (§8.3)", () => {
    const table = parseTable(
      dmarTable({
        hostAddressWidth: 39,
        x2apicOptOut: true,
        units: [
          {
            base: 0x12_3456_7000n,
            includeAll: true,
            sizeLog2: 1,
            segment: 2,
            scopes: [
              {
                kind: "ioapic",
                enumerationId: 9,
                startBus: 0xf0,
                path: [{ device: 31, function: 7 }],
              },
            ],
          },
        ],
      }),
    );
    expect(table.view.getUint8(37)).toBe(2);
    const [unit, ...others] = structuresOf(table, 48, 2);
    expect(others).toEqual([]);
    expect(unit?.bytes).toEqual([
      ...[0, 0, 24, 0, 1, 1, 2, 0],
      ...[0x00, 0x70, 0x56, 0x34, 0x12, 0, 0, 0],
      ...[3, 8, 0, 0, 9, 0xf0, 31, 7],
    ]);
  });

  it("describes units, reserved memory, root ports and integrated devices in order of type", () => {
    const bridge = {
      kind: "bridge",
      path: [
        { device: 1, function: 0 },
        { device: 2, function: 3 },
      ],
    } as const;
    const table = parseTable(
      dmarTable({
        hostAddressWidth: 48,
        units: [
          { base: 0xfed9_0000n, scopes: [endpoint] },
          { base: 0xfed9_1000n, includeAll: true },
        ],
        reservedRegions: [{ base: 0x10_0000n, limit: 0x10_ffffn, scopes: [endpoint] }],
        rootPorts: [{ scopes: [bridge] }, { allPorts: true, segment: 1 }],
        integratedDevices: [{ required: true, scopes: [endpoint] }],
      }),
    );
    expect(table.sum).toBe(0);
    const structures = structuresOf(table, 48, 2);
    expect(structures.map(({ type, length }) => [type, length])).toEqual([
      [0, 24],
      [0, 16],
      [1, 32],
      [2, 18],
      [2, 8],
      [5, 16],
    ]);
    const endpointScope = [1, 8, 0, 0, 0, 0, 0x10, 0];
    expect(structures[0]?.bytes.slice(4)).toEqual([
      ...[0, 0, 0, 0, 0, 0, 0xd9, 0xfe, 0, 0, 0, 0],
      ...endpointScope,
    ]);
    expect(structures[2]?.bytes.slice(4)).toEqual([
      ...[0, 0, 0, 0],
      ...[0, 0, 0x10, 0, 0, 0, 0, 0],
      ...[0xff, 0xff, 0x10, 0, 0, 0, 0, 0],
      ...endpointScope,
    ]);
    expect(structures[3]?.bytes.slice(4)).toEqual([0, 0, 0, 0, 2, 10, 0, 0, 0, 0, 1, 0, 2, 3]);
    expect(structures[4]?.bytes.slice(4)).toEqual([1, 0, 1, 0]);
    expect(structures[5]?.bytes.slice(4)).toEqual([1, 0, 0, 0, ...endpointScope]);
  });

  const width = { hostAddressWidth: 39 };
  const all = { base: 0xfed9_0000n, includeAll: true };
  it.each([
    ["includeAll before another unit of the segment", { ...width, units: [all, all] }, /last one/],
    ["a base inside a page", { ...width, units: [{ ...all, base: 8n }] }, /multiple of 4096/],
    ["a unit that covers nothing", { ...width, units: [{ base: 0n }] }, /scopes or includeAll/],
    ["a size above 2^15 pages", { ...width, units: [{ ...all, sizeLog2: 16 }] }, /0 to 15/],
    [
      "an exclusive limit of reserved memory",
      { ...width, units: [all], reservedRegions: [{ base: 0n, limit: 4096n, scopes: [] }] },
      /end of a reserved region/,
    ],
    [
      "reserved memory that ends before it begins",
      { ...width, units: [all], reservedRegions: [{ base: 8192n, limit: 4095n, scopes: [] }] },
      /before it begins/,
    ],
    ["root ports that are none", { ...width, units: [all], rootPorts: [{}] }, /all ports/],
    [
      "a scope without path",
      { ...width, units: [{ ...all, scopes: [{ kind: "bridge" as const, path: [] }] }] },
      /at least one step/,
    ],
    [
      "a device that PCI does not have",
      {
        ...width,
        units: [{ ...all, scopes: [{ ...endpoint, path: [{ device: 32, function: 0 }] }] }],
      },
      /no device 32/,
    ],
    ["a width that fits no byte", { hostAddressWidth: 0, units: [all] }, /does not fit/],
  ])("refuses %s", (_name, options, message) => {
    expect(() => dmarTable(options)).toThrow(message);
  });

  it("allows one unit with includeAll in each segment", () => {
    const units = [all, { ...all, segment: 1 }];
    const table = parseTable(dmarTable({ hostAddressWidth: 39, units }));
    expect(structuresOf(table, 48, 2)).toHaveLength(2);
  });
});
