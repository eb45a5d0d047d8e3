/** Where registers lie (§11.4), and those of features that a unit does not have. */
import { registers as known } from "../../../spec/registers.js";
import type { Bench } from "../../bench/bench.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import type { UnitWishes } from "../../configuration.js";

/** Byte ranges of the registers whose places CAP and ECAP tell. */
async function placedRanges(bench: Bench): Promise<(readonly [string, number, number])[]> {
  const records = await bench.registers.offsetOf("FRCD0");
  const invalidation = await bench.registers.offsetOf("IVA");
  return [
    ["FRCD", records, records + 16 * bench.faults.count],
    ["IVA and IOTLB", invalidation, invalidation + 16],
  ];
}

/** Offsets that §11.4 lists as reserved. */
const RESERVED = [0x004, 0x030, 0x048, 0x04c, 0x050, 0x054, 0x060, 0x098, 0x0d8];

const places = casesOf("11.4", [
  {
    id: "placed-registers-lie-apart",
    title:
      "Fault records and IOTLB registers overlap neither each other nor a register that is there",
    async steps(bench) {
      const ranges = await placedRanges(bench);
      const { values } = bench.capabilities;
      for (const register of known) {
        const { mnemonic, offset, width, placedBy, repeat, requires = [] } = register;
        if (placedBy !== undefined || repeat !== undefined) continue;
        if (requires.some((name) => (values[name] ?? 0) === 0)) continue;
        if (register.requiresAny !== undefined) continue;
        ranges.push([mnemonic, offset, offset + width / 8]);
      }
      ranges.sort(([, a], [, b]) => a - b);
      for (const [index, [name, start]] of ranges.entries()) {
        const [before, , end] = ranges[index - 1] ?? ["", 0, 0];
        bench.expect.that(`${name} lies behind ${before}`, start >= end, start);
      }
    },
  },
  {
    id: "reserved-offsets-read-0",
    title: "Reserved offsets read 0, and keep nothing",
    async steps(bench) {
      const ranges = await placedRanges(bench);
      for (const offset of RESERVED) {
        if (ranges.some(([, start, end]) => offset >= start && offset < end)) continue;
        await expectReserved(bench, `offset 0x${offset.toString(16)}`, offset, 4);
      }
    },
  },
]);

async function expectReserved(
  bench: Bench,
  what: string,
  offset: number,
  size: number,
): Promise<void> {
  bench.expect.equal(what, await bench.registers.readOffset(offset, size), 0n);
  await bench.registers.writeOffset(offset, size, (1n << BigInt(8 * size)) - 1n);
  const value = await bench.registers.readOffset(offset, size);
  bench.expect.equal(`${what} after all ones`, value, 0n);
}

/** Features without which registers are reserved. */
const features: readonly {
  readonly feature: string;
  readonly section: string;
  readonly words: string;
  readonly names: readonly string[];
  readonly wishes?: UnitWishes;
}[] = [
  {
    feature: "QI",
    section: "11.4.9.1",
    words: "queued invalidation",
    names: ["IQH", "IQT", "IQA", "ICS", "IECTL", "IEDATA", "IEADDR", "IEUADDR", "IQERCD"],
    wishes: { capabilities: { QI: 0, DT: 0 } },
  },
  {
    feature: "IR",
    section: "11.4.10",
    words: "interrupt remapping",
    names: ["IRTA"],
  },
  {
    feature: "PRS",
    section: "11.4.11.1",
    words: "page requests",
    names: ["PQH", "PQT", "PQA", "PRS", "PECTL", "PEDATA", "PEADDR", "PEUADDR"],
  },
  {
    feature: "MTS",
    section: "11.4.12.1",
    words: "memory types",
    names: ["MTRRCAP", "MTRRDEF", "MTRR_FIX64K_00000", "MTRR_PHYSBASE0", "MTRR_PHYSMASK9"],
  },
  {
    feature: "PMS",
    section: "11.4.13.2",
    words: "performance monitoring",
    names: ["PERFCAP", "PERFCFGOFF", "PERFFRZOFF", "PERFOVFOFF", "PERFCNTROFF", "PERFINTRCTL"],
  },
  {
    feature: "ECMDS",
    section: "11.4.14.1",
    words: "enhanced commands",
    names: ["ECMD", "ECEO", "ECRSP", "ECCAP3"],
  },
  {
    feature: "VCS",
    section: "11.4.16.1",
    words: "virtual commands",
    names: ["VCMD", "VCMD_EO", "VCRSP"],
  },
];

const absent = features.flatMap(({ feature, section, words, names, wishes }) =>
  casesOf(section, [
    {
      id: `reserved-without-${feature.toLowerCase()}`,
      title: `Without ${words} (${feature}) the registers of it read 0 and keep nothing`,
      needs: { capabilities: [`!${feature}`] },
      ...(wishes !== undefined && { with: wishes }),
      async steps(bench) {
        const ranges = await placedRanges(bench);
        for (const name of names) {
          const offset = await bench.registers.offsetOf(name);
          if (ranges.some(([, start, end]) => offset + 8 > start && offset < end)) continue;
          const register = known.find(({ mnemonic }) => name.startsWith(mnemonic));
          await expectReserved(bench, name, offset, (register?.width ?? 32) === 64 ? 8 : 4);
        }
      },
    },
  ]),
);

const protectedRegisters = casesOf("11.4.8.1", [
  {
    id: "reserved-without-regions",
    title: "Without protected regions PMEN is read-only, and reads 0",
    needs: { capabilities: ["!PLMR", "!PHMR"] },
    async steps(bench) {
      const ranges = await placedRanges(bench);
      for (const offset of [0x64, 0x68, 0x6c]) {
        if (ranges.some(([, start, end]) => offset >= start && offset < end)) continue;
        await expectReserved(bench, `offset 0x${offset.toString(16)}`, offset, 4);
      }
    },
  },
]);

const consistency = casesOf("11.4.2", [
  {
    id: "mgaw-covers-host-addresses",
    title: "MGAW is not 0, and at least the host address width",
    async steps(bench) {
      const width = bench.value("MGAW") + 1;
      const { hostAddressWidth } = bench;
      bench.expect.that("MGAW", width >= hostAddressWidth && width > 1, width);
      await bench.expect.register("CAP", { MGAW: width - 1 });
    },
  },
  {
    id: "counters-lie-apart",
    title: "Registers of performance monitoring are aligned as their offsets promise",
    section: "11.4.13.3",
    needs: { capabilities: ["PMS"] },
    async steps(bench) {
      const { registers, expect } = bench;
      const stride = 1n << (10n + (await registers.field("PERFCAP", "CS")));
      expect.equal("PERFCFGOFF, bits 7:0", (await registers.read("PERFCFGOFF")) & 0xffn, 0n);
      expect.equal("PERFFRZOFF, bits 2:0", (await registers.read("PERFFRZOFF")) & 7n, 0n);
      expect.equal("PERFOVFOFF, bits 2:0", (await registers.read("PERFOVFOFF")) & 7n, 0n);
      const counters = await registers.read("PERFCNTROFF");
      expect.equal("PERFCNTROFF, to a multiple of the stride", counters % stride, 0n);
    },
  },
]);

/** Cases of the set of registers. */
export const registerSet: readonly ConformanceCase[] = [
  ...[...places, ...absent, ...protectedRegisters, ...consistency],
];
