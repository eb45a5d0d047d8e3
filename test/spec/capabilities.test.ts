import { describe, expect, it } from "vitest";
import {
  CapabilityError,
  capabilityProblems,
  resolveCapabilities,
} from "../../host/core/capabilities.js";
import {
  exclusionRules,
  prerequisiteRules,
  unbuiltCapabilities,
} from "../../host/spec/capability-rules.js";
import { presetNames, presets } from "../../host/spec/presets.js";

/** The problems of the full preset with some fields changed. */
function problemsOf(changes: Record<string, number>, major = 6, hostAddressWidth = 46): string[] {
  const { values } = resolveCapabilities();
  return capabilityProblems({ ...values, ...changes }, major << 4, hostAddressWidth);
}

describe("presets", () => {
  it.each(presetNames)("%s is legal", (preset) => {
    const resolved = resolveCapabilities({ preset });
    expect(resolved.version).toBe(presets[preset].version);
    expect(resolved.values).toMatchObject(presets[preset].capabilities);
  });

  it("linux reports what the recorded boots ran with, except MHMV, which needs IR (§11.4.3)", () => {
    const { cap, ecap, hostAddressWidth } = resolveCapabilities({ preset: "linux" });
    expect(cap).toBe(0x81d2008c226f0606n);
    expect(ecap).toBe(0x1cd98a4f00fc7n & ~(0xfn << 20n));
    expect(hostAddressWidth).toBe(39);
  });

  it("first-stage reports no second-stage width, and a guest width all the same (§11.4.2)", () => {
    const { values } = resolveCapabilities({ preset: "first-stage" });
    expect(values).toMatchObject({ SSTS: 0, SAGAW: 0, MGAW: 47 });
  });

  it("legacy has a version whose registers invalidate, and no scalable mode", () => {
    const { version, values } = resolveCapabilities({ preset: "legacy" });
    expect(version >> 4).toBeLessThan(6);
    expect(values["SMTS"]).toBe(0);
  });

  it("full places its eight fault records at 220h and the IOTLB registers at F0h", () => {
    const { cap, ecap } = resolveCapabilities({ preset: "full" });
    expect(((cap >> 24n) & 0x3ffn) * 16n).toBe(0x220n);
    expect((cap >> 40n) & 0xffn).toBe(7n);
    expect(((ecap >> 8n) & 0x3ffn) * 16n).toBe(0xf0n);
  });
});

describe("fields that the user changes", () => {
  it("go to their place in CAP and ECAP", () => {
    const before = resolveCapabilities({ preset: "full" });
    const after = resolveCapabilities({ preset: "full", capabilities: { NFR: 3, SMS: 0 } });
    expect(before.cap ^ after.cap).toBe((7n ^ 3n) << 40n);
    expect(before.ecap ^ after.ecap).toBe(1n << 58n);
  });

  it("may have the names of older revisions", () => {
    const older = { FLTS: 0, NEST: 0, EAFS: 0, FL5LP: 0, FL1GP: 0, SLLPS: 1 };
    const newer = { FSTS: 0, NEST: 0, EAFS: 0, FS5LP: 0, FS1GP: 0, SSLPS: 1 };
    expect(resolveCapabilities({ capabilities: older })).toEqual(
      resolveCapabilities({ capabilities: newer }),
    );
  });

  it("are refused when the same field is given by both names", () => {
    expect(() => resolveCapabilities({ capabilities: { FLTS: 1, FSTS: 1 } })).toThrow(/twice/);
  });

  it("are refused when CAP and ECAP have no such field", () => {
    expect(() => resolveCapabilities({ capabilities: { NFRS: 1 } })).toThrow(/no field "NFRS"/);
    expect(() => resolveCapabilities({ capabilities: { constructor: 1 } })).toThrow(/no field/);
  });

  it.each([
    ["NFR", 256],
    ["QI", 2],
    ["ND", -1],
    ["MGAW", 47.5],
  ])("are refused outside the width of the field: %s = %d", (name, value) => {
    expect(() => resolveCapabilities({ capabilities: { [name]: value } })).toThrow(RangeError);
  });
});

describe("options", () => {
  it("an unknown preset is refused with the known ones", () => {
    const preset = "fulll" as "full";
    expect(() => resolveCapabilities({ preset })).toThrow(/"fulll".*legacy, first-stage/);
  });

  it.each([
    { version: 0x0f },
    { version: 0x100 },
    { hostAddressWidth: 31 },
    { hostAddressWidth: 53 },
  ])("a number out of range is refused: %o", (options) => {
    expect(() => resolveCapabilities(options)).toThrow(RangeError);
  });

  it("the version register is the user's to choose", () => {
    expect(resolveCapabilities({ preset: "full", version: 0x80 }).version).toBe(0x80);
  });
});

