import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import { capRegister } from "../../host/spec/registers/cap.js";
import { ecapRegister } from "../../host/spec/registers/ecap.js";
import { parseLinuxLog } from "./linux-log.js";
import { replay } from "./replay.js";

const read = (name: string) => readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");
const BOOT = read("linux-7.2-boot.log");
const SVA = read("linux-7.2-sva-pri.log");

/** How often something stands in a log. */
const times = (log: string, pattern: RegExp) => [...log.matchAll(pattern)].length;
const reads = (log: string, register: string) =>
  times(log, new RegExp(` IOMMU R[48] ${register} -> `, "g"));

describe("a recorded boot of Linux 7.2", () => {
  it("reads back every register as logged, access for access", async () => {
    const { mismatches, compared } = await replay(parseLinuxLog(BOOT), 0);
    expect(mismatches).toEqual([]);
    const registers = ["CAP", "ECAP", "VER", "FSTS", "GSTS", "PECTL", "FECTL"];
    expect(registers.map((name) => compared[name])).toEqual([2, 2, 1, 1, 7, 1, 1]);
    expect(registers.map((name) => reads(BOOT, name))).toEqual([2, 2, 1, 1, 7, 1, 1]);
    expect(times(BOOT, / IOMMU R/g)).toBe(15);
    expect(compared["root table"]).toBe(1);
  });
});

describe("a recorded run of Linux 7.2 with shared virtual addressing and page requests", () => {
  it("gives what is logged: registers, descriptors, page requests, responses, interrupts", async () => {
    const events = parseLinuxLog(SVA);
    const { mismatches, compared } = await replay(events, 1);
    expect(mismatches).toEqual([]);
    for (const register of ["FSTS", "GSTS", "PRS", "PQT", "PQH"]) {
      expect([register, compared[register]]).toEqual([register, reads(SVA, register)]);
    }
    const kinds = ["descriptor", "response", "interrupt", "pageRequest", "attempt"];
    expect(kinds.map((kind) => events.filter((event) => event.kind === kind).length)).toEqual([
      times(SVA, / QI @/g),
      times(SVA, / page group response/g),
      times(SVA, / IOMMU event MSI/g),
      times(SVA, / PRQ @/g),
      times(SVA, / EP xlate/g),
    ]);
    expect(compared).toMatchObject({
      translation: 13,
      "translated access": 6,
      "page request descriptor": 7,
      "descriptor type": times(SVA, / QI @/g),
      "wait status": times(SVA, / QI @\w+ wait /g),
    });
  });
});

describe("CAP and ECAP", () => {
  it.each([
    ["boot", BOOT, 0],
    ["page request", SVA, 1],
  ])("of the %s log are the preset's, but for MHMV, which needs IR", (_, log, PDS) => {
    const logged = parseLinuxLog(log).find((event) => event.kind === "capabilities")!;
    const own = resolveCapabilities({ preset: "linux", capabilities: { PDS } });
    const differing = [
      ...capRegister.fields.map((field) => ({ ...field, bits: logged.cap ^ own.cap })),
      ...ecapRegister.fields.map((field) => ({ ...field, bits: logged.ecap ^ own.ecap })),
    ].filter(({ high, low, bits }) => BigInt.asUintN(high - low + 1, bits >> BigInt(low)) !== 0n);
    expect(differing.map(({ name }) => name)).toEqual(["MHMV"]);
  });
});

