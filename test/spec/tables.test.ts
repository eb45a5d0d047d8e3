import { describe, expect, it } from "vitest";
import {
  faultConditions,
  invalidationDescriptors,
  olderNames,
  pageRequestDescriptor,
  pagingEntries,
  prerequisiteRules,
  registers,
  tableEntries,
  unbuiltCapabilities,
  type BitRange,
} from "../../host/spec/index.js";

const structures = [
  ...tableEntries,
  ...pagingEntries,
  ...invalidationDescriptors,
  pageRequestDescriptor,
];
const fieldsOf = (...mnemonics: string[]) =>
  registers
    .filter(({ mnemonic }) => mnemonics.includes(mnemonic))
    .flatMap(({ fields }) => fields.map(({ name }) => name));
const capabilityNames = fieldsOf("CAP", "ECAP");

function expectDisjoint(ranges: readonly BitRange[], bits: number): void {
  const sorted = [...ranges].sort((a, b) => a.low - b.low);
  for (const [index, { high, low }] of sorted.entries()) {
    expect(high).toBeGreaterThanOrEqual(low);
    expect(high).toBeLessThan(bits);
    if (index > 0) {
      expect(low).toBeGreaterThan(sorted[index - 1]!.high);
    }
  }
}

describe("registers", () => {
  it.each(registers)("$mnemonic: fields do not overlap and stay inside", ({ fields, width }) => {
    expectDisjoint(fields, width);
    expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
  });

  it("at fixed offsets are aligned and apart, in the 4 KiB page (§11.4)", () => {
    const bytes = registers
      .filter(({ placedBy }) => placedBy === undefined)
      .flatMap(({ offset, width, repeat }) =>
        Array.from({ length: Number(repeat?.count ?? 1) }, (_, index) => {
          const start = offset + index * Number(repeat?.stride ?? 0);
          return { low: start, high: start + width / 8 - 1 };
        }),
      );
    expectDisjoint(bytes, 4096);
    for (const { low, high } of bytes) {
      expect(low % (high - low + 1)).toBe(0);
    }
  });

  it.each(registers)("$mnemonic: what it needs is a field of CAP, ECAP or PERFCAP", (register) => {
    const needed = [
      ...(register.requires ?? []),
      ...(register.requiresAny ?? []),
      ...register.fields.flatMap(({ requires }) => requires ?? []),
    ];
    expect(fieldsOf("CAP", "ECAP", "PERFCAP")).toEqual(expect.arrayContaining(needed));
  });

  it("no field of PERFCAP has the name of one of CAP or ECAP", () => {
    expect(fieldsOf("PERFCAP").filter((name) => capabilityNames.includes(name))).toEqual([]);
  });

  it.each(registers)("$mnemonic: a reset value fits its field", ({ fields }) => {
    for (const { high, low, reset } of fields) {
      expect(reset ?? 0).toBeLessThan(2 ** (high - low + 1));
    }
  });
});

describe("structures and descriptors", () => {
  it.each(structures)("$name: fields and ignored bits do not overlap", (structure) => {
    expectDisjoint([...structure.fields, ...(structure.ignored ?? [])], structure.bits);
  });

  it.each(structures)("$name: a named value fits its field", ({ fields }) => {
    for (const { high, low, values } of fields) {
      for (const { value } of values ?? []) {
        expect(value).toBeLessThan(2 ** (high - low + 1));
      }
    }
  });

  it.each(structures)("$name: what a field needs is a field of CAP or ECAP", ({ fields }) => {
    const needed = fields.flatMap(({ requires }) => requires ?? []);
    expect(capabilityNames).toEqual(expect.arrayContaining(needed));
  });

  it("descriptor types are 1 to 10 (§6.5.2)", () => {
    expect(invalidationDescriptors.map(({ type }) => type)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });
});

describe("capabilities", () => {
  it("no name is in CAP and ECAP both", () => {
    expect(new Set(capabilityNames).size).toBe(capabilityNames.length);
  });

  it("rules, older names and unbuilt features speak of fields that exist", () => {
    const named = [
      ...prerequisiteRules.flatMap(({ capability, needs }) => [capability, ...needs]),
      ...Object.values(olderNames),
      ...Object.keys(unbuiltCapabilities),
    ];
    expect(capabilityNames).toEqual(expect.arrayContaining(named));
  });
});

describe("fault conditions (§7.1.3, §5.1.4.1)", () => {
  it("have names of their own", () => {
    const names = faultConditions.map(({ condition }) => condition);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(faultConditions)("$condition meets some request", ({ responses, pageRequest }) => {
    expect(pageRequest || responses.some((response) => response !== "-")).toBe(true);
  });

  it.each(faultConditions)("$condition never answers an untranslated request Success", (fault) => {
    expect(["-", "UR", "CA"]).toContain(fault.responses[0]);
    expect(["-", "UR", "CA"]).toContain(fault.responses[1]);
  });

  it.each(faultConditions)("$condition answers alike with and without PASID", ({ responses }) => {
    for (const kind of [0, 2, 4]) {
      const applying = responses.slice(kind, kind + 2).filter((response) => response !== "-");
      expect(new Set(applying).size).toBeLessThanOrEqual(1);
    }
  });

  it("conditions that share a code share the FPD rule", () => {
    const rules = new Map<number, boolean>();
    for (const { code, qualified } of faultConditions) {
      expect(rules.get(code) ?? qualified).toBe(qualified);
      rules.set(code, qualified);
    }
  });
});