/** "A unit that reports this as clear also reports that as clear", read from §11.4.2 and §11.4.3. */
const MANUAL: readonly (readonly [string, ...string[]])[] = [
  ["IR", "QI"],
  ["DT", "QI"],
  ["SMTS", "QI"],
  ["EIM", "IR"],
  ["PI", "IR"],
  ["IRREQ", "IR"],
  ["MHMV", "IR"],
  ["EIMER", "EIM"],
  ["DIT", "DT"],
  ["PDS", "DT"],
  ["NWFS", "DT"],
  ["PASID", "SMTS"],
  ["PSS", "SMTS"],
  ["FSTS", "SMTS"],
  ["SRS", "SMTS"],
  ["RPS", "SMTS"],
  ["SMPWCS", "SMTS"],
  ["MTS", "SMTS"],
  ["NEST", "SMTS", "FSTS", "SSTS"],
  ["SSADS", "SMPWCS"],
  ["SSIRWS", "SSTS"],
  ["EAFS", "FSTS", "SMPWCS"],
  ["PRS", "DT", "SMTS"],
  ["RPRIVS", "SRS"],
  ["PTRS", "DT", "PASID"],
  ["SMS", "PRS"],
  ["PMS", "ECMDS"],
  ["HPTS", "SMTS", "DT"],
  ["HPT1GPS", "HPTS"],
  ["FS5LP", "FSTS"],
  ["FS1GP", "FSTS"],
  ["SAGAW", "SSTS"],
];

describe("rules of §11.4.2 and §11.4.3", () => {
  it("the prerequisites are those of the manual, no more and no less", () => {
    const rules = prerequisiteRules.map(({ capability, needs }) => [capability, ...needs]);
    const sorted = (list: readonly (readonly string[])[]) => list.map(String).sort();
    expect(sorted(rules)).toEqual(sorted(MANUAL));
  });

  it.each(MANUAL)("%s is refused without each of %s %s %s", (capability, ...needs) => {
    const { values } = resolveCapabilities();
    const asked = { ...values, [capability]: values[capability] || 1 };
    for (const need of needs) {
      const problems = capabilityProblems({ ...asked, [need]: 0 }, 0x60, 46).join("\n");
      expect(problems, need).toMatch(new RegExp(`${capability} (needs|is 0 without) .*${need}\\b`));
    }
  });

  it.each(["legacy", "full"] as const)("PHMR, PLMR and CM go with anything: %s", (preset) => {
    const capabilities = { PHMR: 1, PLMR: 1, CM: 1 };
    expect(resolveCapabilities({ preset, capabilities }).values).toMatchObject(capabilities);
  });

  it("RWBF is legal where there is no scalable mode", () => {
    const capabilities = { RWBF: 1 };
    expect(resolveCapabilities({ preset: "legacy", capabilities }).cap & 0x10n).toBe(0x10n);
    expect(() => resolveCapabilities({ preset: "full", capabilities })).toThrow(
      /RWBF is 0 with SMTS/,
    );
  });

  it("ERS is refused with the reason that the manual gives", () => {
    expect(problemsOf({ ERS: 1 }).join("\n")).toMatch(/ERS must be 0 .* every unit report 0/);
  });

  const prerequisites = prerequisiteRules.flatMap((rule) =>
    rule.needs.map((need) => ({ ...rule, need })),
  );

  it.each(prerequisites)("$capability without $need is refused", (rule) => {
    const { values } = resolveCapabilities();
    const met = Object.fromEntries(rule.needs.map((name) => [name, values[name] || 1]));
    const on = { ...met, [rule.capability]: values[rule.capability] || 1 };
    expect(problemsOf(on).join("\n")).not.toContain(rule.sentence);
    expect(problemsOf({ ...on, [rule.need]: 0 }).join("\n")).toContain(
      `${rule.sentence} (VT-d 5.10 §${rule.section})`,
    );
  });

  it.each(exclusionRules)("$capability together with $excludes is refused", (rule) => {
    const on = { [rule.capability]: 1, [rule.excludes]: 1 };
    expect(problemsOf(on).join("\n")).toContain(rule.sentence);
    expect(problemsOf({ ...on, [rule.excludes]: 0 }).join("\n")).not.toContain(rule.sentence);
  });

  it("SAGAW without SSTS is refused from major version 6 on, and not before", () => {
    const changes = { SSTS: 0, NEST: 0, SSIRWS: 0 };
    expect(problemsOf(changes, 6)).toHaveLength(1);
    expect(problemsOf(changes, 5)).toEqual([]);
  });

  it.each([
    [{ ND: 7 }, /ND is at most 6/],
    [{ SSLPS: 2 }, /SSLPS is 0, 1 or 3/],
    [{ SSLPS: 4 }, /SSLPS is 0, 1 or 3/],
    [{ SAGAW: 1 }, /SAGAW has bits 1, 2 and 3 alone/],
    [{ SAGAW: 0x1e }, /SAGAW has bits 1, 2 and 3 alone/],
    [{ MGAW: 0 }, /MGAW is not 0/],
    [{ MGAW: 44 }, /at least the host address width .* 45 and 46/],
    [{ SAGAW: 6 }, /at most the widest width in SAGAW .* 57 and 48/],
    [{ MGAW: 57 }, /at most the widest width in SAGAW .* 58 and 57/],
    [{ MAMV: 17 }, /MAMV is at least .* MAMV is 17/],
    [{ MAMV: 8, SSLPS: 1 }, /MAMV is at least .* MAMV is 8/],
    [{ DWD: 0 }, /DWD is 1/],
    [{ DRD: 0 }, /DRD is 1/],
  ])("%o is refused", (changes, message) => {
    const problems = problemsOf(changes);
    expect(problems.join("\n")).toMatch(message);
    expect(() => resolveCapabilities({ capabilities: changes })).toThrow(CapabilityError);
  });

  it.each([
    { MAMV: 9, SSLPS: 1 },
    { MAMV: 0, SSLPS: 0 },
    { MAMV: 0, PSI: 0 },
    { MGAW: 45 },
    { SAGAW: 6, MGAW: 47 },
  ])("%o is legal", (changes) => {
    expect(problemsOf(changes)).toEqual([]);
  });

  it("drains may be absent before major version 2", () => {
    const capabilities = { DWD: 0, DRD: 0 };
    expect(resolveCapabilities({ preset: "legacy", capabilities }).values).toMatchObject(
      capabilities,
    );
  });

  it.each(Object.keys(unbuiltCapabilities))("%s is refused: the unit does not build it", (name) => {
    const problems = problemsOf({ [name]: 1, IR: 1, ECMDS: 1, HPTS: 1, EIM: 1 });
    expect(problems.join("\n")).toContain(`${name} must be 0 in this release`);
  });

  it("every broken rule is named at once", () => {
    const broken = { QI: 0, ND: 7 };
    try {
      resolveCapabilities({ capabilities: broken });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CapabilityError);
      expect((error as CapabilityError).problems).toHaveLength(4);
      expect((error as CapabilityError).message).toMatch(/DT needs QI[^]*SMTS needs QI[^]*ND is/);
    }
  });
});

