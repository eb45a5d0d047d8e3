import { describe, expect, it } from "vitest";
import { dmarTable } from "../../host/acpi/dmar.js";
import { parseTable, structuresOf } from "./parse.js";

const place = [{ device: 0x10, function: 0 }] as const;
const endpoint = { kind: "endpoint", path: place } as const;

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
        interruptRemapping: true,
        x2apicOptOut: true,
        units: [
          {
            base: 0x12_3456_6000n,
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
    expect(table.view.getUint8(37)).toBe(3);
    const [unit, ...others] = structuresOf(table, 48, 2);
    expect(others).toEqual([]);
    expect(unit?.bytes).toEqual([
      ...[0, 0, 24, 0, 1, 1, 2, 0],
      ...[0x00, 0x60, 0x56, 0x34, 0x12, 0, 0, 0],
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

  it("describes affinities, ACPI devices and properties of integrated devices (§8.6, §8.7, §8.9)", () => {
    const acpiDevice = {
      kind: "namespace",
      enumerationId: 3,
      startBus: 0xf0,
      path: place,
    } as const;
    const table = parseTable(
      dmarTable({
        hostAddressWidth: 48,
        units: [{ base: 0xfed9_0000n, includeAll: true, scopes: [acpiDevice] }],
        affinities: [{ base: 0xfed9_0000n, proximityDomain: 0x8765_4321 }],
        namespaceDevices: [{ number: 3, name: "\\_SB.I2C0" }],
        deviceProperties: [
          {
            segment: 2,
            devices: [
              { scope: endpoint, nestedNotAllowed: true, pageSnoopNotAllowed: true },
              { scope: acpiDevice, atcHardened: true, atcRequired: true },
              { scope: endpoint, pageWalkSnoopNotAllowed: true },
            ],
          },
        ],
      }),
    );
    expect(table.sum).toBe(0);
    const [unit, affinity, device, properties, ...others] = structuresOf(table, 48, 2);
    expect(others).toEqual([]);
    expect(unit?.bytes.slice(16)).toEqual([5, 8, 0, 0, 3, 0xf0, 0x10, 0]);
    expect(affinity?.bytes).toEqual([
      ...[3, 0, 20, 0, 0, 0, 0, 0],
      ...[0, 0, 0xd9, 0xfe, 0, 0, 0, 0],
      ...[0x21, 0x43, 0x65, 0x87],
    ]);
    const name = [..."\\_SB.I2C0"].map((letter) => letter.charCodeAt(0));
    expect(device?.bytes).toEqual([4, 0, 18, 0, 0, 0, 0, 3, ...name, 0]);
    expect(properties?.bytes).toEqual([
      ...[6, 0, 32, 0, 0, 0, 2, 0],
      ...[1, 8, 0b00101, 0, 0, 0, 0x10, 0],
      ...[5, 8, 0b11000, 0, 3, 0xf0, 0x10, 0],
      ...[1, 8, 0b00010, 0, 0, 0, 0x10, 0],
    ]);
  });

  const width = { hostAddressWidth: 39 };
  const all = { base: 0xfed9_0000n, includeAll: true };
  it.each([
    [
      "includeAll before another unit of the segment",
      { ...width, units: [all, { base: 0n, scopes: [endpoint] }] },
      /last one/,
    ],
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
      { ...width, units: [{ base: 0n, scopes: [{ kind: "bridge" as const, path: [] }] }] },
      /at least one step/,
    ],
    [
      "a device that PCI does not have",
      {
        ...width,
        units: [{ base: 0n, scopes: [{ ...endpoint, path: [{ device: 32, function: 0 }] }] }],
      },
      /no device 32/,
    ],
    ["a width of no bits", { hostAddressWidth: 0, units: [all] }, /is 0: expected 1 to 64 bits/],
    ["a table without unit", { ...width, units: [] }, /at least one unit/],
    [
      "registers that are not aligned to their size",
      { ...width, units: [{ ...all, base: 0x3000n, sizeLog2: 1 }] },
      "the register base of a unit must be a multiple of 8192, got 0x3000",
    ],
    [
      "registers that overlap",
      {
        ...width,
        units: [
          { base: 0x5000n, scopes: [endpoint] },
          { ...all, base: 0x4000n, sizeLog2: 1 },
        ],
      },
      "the registers at 0x4000 and 0x5000 overlap",
    ],
    [
      "a device in the scopes of two units (§3.3)",
      {
        ...width,
        units: [
          { base: 0x1000n, scopes: [endpoint] },
          { base: 0x2000n, scopes: [endpoint] },
        ],
      },
      "0:10.0 is in the scopes of units 0 and 1",
    ],
    [
      "an endpoint in the scope of a unit with includeAll (§8.3.1)",
      { ...width, units: [{ ...all, scopes: [endpoint] }] },
      "a unit with includeAll has scopes of kind ioapic or hpet or namespace, not endpoint",
    ],
    [
      "an HPET behind a bridge",
      {
        ...width,
        units: [{ ...all, scopes: [{ kind: "hpet" as const, path: [...place, ...place] }] }],
      },
      /kind hpet has one step, got 2/,
    ],
    [
      "a start bus that does not exist",
      { ...width, units: [{ base: 0n, scopes: [{ ...endpoint, startBus: 256 }] }] },
      "startBus of a device scope is 256: expected 0 to 255",
    ],
    ["an opt-out of x2APIC alone", { ...width, units: [all], x2apicOptOut: true }, /only with/],
    [
      "reserved memory that nobody uses",
      { ...width, units: [all], reservedRegions: [{ base: 0n, limit: 4095n, scopes: [] }] },
      /needs the devices that use it/,
    ],
    [
      "an endpoint among the root ports",
      { ...width, units: [all], rootPorts: [{ scopes: [endpoint] }] },
      "a list of root ports has scopes of kind bridge, not endpoint",
    ],
    [
      "an affinity of no unit",
      { ...width, units: [all], affinities: [{ base: 0x1000n, proximityDomain: 0 }] },
      /at 0x1000: there is none/,
    ],
    [
      "a unit without affinity beside one with",
      {
        ...width,
        units: [{ base: 0x1000n, scopes: [endpoint] }, all],
        affinities: [{ base: 0x1000n, proximityDomain: 0 }],
      },
      "the unit at 0xfed90000 needs one affinity: others have it (§8.6)",
    ],
    [
      "two ACPI devices with one number",
      {
        ...width,
        units: [all],
        namespaceDevices: [
          { number: 1, name: "\\_SB.A" },
          { number: 1, name: "\\_SB.B" },
        ],
      },
      "two ACPI devices have the number 1 (§8.7)",
    ],
    [
      "an ACPI device with a relative name",
      { ...width, units: [all], namespaceDevices: [{ number: 1, name: "I2C0" }] },
      /expected a fully qualified name/,
    ],
    [
      "a scope of an ACPI device that is not declared",
      { ...width, units: [{ ...all, scopes: [{ kind: "namespace" as const, path: place }] }] },
      "a scope names ACPI device 0: there is none",
    ],
    [
      "integrated devices behind a bridge (§8.8)",
      {
        ...width,
        units: [all],
        integratedDevices: [{ scopes: [{ ...endpoint, path: [...place, ...place] }] }],
      },
      "SATC names integrated devices: their path has one step",
    ],
    [
      "two lists of integrated devices with the same flag (§8.8)",
      {
        ...width,
        units: [all],
        integratedDevices: [{ scopes: [endpoint] }, { required: false, scopes: [endpoint] }],
      },
      /go into one list/,
    ],
    [
      "properties of a bridge (§8.9)",
      {
        ...width,
        units: [all],
        deviceProperties: [{ devices: [{ scope: { kind: "bridge" as const, path: place } }] }],
      },
      "SIDP has scopes of kind endpoint or namespace, not bridge",
    ],
    [
      "properties of nothing",
      { ...width, units: [all], deviceProperties: [{ devices: [] }] },
      /one/,
    ],
  ])("refuses %s", (_name, options, message) => {
    expect(() => dmarTable(options)).toThrow(message);
  });

  it("allows one unit with includeAll in each segment", () => {
    const units = [all, { ...all, base: 0xfed9_1000n, segment: 1 }];
    const table = parseTable(dmarTable({ hostAddressWidth: 39, units }));
    expect(structuresOf(table, 48, 2)).toHaveLength(2);
  });
});
