import { describe, expect, it } from "vitest";
import { madtTable } from "../../host/acpi/madt.js";
import { mcfgTable } from "../../host/acpi/mcfg.js";
import { BIOS_AREA, layOutAcpi, writeAcpi } from "../../host/acpi/root-tables.js";
import { acpiTable } from "../../host/acpi/table.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { parseTable, structuresOf, sumOf, textOf } from "./parse.js";

describe("MADT", () => {
  it("lists processors, I/O APICs and overrides", () => {
    const table = parseTable(
      madtTable({
        processors: [{ apicId: 0 }, { apicId: 4 }],
        ioApics: [{ id: 2, address: 0xfec0_0000 }],
        overrides: [{ isaInterrupt: 0, interrupt: 2, flags: 5 }],
      }),
    );
    expect([table.signature, table.sum]).toEqual(["APIC", 0]);
    expect(table.view.getUint32(36, true)).toBe(0xfee0_0000);
    expect(table.view.getUint32(40, true)).toBe(1);
    expect(structuresOf(table, 44, 1).map(({ bytes }) => bytes)).toEqual([
      [0, 8, 0, 0, 1, 0, 0, 0],
      [0, 8, 1, 4, 1, 0, 0, 0],
      [1, 12, 2, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0],
      [2, 10, 0, 0, 2, 0, 0, 0, 5, 0],
    ]);
  });

  it("has one processor by default", () => {
    const table = parseTable(madtTable({ legacyPics: false, localApicAddress: 0xfee1_0000 }));
    expect(table.view.getUint32(36, true)).toBe(0xfee1_0000);
    expect(table.view.getUint32(40, true)).toBe(0);
    expect(structuresOf(table, 44, 1)).toHaveLength(1);
  });
});

describe("MCFG", () => {
  it("has 16 bytes for each region", () => {
    const table = parseTable(
      mcfgTable([
        { base: 0xb000_0000n, lastBus: 0 },
        { base: 1n << 40n, segment: 1, firstBus: 16 },
      ]),
    );
    expect([table.signature, table.sum, table.length]).toEqual(["MCFG", 0, 36 + 8 + 32]);
    expect(table.view.getBigUint64(44, true)).toBe(0xb000_0000n);
    expect(table.view.getUint32(52, true)).toBe(0);
    expect(table.view.getBigUint64(60, true)).toBe(1n << 40n);
    expect(table.view.getUint32(68, true)).toBe(0xff10_0001);
  });

  it("refuses an empty range of buses", () => {
    expect(() => mcfgTable([{ base: 0n, firstBus: 2, lastBus: 1 }])).toThrow(/2 to 1/);
  });
});

describe("an ACPI table", () => {
  it("needs a signature of four characters", () => {
    expect(() => acpiTable("DMA", 1, new Uint8Array(0))).toThrow(/4 characters/);
    expect(() => acpiTable("DMÄR", 1, new Uint8Array(0))).toThrow(/ASCII/);
  });
});

describe("the root of the tables", () => {
  const tables = [madtTable(), mcfgTable([{ base: 0xb000_0000n }])];

  it("can be found in the BIOS area by its signature, and leads to every table both ways", () => {
    const memory = GuestMemory.create({ size: 2 ** 20 });
    expect(writeAcpi(memory, tables, { at: 0xe_0010n })).toBe(0xe_0010n);
    let found: bigint | undefined;
    for (let at = BIOS_AREA.start; at < BIOS_AREA.end; at += 16n) {
      if (textOf(memory.readBytes(at, 8), 0, 8) === "RSD PTR ") found ??= at;
    }
    expect(found).toBe(0xe_0010n);
    const rsdp = memory.readBytes(0xe_0010n, 36);
    expect([sumOf(rsdp.subarray(0, 20)), sumOf(rsdp)]).toEqual([0, 0]);
    const view = new DataView(rsdp.buffer);
    expect([view.getUint8(15), view.getUint32(20, true)]).toEqual([2, 36]);
    const at = (address: bigint) => parseTable(memory.readBytes(address, 256));
    const rsdt = at(BigInt(view.getUint32(16, true)));
    const xsdt = at(view.getBigUint64(24, true));
    expect([rsdt.signature, rsdt.sum, rsdt.length]).toEqual(["RSDT", 0, 44]);
    expect([xsdt.signature, xsdt.sum, xsdt.length]).toEqual(["XSDT", 0, 52]);
    const by32 = [36, 40].map((i) => BigInt(rsdt.view.getUint32(i, true)));
    const by64 = [36, 44].map((i) => xsdt.view.getBigUint64(i, true));
    expect(by32).toEqual(by64);
    const reached = by64.map(at);
    expect(reached.map(({ signature, sum }) => [signature, sum])).toEqual([
      ["APIC", 0],
      ["MCFG", 0],
    ]);
  });

  it("may lie apart from the tables", () => {
    const placed = layOutAcpi(tables, { at: 0x7ff_0000n, rsdpAt: 0xf_0000n });
    expect(placed.map(({ name }) => name)).toEqual(["RSDP", "APIC", "MCFG", "XSDT", "RSDT"]);
    expect(placed[0]?.address).toBe(0xf_0000n);
    expect(placed[1]?.address).toBe(0x7ff_0000n);
    for (const { address } of placed) expect(address % 16n).toBe(0n);
  });

  it("has no RSDT when tables lie above 4 GiB", () => {
    const placed = layOutAcpi(tables, { at: 1n << 32n });
    expect(placed.map(({ name }) => name)).toEqual(["RSDP", "APIC", "MCFG", "XSDT"]);
    const rsdp = placed[0]?.bytes ?? new Uint8Array();
    expect(new DataView(rsdp.buffer).getUint32(16, true)).toBe(0);
  });

  it("needs a multiple of 16", () => {
    expect(() => layOutAcpi(tables, { at: 0xe_0008n })).toThrow(/multiple of 16/);
  });
});