describe("registers placed by FRO and IRO (§11.4)", () => {
  it.each([
    [{ FRO: 0 }, /VER overlaps FRCD0|FRCD0 overlaps/],
    [{ FRO: 0x0f }, /IVA|IOTLB/],
    [{ IRO: 0x24 }, /FRCD/],
    [{ IRO: 0x0e }, /PECTL|PEDATA/],
    [{ FRO: 0x09 }, /FRCD/],
  ])("%o is refused because they overlap others", (changes, names) => {
    const problems = problemsOf(changes).filter((problem) => problem.includes("overlap no other"));
    expect(problems.join("\n")).toMatch(names);
  });

  const onePage = { PMS: 0 };

  it("fault records that run out of the page are refused", () => {
    const problems = problemsOf({ ...onePage, FRO: 0xf9, NFR: 7 });
    expect(problems.join("\n")).toMatch(/register set .* has 1000h bytes, and FRCD7 ends at 1010h/);
    expect(problemsOf({ ...onePage, FRO: 0xf8, NFR: 7 })).toEqual([]);
  });

  it("with performance monitoring there are four pages, and counters in the way", () => {
    expect(problemsOf({ FRO: 0xf9, NFR: 7 }).join("\n")).toMatch(/FRCD7 overlaps PERFCNTRCFG0/);
    expect(problemsOf({ FRO: 0x190, NFR: 7 })).toEqual([]);
    expect(problemsOf({ FRO: 0x3f8, NFR: 7 })).toEqual([]);
    const problems = problemsOf({ FRO: 0x3f9, NFR: 7 });
    expect(problems.join("\n")).toMatch(/register set .* has 4000h bytes, and FRCD7 ends at 4010h/);
  });

  it("as many fault records as fit between two registers are legal", () => {
    expect(problemsOf({ ...onePage, ECMDS: 0, FRO: 0x11, NFR: 238 })).toEqual([]);
  });
});
