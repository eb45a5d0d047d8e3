import { describe, expect, it } from "vitest";

import {
  FrameAllocator,
  PAGE_1G,
  PAGE_2M,
  SecondStageTable,
  type SecondStageOptions,
} from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";

const R = 1n;
const W = 2n;
const PS = 1n << 7n;
const A = 1n << 8n;
const D = 1n << 9n;
const SNP = 1n << 11n;
const IR = 1n << 61n;
const IW = 1n << 62n;

function setUp(options: Partial<SecondStageOptions> = {}) {
  const memory = new MapMemory();
  const frames = new FrameAllocator({ start: 0x10_0000n, end: 0x20_0000n });
  return { memory, table: new SecondStageTable({ memory, frames, ...options }) };
}

describe("a second-stage table (§3.7, §9.8)", () => {
  it.each([
    [3 as const, 30n],
    [4 as const, 39n],
    [5 as const, 48n],
  ])("with %i levels indexes its root by the nine bits from the right one on", (levels, shift) => {
    const { memory, table } = setUp({ levels });
    const iova = 5n << shift;
    table.map(iova, 0x1234_5000n);
    let address = table.pointer + 8n * 5n;
    for (let level = levels; level > 1; level--) {
      const entry = memory.at(address);
      expect(entry & 0xfffn).toBe(R | W);
      address = entry & ~0xfffn;
    }
    expect(memory.at(address)).toBe(0x1234_5000n | R | W);
    expect(table.entryAddress(iova, 1)).toBe(address);
  });

  it.each([
    [{ write: false }, R],
    [{ read: false }, W],
    [{ snoop: true }, R | W | SNP],
    [{ accessed: true }, R | W | A],
    [{ dirty: true }, R | W | D],
    [{ size: PAGE_2M }, R | W | PS],
    [{ size: PAGE_1G }, R | W | PS],
  ])("writes the leaf's flags for %o", (options, flags) => {
    const { memory, table } = setUp();
    table.map(0x4000_0000n, 0x8000_0000n, options);
    const leaf = table.walk(0x4000_0000n).at(-1);
    expect(memory.at(leaf?.address ?? 0n)).toBe(0x8000_0000n | flags);
  });

  it("with SSIRWE uses IR and IW beside R and W, and tells presence by them (§9.8)", () => {
    const { memory, table } = setUp({ ssirwe: true, levels: 3 });
    table.map(0x1000n, 0x5000n, { write: false });
    expect(memory.at(table.entryAddress(0x1000n, 3)) & ~0xf_ffff_f000n).toBe(R | W | IR | IW);
    const leaf = table.entry(0x1000n, 1);
    expect(leaf.read()).toEqual([0x5000n | R | IR]);
    leaf.set({ IR: 0 });
    expect(table.lookup(0x1000n)).toBeUndefined();
  });

  it("refuses a page with neither permission, which would not be present", () => {
    const { table } = setUp();
    expect(() => table.map(0n, 0n, { read: false, write: false })).toThrow(
      new RangeError("read false and write false: expected one of them, else it is no page"),
    );
  });

  it.each([
    [3 as const, 1n << 39n, "39 bits"],
    [4 as const, 1n << 48n, "48 bits"],
    [5 as const, 1n << 57n, "57 bits"],
    [4 as const, -0x1000n, "48 bits"],
  ])("refuses with %i levels addresses beyond its width", (levels, iova, width) => {
    const { table } = setUp({ levels });
    expect(() => table.map(iova, 0n)).toThrow(`expected addresses within ${width}`);
    if (iova > 0n) {
      expect(() => table.map(iova - 0x1000n, 0n, { count: 2 })).toThrow(`within ${width}`);
      table.map(iova - 0x1000n, 0n);
      expect(table.lookup(iova - 1n)?.physical).toBe(0xfffn);
    }
  });

  it("refuses other numbers of levels", () => {
    expect(() => setUp({ levels: 2 as 3 })).toThrow(new RangeError("levels 2: expected 3, 4 or 5"));
  });
});
