import { describe, expect, it } from "vitest";

import {
  FirstStageTable,
  FrameAllocator,
  PAGE_1G,
  PAGE_2M,
  type PageSize,
} from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";

const P = 1n;
const RW = 2n;
const US = 4n;
const A = 1n << 5n;
const D = 1n << 6n;
const PS = 1n << 7n;
const G = 1n << 8n;
const EA = 1n << 10n;

function setUp(options: { levels?: 4 | 5; accessed?: boolean; hostAddressWidth?: number } = {}) {
  const memory = new MapMemory();
  const frames = new FrameAllocator({ start: 0x10_0000n, end: 0x20_0000n });
  return { memory, table: new FirstStageTable({ memory, frames, ...options }) };
}

/** Index of an entry in its table, by the bits of the reference: PTE 20:12, PDE 29:21 and so on. */
const iovaOf = (pml5: number, pml4: number, pdpe: number, pde: number, pte: number) =>
  (BigInt(pml5) << 48n) |
  (BigInt(pml4) << 39n) |
  (BigInt(pdpe) << 30n) |
  (BigInt(pde) << 21n) |
  (BigInt(pte) << 12n);

describe("a first-stage table (§3.6, §9.7)", () => {
  it("has four levels of tables, indexed by bits 47:39, 38:30, 29:21 and 20:12", () => {
    const { memory, table } = setUp();
    table.map(iovaOf(0, 3, 5, 7, 9), 0x1234_5000n);
    const pml4e = memory.at(table.pointer + 8n * 3n);
    const pdpe = memory.at((pml4e & ~0xfffn) + 8n * 5n);
    const pde = memory.at((pdpe & ~0xfffn) + 8n * 7n);
    const pte = memory.at((pde & ~0xfffn) + 8n * 9n);
    expect([pml4e, pdpe, pde].map((entry) => entry & 0xfffn)).toEqual([7n, 7n, 7n]);
    expect(pte).toBe(0x1234_5000n | P | RW | US);
  });

  it("has five levels when asked, the root indexed by bits 56:48", () => {
    const { memory, table } = setUp({ levels: 5 });
    table.map(iovaOf(0xff, 1, 0, 0, 0), 0x1234_5000n);
    const pml5e = memory.at(table.pointer + 8n * 0xffn);
    expect(pml5e & 0xfffn).toBe(P | RW | US);
    expect(memory.at((pml5e & ~0xfffn) + 8n) & P).toBe(P);
    expect(table.walk(iovaOf(0xff, 1, 0, 0, 0)).map((step) => step.level)).toEqual([5, 4, 3, 2, 1]);
  });

  it.each([
    ["2 MiB in a PDE", PAGE_2M, 2 as const, iovaOf(0, 1, 2, 3, 0)],
    ["1 GiB in a PDPE", PAGE_1G, 3 as const, iovaOf(0, 1, 2, 0, 0)],
  ])("maps %s with PS set", (_, size, level, iova) => {
    const { memory, table } = setUp();
    table.map(iova, 0x8000_0000n, { size });
    expect(table.walk(iova).at(-1)).toMatchObject({ level, leaf: true });
    expect(memory.at(table.entryAddress(iova, level))).toBe(0x8000_0000n | PS | P | RW | US);
    expect(table.lookup(iova + 0x1234n)).toMatchObject({ physical: 0x8000_1234n, size });
  });

  it.each([
    [{ write: false }, P | US],
    [{ user: false }, P | RW],
    [{ accessed: true }, P | RW | US | A],
    [{ dirty: true }, P | RW | US | D],
    [{ global: true }, P | RW | US | G],
    [{ extendedAccessed: true }, P | RW | US | EA],
  ])("writes the leaf's flags for %o", (attributes, flags) => {
    const { memory, table } = setUp();
    table.map(0x1000n, 0x5000n, attributes);
    expect(memory.at(table.entryAddress(0x1000n, 1))).toBe(0x5000n | flags);
  });

  it("sets the accessed flag of entries that point to tables when asked", () => {
    const { memory, table } = setUp({ accessed: true });
    table.map(0x1000n, 0x5000n);
    for (const level of [4, 3, 2] as const) {
      expect(memory.at(table.entryAddress(0x1000n, level)) & 0xfffn).toBe(P | RW | US | A);
    }
  });

  it("maps the upper half of the canonical addresses, up to the last page", () => {
    const { memory, table } = setUp();
    table.map(0xffff_8000_0000_0000n, 0x5000n);
    table.map(0xffff_ffff_ffff_f000n, 0x6000n);
    expect(memory.at(table.pointer + 8n * 256n) & P).toBe(P);
    expect(memory.at(table.pointer + 8n * 511n) & P).toBe(P);
    expect(table.lookup(0xffff_ffff_ffff_ffffn)?.physical).toBe(0x6fffn);
  });

  it.each([
    [4 as const, 0x0000_8000_0000_0000n, "48 bits, bits 63:47"],
    [4 as const, 0xffff_7fff_ffff_f000n, "48 bits, bits 63:47"],
    [5 as const, 0x0100_0000_0000_0000n, "57 bits, bits 63:56"],
    [4 as const, 0x1_0000_0000_0000_0000n, "48 bits, bits 63:47"],
    [4 as const, -0x1000n, "48 bits, bits 63:47"],
  ])(
    "refuses with %i levels the address %#, which is not canonical (§3.6)",
    (levels, iova, why) => {
      const { table } = setUp({ levels });
      expect(() => table.map(iova, 0x5000n)).toThrow(RangeError);
      expect(() => table.map(iova, 0x5000n)).toThrow(`expected canonical addresses of ${why}`);
    },
  );

  it("refuses a run across the hole between the two halves", () => {
    const { table } = setUp();
    expect(() => table.map(0x7fff_ffff_f000n, 0x5000n, { count: 2 })).toThrow(
      "iova 0x7ffffffff000 to 0x800000000fff",
    );
  });

  it("refuses other numbers of levels", () => {
    expect(() => setUp({ levels: 3 as 4 })).toThrow(new RangeError("levels 3: expected 4 or 5"));
  });
});

