import { beforeEach, describe, expect, it } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import { GuestMemory, Iommu, RegisterAccessError } from "../../host/index.js";
import { REG } from "./offsets.js";
import { dump, registerModels } from "./register-model.js";

const narrow = registerModels(resolveCapabilities({ preset: "full" })).filter(
  ({ bytes }) => bytes === 4,
);

/** Accesses that §11.2 leaves undefined, and what the error says about each. */
const misshapen: readonly (readonly [what: string, offset: number, size: number, why: RegExp])[] = [
  ["one byte", REG.FECTL, 1, /1-byte access .* 0x38: registers are accessed with 4 bytes/],
  ["two bytes", REG.FECTL, 2, /2-byte access .* 0x38: registers are accessed with 4 bytes/],
  ["three bytes", REG.FECTL, 3, /3-byte access .* 0x38/],
  ["16 bytes", REG.FRCD, 16, /16-byte access .* 0x220/],
  ["a dword at an odd address", REG.RTADDR + 1, 4, /0x21: must be aligned to its size/],
  ["a dword in the middle of two", REG.RTADDR + 2, 4, /0x22: must be aligned to its size/],
  ["a qword on its upper half", REG.RTADDR + 4, 8, /0x24: must be aligned to its size/],
  ["a qword from FRCD's second dword", REG.FRCD + 4, 8, /0x224: must be aligned to its size/],
  ["a dword behind the registers", 0x4000, 4, /0x4000: the register set has 0x4000 bytes/],
  ["a qword behind the registers", 0x4000, 8, /0x4000: the register set has 0x4000 bytes/],
  ["a dword far behind the registers", 0x10_0018, 4, /0x100018: the register set/],
  ...narrow.map(
    ({ name, offset }) =>
      [
        `a qword over the 32-bit register ${name}`,
        offset & ~7,
        8,
        /8-byte access .*: registers are accessed with 4 bytes, 64-bit registers with 4 or 8/,
      ] as const,
  ),
];

let iommu: Iommu;
beforeEach(async () => {
  iommu = await Iommu.create({ memory: GuestMemory.create({ size: 0x1000 }) });
});

describe("VTD-11.2, choice C7: an access of the wrong shape", () => {
  it.each(misshapen)("%s is answered with all ones on the bus", (_, offset, size, why) => {
    const { value, problem } = iommu.access({ kind: "read", offset, size });
    expect(value).toBe((1n << BigInt(8 * Math.min(size, 8))) - 1n);
    expect(problem).toMatch(why);
  });

  it.each(misshapen)("%s is dropped as a write", (_, offset, size, why) => {
    const before = dump(iommu);
    const { problem } = iommu.access({ kind: "write", offset, size, value: 0x5a5a_5a5an });
    expect(problem).toMatch(why);
    expect(dump(iommu)).toEqual(before);
  });

  it.each(misshapen.filter(([, , size]) => size === 4 || size === 8))(
    "%s throws where a program asks for it",
    (_, offset, size, why) => {
      const read = () => (size === 4 ? iommu.read32(offset) : iommu.read64(offset));
      const write = () =>
        size === 4 ? iommu.write32(offset, 1) : iommu.write64(offset, 0x1_0000_0001n);
      const before = dump(iommu);
      for (const access of [read, write]) {
        expect(access).toThrow(RegisterAccessError);
        expect(access).toThrow(why);
      }
      expect(dump(iommu)).toEqual(before);
    },
  );

  it("does not show in the trace of register accesses", async () => {
    const traced = await Iommu.create({
      memory: GuestMemory.create({ size: 0x1000 }),
      trace: true,
    });
    const seen: unknown[] = [];
    traced.on("trace", (event) => seen.push(event));
    traced.access({ kind: "read", offset: REG.GSTS, size: 8 });
    traced.access({ kind: "write", offset: REG.GSTS, size: 8, value: 1n });
    traced.access({ kind: "write", offset: REG.FEDATA, size: 4, value: 0x41n });
    traced.access({ kind: "read", offset: REG.FEDATA, size: 4 });
    const register = { kind: "register", offset: REG.FEDATA, size: 4, value: 0x41n };
    expect(seen).toEqual([
      { ...register, access: "write" },
      { ...register, access: "read" },
    ]);
  });
});

describe("values", () => {
  it("an access of the right shape reports no problem", () => {
    expect(iommu.access({ kind: "write", offset: REG.RTADDR, size: 8, value: 0x7000n })).toEqual({
      value: 0n,
    });
    expect(iommu.access({ kind: "read", offset: REG.RTADDR, size: 8 })).toEqual({ value: 0x7000n });
    expect(iommu.access({ kind: "read", offset: REG.RTADDR + 4, size: 4 })).toEqual({ value: 0n });
  });

  it.each([2 ** 32, -(2 ** 31) - 1, 1.5, Number.NaN])("write32 refuses %d", (value) => {
    expect(() => iommu.write32(REG.FEDATA, value)).toThrow(
      new RangeError(`value is ${value}: expected an integer of 32 bits`),
    );
  });

  it.each([1n << 64n, -(1n << 63n) - 1n])("write64 refuses %d", (value) => {
    expect(() => iommu.write64(REG.RTADDR, value)).toThrow(
      new RangeError(`value is ${value}: expected an integer of 64 bits`),
    );
  });

  it("write32 takes a signed number for the bits that it stands for", () => {
    iommu.write32(REG.RTADDR + 4, -1);
    expect(iommu.read32(REG.RTADDR + 4)).toBe(0xffff_ffff);
    iommu.write64(REG.RTADDR, -0x1000n);
    expect(iommu.read64(REG.RTADDR)).toBe(0xffff_ffff_ffff_f000n);
  });

  it("an access counts, whatever its shape", () => {
    const before = iommu.counters();
    iommu.read32(REG.VER);
    iommu.access({ kind: "read", offset: 1, size: 4 });
    iommu.write32(REG.FEDATA, 1);
    const after = iommu.counters();
    expect(after.registerReads - before.registerReads).toBe(2n);
    expect(after.registerWrites - before.registerWrites).toBe(1n);
  });
});
