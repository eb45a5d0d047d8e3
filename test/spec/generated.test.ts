import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { packFault } from "../../host/build/fault-constants.js";
import { generatedFiles } from "../../host/build/generated-files.js";
import { reservedMask } from "../../host/build/structure-constants.js";
import {
  faultConditions,
  invalidationDescriptors,
  interruptEntries,
  pagingEntries,
  presetNames,
  registers,
  tableEntries,
  unbuiltCapabilities,
} from "../../host/spec/index.js";

const files = generatedFiles();

function file(path: string): string {
  return files.get(path)!;
}

describe("generated files", () => {
  it.each([...files.keys()])("%s is what host/spec makes today", (path) => {
    expect(readFileSync(path, "utf8")).toBe(files.get(path));
  });

  it.each([...files.keys()].filter((path) => path.startsWith("assembly/")))(
    "%s names every constant once",
    (path) => {
      const names = [...file(path).matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
      expect(names.length).toBeGreaterThan(0);
      expect(new Set(names).size).toBe(names.length);
    },
  );
});

describe("register constants", () => {
  const text = file("assembly/generated/registers.ts");

  it.each([
    "REG_GSTS: i32 = 0x1c;",
    "REG_PEUADDR: i32 = 0xec;",
    "GSTS_TES: u32 = 0x80000000;",
    "CCMD_ICC: u64 = 0x8000000000000000;",
    "IQA_QS_SHIFT: u64 = 0;",
    "IQA_QS_MASK: u64 = 0x7;",
    "IQA_IQA_FIELD: u64 = 0xfffffffffffff000;",
    "FRCD_F_BIT: i32 = 127;",
    "FRCD_SID_BIT: i32 = 64;",
    "RTADDR_TTM_SCALABLE: u64 = 0x1;",
  ])("%s", (constant) => {
    expect(text).toContain(`export const ${constant}\n`);
  });

  it("a register that CAP or ECAP places has no fixed offset", () => {
    expect(text).not.toMatch(/REG_(FRCD|IVA|IOTLB)\b/);
  });
});

describe("reserved bits of descriptors", () => {
  /** Bits that a field covers only while its capability is reported. */
  function withGated(name: string, word: number): bigint {
    const descriptor = invalidationDescriptors.find((each) => each.name === name)!;
    const always = descriptor.fields.filter((field) => field.requires === undefined);
    return reservedMask({ ...descriptor, fields: always }, word);
  }

  // The masks that QEMU 10.2 checks: it has neither DIT nor PDS.
  it.each([
    ["CC_INV", 0xfffc00000000f1c0n, 0xffffffffffffffffn],
    ["IOTLB_INV", 0xffffffff0000f100n, 0xf80n],
    ["DEV_TLB_INV", 0xffff0000ffe0f1f0n, 0xffen],
    ["IEC_INV", 0xffff000007fff1e0n, 0xffffffffffffffffn],
    ["WAIT", 0xfffff180n, 0x3n],
    ["PASID_IOTLB_INV", 0xfff000000000f1c0n, 0xf80n],
    ["PASID_CACHE_INV", 0xfff000000000f1c0n, 0xffffffffffffffffn],
    ["PASID_DEV_TLB_INV", 0xfff000000000f000n, 0x7fen],
    ["PAGE_GROUP_RESPONSE", 0xfff00000000001e0n, 0xfffffffffffff003n],
  ])("%s has those that QEMU checks (§6.5.2)", (name, low, high) => {
    expect(withGated(name, 0)).toBe(low);
    expect(withGated(name, 1)).toBe(high);
  });

  it("PD of a wait is reserved only without PDS (§6.5.2.9)", () => {
    const text = file("assembly/generated/descriptors.ts");
    expect(text).toContain("export const WAIT_RESERVED_0: u64 = 0xfffff100;\n");
    expect(text).toContain("export const WAIT_PD_IN_PLACE: u64 = 0x80;\n");
  });
});

describe("packed faults", () => {
  const packed = (name: string) => {
    const index = faultConditions.findIndex(({ condition }) => condition === name);
    return packFault(faultConditions[index]!, index + 1);
  };
  const answers = (name: string) => {
    const word = packed(name);
    return [word >>> 9, word >>> 12, word >>> 15].map((bits) => bits & 7);
  };

  it("hold code, FPD rule and the three answers (§7.1.3)", () => {
    expect(packed("SFS.2") & 0x1ff).toBe(0x171);
    expect(answers("SFS.2")).toEqual([1, 3, 0]);
    expect(packed("LRT.1") & 0x1ff).toBe(0x008);
    expect(answers("LRT.1")).toEqual([1, 2, 1]);
    expect(answers("SGN.6")).toEqual([1, 4, 0]);
    expect(answers("SPD.3")).toEqual([1, 2, 2]);
    expect(answers("RTA.3")).toEqual([0, 0, 0]);
  });

  it("take the answer with PASID where the one without does not apply", () => {
    expect(answers("SGN.10")).toEqual([1, 1, 1]);
    expect(answers("SCT.4.3")).toEqual([1, 2, 1]);
    expect(answers("SPT.5")).toEqual([1, 3, 0]);
  });

  it("only SFS.10 is logged with a Success", () => {
    const logged = faultConditions.filter((_, index) => {
      return (packFault(faultConditions[index]!, index + 1) >>> 18) & 1;
    });
    expect(logged.map(({ condition }) => condition)).toEqual(["SFS.10"]);
  });

  it("have ordinals of their own, from 1", () => {
    const ordinals = faultConditions.map((fault, index) => packFault(fault, index + 1) >>> 24);
    expect(ordinals[0]).toBe(1);
    expect(new Set(ordinals).size).toBe(faultConditions.length);
  });
});

describe("the register page of the documentation", () => {
  const page = file("docs/registers.md");

  it.each(registers.map(({ mnemonic }) => mnemonic))("lists %s", (mnemonic) => {
    expect(page).toMatch(new RegExp(`\\| ${mnemonic} +\\|`));
  });

  it("describes the fields of what some preset has, and of nothing else", () => {
    expect(page).toContain("## PQA: Page request queue address");
    expect(page).toContain("## FRCD: Fault recording");
    expect(page).toContain("## IRTA");
    expect(page).not.toContain("## PERFRIDFLT");
  });
});

describe("the capability page of the documentation", () => {
  const page = file("docs/capabilities.md");

  it.each([...presetNames, ...Object.keys(unbuiltCapabilities)])("lists %s", (name) => {
    expect(page).toMatch(new RegExp(`^\\| ${name} +\\|`, "m"));
  });
});

describe("tables of host/spec", () => {
  it("have no structure with a name of another", () => {
    const names = [
      ...tableEntries,
      ...pagingEntries,
      ...interruptEntries,
      ...invalidationDescriptors,
    ].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