describe("map and unmap", () => {
  it.each([
    [0x1001n, 0x5000n, {}, "iova 0x1001: expected a multiple of the page size 0x1000"],
    [0x1000n, 0x5800n, {}, "physical 0x5800: expected a multiple of the page size 0x1000"],
    [0x1000n, 0n, { size: PAGE_2M }, "iova 0x1000: expected a multiple of the page size 0x200000"],
    [0n, 0x1000n, { size: PAGE_2M }, "physical 0x1000: expected a multiple of the page size"],
    [0n, 0n, { size: 0x2000 as PageSize }, "size 0x2000: expected 0x1000, 0x200000, 0x40000000"],
    [0n, 0n, { count: 0 }, "count 0: expected a positive number of pages"],
    [0n, 1n << 52n, {}, "expected addresses below 0x10000000000000"],
    [0n, -0x1000n, {}, "physical -0x1000 to -0x1: expected addresses below"],
  ])("refuse iova %s to %s with %o", (iova, physical, options, why) => {
    const { table } = setUp();
    expect(() => table.map(iova, physical, options)).toThrow(RangeError);
    expect(() => table.map(iova, physical, options)).toThrow(why);
  });

  it("refuse addresses beyond the host address width", () => {
    const { table } = setUp({ hostAddressWidth: 36 });
    table.map(0n, (1n << 36n) - 0x1000n);
    expect(() => table.map(0x1000n, (1n << 36n) - 0x1000n, { count: 2 })).toThrow(
      "physical 0xffffff000 to 0x1000000fff: expected addresses below 0x1000000000",
    );
    expect(() => setUp({ hostAddressWidth: 53 })).toThrow("hostAddressWidth 53: expected 12 to 52");
  });

  it("refuse a page where one is mapped, naming the entry, and map nothing of the run", () => {
    const { memory, table } = setUp();
    table.map(0x3000n, 0x5000n);
    const before = [...memory.words];
    expect(() => table.map(0x1000n, 0x8000n, { count: 4 })).toThrow(
      /iova 0x3000: a page is mapped there already, see the level 1 entry 0x5007 at 0x/,
    );
    expect(() => table.map(0n, 0n, { size: PAGE_2M })).toThrow("iova 0x0: a page is mapped there");
    expect([...memory.words]).toEqual(before);
  });

  it("refuse a small page under a large one", () => {
    const { table } = setUp();
    table.map(0n, 0n, { size: PAGE_2M });
    expect(() => table.map(0x5000n, 0n)).toThrow("iova 0x5000: a page is mapped there already");
  });

  it("refuse to remove what is not there, and remove nothing of the run", () => {
    const { table } = setUp();
    table.map(0x1000n, 0x5000n, { count: 2 });
    table.map(0x20_0000n, 0n, { size: PAGE_2M });
    expect(() => table.unmap(0x1000n, { count: 3 })).toThrow("iova 0x3000: expected a mapped page");
    expect(table.lookup(0x1000n)?.physical).toBe(0x5000n);
    expect(() => table.unmap(0x20_0000n, { size: 0x1000 })).toThrow(
      "iova 0x200000: expected a page of 0x1000, found 0x200000",
    );
    expect(() => table.unmap(0x20_1000n)).toThrow("iova 0x201000: expected a multiple");
  });

  it("clear only the leaf; tables without pages stay until prune detaches them", () => {
    const { memory, table } = setUp();
    table.map(0x1000n, 0x5000n);
    table.map(iovaOf(0, 1, 0, 0, 0), 0x6000n);
    const entries = table.walk(0x1000n);
    table.unmap(0x1000n);
    const tables = entries.slice(0, -1).map(({ value }) => value & ~0xfffn);
    expect(entries.map(({ address }) => memory.at(address) & P)).toEqual([1n, 1n, 1n, 0n]);
    expect(table.prune()).toEqual([...tables].reverse());
    expect(memory.at(entries[0]?.address ?? 0n)).toBe(0n);
    expect(table.lookup(iovaOf(0, 1, 0, 0, 0))?.physical).toBe(0x6000n);
    expect(table.prune()).toEqual([]);
  });

  it("replace tables without pages by a large page, and prune gives back their frames", () => {
    const { table } = setUp();
    table.map(0x1000n, 0x5000n);
    const [, pdpe, pde] = table.walk(0x1000n);
    table.unmap(0x1000n);
    table.map(0n, 0x4000_0000n, { size: PAGE_1G });
    expect(table.walk(0x1000n).at(-1)?.level).toBe(3);
    const detached = [pde, pdpe].map((step) => (step?.value ?? 0n) & ~0xfffn);
    expect(table.prune()).toEqual(detached);
  });
});