describe("a log that is not true", () => {
  /** A line of the log with something else in it, and what the replay has to say about it. */
  const falsified: readonly (readonly [was: string, is: string, found: RegExp])[] = [
    ["R4 VER -> 0x60", "R4 VER -> 0x50", /VER "0x60", logged "0x50"/],
    ["R4 GSTS -> 0xc4000000", "R4 GSTS -> 0x44000000", /GSTS "0xc4000000", logged "0x44000000"/],
    ["R4 FECTL -> 0x0", "R4 FECTL -> 0x80000000", /FECTL "0x0"/],
    ["R8 PQT -> 0x60", "R8 PQT -> 0x80", /PQT "0x60", logged "0x80"/],
    ["R8 PQH -> 0x40", "R8 PQH -> 0x20", /PQH "0x40", logged "0x20"/],
    ["R4 PRS -> 0x0", "R4 PRS -> 0x1", /PRS "0x0", logged "0x1"/],
    ["root table 0x2270400", "root table 0x2270000", /root table "0x2270400"/],
    ["W8 RTADDR = 0x2270400", "W8 RTADDR = 0x2270000", /root table "0x2270000"/],
    ["PRQ @0x20 q0", "PRQ @0x40 q0", /pageRequest \["0x20"\], logged \["0x40"\]/],
    ["q1=0x7fa5d9fc0017", "q1=0x7fa5d9fc0013", /page request descriptor .*fc0017.*fc0013/],
    ["q0=0x100280101 q1=0x7fa5d9fc1035", "q0=0x100280001 q1=0x7fa5d9fc1035", /"0x100280101"/],
    ["q1=0x7fa5d9fbe027 head=0x80", "q1=0x7fa5d9fbe027 head=0x60", /PQH at the page request/],
    ["MSI addr=0xfee00000 data=0x21", "MSI addr=0xfee01000 data=0x21", /interrupt .*fee00000/],
    ["MSI addr=0xfee00000 data=0x21", "MSI addr=0xfee00000 data=0x22", /interrupt .*0x21/],
    ["W4 PEDATA = 0x21", "W4 PEDATA = 0x23", /interrupt .*0x23/],
    ["rid=0x28 code=0 prgi=2", "rid=0x28 code=1 prgi=2", /response .*"code":"0x0".*"code":"0x1"/],
    ["rid=0x28 code=0 prgi=3", "rid=0x28 code=0 prgi=2", /response .*"group":"0x3".*"0x2"/],
    ["QI @0x40 prgresp", "QI @0x60 prgresp", /descriptor \[\], logged/],
    ["prgresp lo=0x100280019 hi=0x8", "prgresp lo=0x100280019 hi=0x10", /response .*"0x2"/],
    ["pasid_cache lo=0x100010017", "pasid_cache lo=0x100010016", /descriptor type "0x6"/],
    ["wait lo=0x200000025 hi=0x1966404", "wait lo=0x200000005 hi=0x1966404", /wait status "0x1"/],
    // The unit would go on with what it has cached.
    ["p_iotlb lo=0x100010036", "p_iotlb lo=0x200010036", /translation "0xffe7000"/],
    ["fbe000 -> 0xffe7000", "fbe000 -> 0xffe8000", /translation "0xffe7000", logged "0xffe8000"/],
    ["W4 GCMD = 0x84000000", "W4 GCMD = 0x4000000", /translation/],
    ["pasid 0x49 0x800001", "pasid 0x48 0x800001", /condition "SPT.2", logged "SFS.2"/],
    ["ctx 0x23c0e1d", "ctx 0x23c0e0d", /page request "(answered|dropped)"/],
    ["IQT = 0x1e0", "IQT = 0x1c0", /descriptor/],
    ["EP W4 0x018 = 0x5", "EP W4 0x018 = 0x4", /page request descriptor/],
  ];

  it.each(falsified)("%s, falsified to %s, is found", async (was, is, found) => {
    const [log, PDS] = SVA.includes(was) ? ([SVA, 1] as const) : ([BOOT, 0] as const);
    expect(log).toContain(was);
    const { mismatches } = await replay(parseLinuxLog(log.replaceAll(was, is)), PDS);
    expect(mismatches.join("\n")).toMatch(found);
    expect(mismatches[0]).toMatch(/^line \d+: /);
  });

  it.each([
    ["a descriptor that is missing", /^.* QI @0x20 wait.*\n/m],
    ["an interrupt that is missing", /^.* IOMMU event MSI.*\n/m],
    ["a response that is missing", /^.* page group response.*\n/m],
    ["a page request that is missing", /^.* PRQ @0x60.*\n/m],
    ["an acknowledgement that is missing", /^.* IOMMU W4 PRS.*\n/m],
    ["a head that did not move", /^.* IOMMU W8 PQH = 0x20\n/m],
  ])("%s is found", async (_, line) => {
    expect(SVA).toMatch(line);
    const { mismatches } = await replay(parseLinuxLog(SVA.replace(line, "")), 1);
    expect(mismatches).not.toEqual([]);
  });
});

describe("the reader of logs", () => {
  it("takes numbers, names and directions from the lines", () => {
    const log = [
      "# a comment",
      "1.5 IOMMU R8 PQT -> 0x40",
      "1.6 IOMMU W4 GCMD = 0x80000000",
      "1.7    QI @0x20 wait lo=0x200000025 hi=0x1966404",
      "",
    ].join("\n");
    expect(parseLinuxLog(log)).toEqual([
      { kind: "register", line: 2, access: "read", size: 8, name: "PQT", value: 0x40n },
      { kind: "register", line: 3, access: "write", size: 4, name: "GCMD", value: 0x8000_0000n },
      {
        kind: "descriptor",
        line: 4,
        offset: 0x20,
        type: "wait",
        words: [0x2_0000_0025n, 0x196_6404n],
      },
    ]);
  });

  it.each([
    ["1.5 IOMMU R2 PQT -> 0x40"],
    ["1.5 IOMMU R8 PQT -> none"],
    ["no time IOMMU R8 PQT -> 0x40"],
    ["1.5 something new"],
  ])("refuses a line that it does not know: %s", (line) => {
    expect(() => parseLinuxLog(`# log\n${line}`)).toThrow(`line 2: cannot read "${line}"`);
  });
});
