import { describe, expect, it } from "vitest";

import { FrameAllocator, LegacyTables, ScalableTables } from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";

function setUp() {
  const memory = new MapMemory();
  const frames = new FrameAllocator({ start: 0x10_0000n, end: 0x20_0000n });
  const tables = ScalableTables.create({ memory, frames });
  tables.context("00:02.0", { paside: true });
  const entry = tables.pasid("00:02.0", 5, { kind: "pass-through", domain: 0x1234 });
  return { memory, frames, tables, entry };
}

describe("an entry of a table", () => {
  it("is read and changed field by field, by the names of the manual", () => {
    const { memory, entry } = setUp();
    expect(entry.get("DID")).toBe(0x1234n);
    expect(entry.get("PGTT")).toBe(4n);
    entry.set({ PGTT: 7, SRE: true, FSPTPTR: 0x9000n });
    expect(memory.at(entry.address)).toBe(1n | (7n << 6n));
    expect(memory.at(entry.address + 16n)).toBe(0x9001n);
    expect(entry.get("FSPTPTR")).toBe(0x9000n);
    expect(entry.get("DID")).toBe(0x1234n);
  });

  it("can have its reserved bits set", () => {
    const { memory, entry } = setUp();
    entry.setBits(511, 510, 2n).setBits(5, 5, true);
    expect(memory.at(entry.address + 56n)).toBe(1n << 63n);
    expect(memory.at(entry.address)).toBe(1n | (1n << 5n) | (4n << 6n));
    expect(entry.getBits(511, 510)).toBe(2n);
  });

  it("can be written whole, and cleared", () => {
    const { entry } = setUp();
    const words = [1n, 2n, 3n, 4n, 5n, 6n, 7n, (1n << 64n) - 1n];
    expect(entry.write(words).read()).toEqual(words);
    expect(entry.clear().read()).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });

  it("keeps the present bit when only other words change", () => {
    const { memory, entry } = setUp();
    const start = memory.written.length;
    entry.set({ SRE: 1 });
    expect(memory.written.slice(start)).toEqual([entry.address + 16n]);
    entry.set({ SRE: 0, DID: 1 });
    expect(memory.at(entry.address) & 1n).toBe(1n);
  });

  it("names the known fields when asked for another", () => {
    const { tables, entry } = setUp();
    expect(() => entry.get("XYZ")).toThrow(/has no field "XYZ": expected one of .*PGTT.*/);
    expect(() => tables.directoryEntry("00:02.0", 5).set({ Q: 1 })).toThrow('has no field "Q"');
  });

  it.each([
    [[1n], "1 words given, expected 8"],
    [[1n << 64n, 0n, 0n, 0n, 0n, 0n, 0n, 0n], "0x10000000000000000 is not within 64 bits"],
    [[-1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n], "-0x1 is not within 64 bits"],
  ])("refuses the words %s", (words, why) => {
    const { entry } = setUp();
    expect(() => entry.write(words)).toThrow(RangeError);
    expect(() => entry.write(words)).toThrow(why);
  });

  it.each([
    [64, 63],
    [512, 512],
    [3, 4],
    [1, -1],
    [1.5, 1],
  ])("refuses bits %s:%s", (high, low) => {
    const { entry } = setUp();
    expect(() => entry.setBits(high, low, 0)).toThrow(`bits ${high}:${low}: expected high >= low`);
    expect(() => entry.getBits(high, low)).toThrow(RangeError);
  });

  it.each([
    ["two context tables in one scalable root entry", "UCTP", 0x3000n],
    ["a directory pointer", "PASIDDIRPTR", (1n << 64n) - 0x1000n],
  ])("holds the whole address of %s", (_, field, address) => {
    const { tables } = setUp();
    const entry = field === "UCTP" ? tables.rootEntry("00:02.0") : tables.contextEntry("00:02.0");
    expect(entry.set({ [field]: address }).get(field)).toBe(address);
    expect(() => entry.set({ [field]: 1n << 64n })).toThrow("does not fit");
  });

  it("of legacy mode has its own fields", () => {
    const { memory, frames } = setUp();
    const tables = LegacyTables.create({ memory, frames });
    const entry = tables.context("00:02.0", { kind: "pass-through", domain: 1, addressWidth: 48 });
    entry.set({ TT: 3 });
    expect(memory.at(entry.address)).toBe(0xdn);
    expect(tables.rootEntry("00:02.0").set({ P: 0 }).get("P")).toBe(0n);
  });
});