describe("entries of a page table", () => {
  it("can be read and spoilt by the names of the manual, or bit by bit", () => {
    const { memory, table } = setUp();
    table.map(0x1000n, 0x5000n);
    const pde = table.entry(0x1000n, 2);
    expect(pde.address).toBe(table.entryAddress(0x1000n, 2));
    const pageTable = memory.at(pde.address) & ~0xfffn;
    expect(pde.get("ADDR")).toBe(pageTable);
    pde.set({ RW: 0 });
    expect(memory.at(pde.address)).toBe(pageTable | P | US);
    pde.setBits(51, 51, 1);
    expect(memory.at(pde.address)).toBe(pageTable | P | US | (1n << 51n));
    expect(pde.getBits(51)).toBe(1n);
  });

  it("are looked up as hardware reads them: bit 12 of a large leaf is PAT, PS in a PML4E is reserved", () => {
    const { table } = setUp();
    table.map(0n, 0x4000_0000n, { size: PAGE_2M });
    table.entry(0n, 2).setBits(12, 12, 1);
    expect(table.lookup(0x234n)?.physical).toBe(0x4000_0234n);
    table.entry(0n, 4).set({ PS: 1 });
    expect(table.walk(0n).map((step) => step.level)).toEqual([4, 3, 2]);
  });

  it("that no walk reaches have no address, and the error says why", () => {
    const { table } = setUp();
    expect(() => table.entryAddress(0x1000n, 1)).toThrow(
      "iova 0x1000: no table of level 1, the entry at level 4 is not present",
    );
    table.map(0n, 0n, { size: PAGE_2M });
    expect(() => table.entryAddress(0x1000n, 1)).toThrow("the entry at level 2 maps a page");
    expect(() => table.entryAddress(0x1000n, 5)).toThrow("level 5: expected 1 to 4");
  });

  it("that memory does not answer for are named by their address", () => {
    const { memory, table } = setUp();
    table.map(0x1000n, 0x5000n);
    const address = table.entryAddress(0x1000n, 3);
    memory.refused.add(address);
    expect(() => table.lookup(0x1000n)).toThrow(
      `the word at 0x${address.toString(16)} cannot be read`,
    );
  });
});
