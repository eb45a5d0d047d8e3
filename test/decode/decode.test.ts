import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeDescriptor,
  decodeFault,
  decodeRegister,
  decodeStructure,
  listNames,
  type DecodedField,
} from "../../host/decode/index.js";
import { pagingEntries, registers, tableEntries } from "../../host/spec/index.js";

function field(fields: readonly DecodedField[], name: string): DecodedField | undefined {
  return fields.find((candidate) => candidate.field === name);
}

describe("registers", () => {
  it("GSTS of a running unit: translation, root pointer and queue are on (§11.4.4.2)", () => {
    const fields = decodeRegister("GSTS", 0xc4000000);
    const set = fields.filter(({ value }) => value === 1n).map((each) => each.field);
    expect(set).toEqual(["TES", "RTPS", "QIES"]);
    expect(field(fields, "TES")).toEqual({
      field: "TES",
      bits: "31",
      value: 1n,
      meaning: "DMA remapping is enabled",
    });
  });

  it("an address field shows the address that its bits stand for (§11.4.5)", () => {
    const fields = decodeRegister("rtaddr_reg", 0x12345400n);
    expect(field(fields, "RTA")).toMatchObject({ bits: "63:12", value: 0x12345n });
    expect(field(fields, "RTA")?.meaning).toMatch(/0x12345000$/);
    expect(field(fields, "TTM")?.meaning).toBe("translation table mode: scalable mode");
  });

  it("the CAP of the recorded Linux boots reads as it should (§11.4.2)", () => {
    const fields = decodeRegister("CAP", 0x81d2008c226f0606n);
    const values = Object.fromEntries(fields.map((each) => [each.field, Number(each.value)]));
    expect(values).toMatchObject({ ND: 6, SAGAW: 6, MGAW: 47, FRO: 0x22, SSLPS: 3, MAMV: 18 });
    expect(values).toMatchObject({ NFR: 0, ESRTPS: 1, FS1GP: 1, FS5LP: 0, PSI: 1, ZLR: 1 });
    expect(field(fields, "reserved")).toBeUndefined();
  });

  it("set reserved bits are shown in runs, with their places", () => {
    const reserved = decodeRegister("FECTL", 0x8000_0005).filter((f) => f.field === "reserved");
    expect(reserved.map(({ bits, value }) => [bits, value])).toEqual([
      ["0", 1n],
      ["2", 1n],
    ]);
    const run = field(decodeRegister("RTADDR", 0x300n), "reserved");
    expect(run).toMatchObject({ bits: "9:8", value: 3n });
  });

  it("a value without a name is a reserved value", () => {
    expect(field(decodeRegister("IQERCD", 9n), "IQEI")?.meaning).toMatch(/: reserved value$/);
  });

  it("a fault record names its condition and the type of the request (§11.4.7.6)", () => {
    const value = (1n << 127n) | (1n << 126n) | (0x71n << 96n) | (0x28n << 64n) | 0xabcd000n;
    const fields = decodeRegister("FRCD", value);
    expect(field(fields, "F")).toMatchObject({ bits: "127", value: 1n });
    expect(field(fields, "FR")?.meaning).toMatch(/SFS\.2, a first-stage entry is not present/);
    expect(field(fields, "SID")).toMatchObject({ bits: "79:64", value: 0x28n });
    expect(field(fields, "FI")?.meaning).toMatch(/: 0xabcd000$/);
    expect(field(fields, "T")).toMatchObject({ value: 2n, meaning: "type: read" });
    const words = [value & ((1n << 64n) - 1n), value >> 64n];
    expect(decodeStructure("FRCD", words)).toEqual(fields);
  });

  it.each([
    [0n, 0n, "write"],
    [0n, 1n, "page request"],
    [1n, 0n, "read"],
    [1n, 1n, "AtomicOp"],
  ])("T1 = %d and T2 = %d is a %s", (t1, t2, type) => {
    const fields = decodeRegister("FRCD", (t1 << 126n) | (t2 << 92n));
    expect(field(fields, "T")?.meaning).toBe(`type: ${type}`);
  });

  it("a fault reason code that the manual does not have is unknown", () => {
    expect(field(decodeRegister("FRCD", 0xffn << 96n), "FR")?.meaning).toMatch(/: unknown$/);
  });

  it("an unknown name is refused with the known ones", () => {
    expect(() => decodeRegister("GSTATUS", 0)).toThrow(
      /no register "GSTATUS"; known are CAP, ECAP/,
    );
  });

  it.each([
    ["GSTS", 0x1_0000_0000],
    ["GSTS", -1],
    ["CAP", 2 ** 60],
    ["CAP", 1n << 64n],
    ["GSTS", 0.5],
  ])("a value that does not fit is refused: %s = %s", (name, value) => {
    expect(() => decodeRegister(name, value)).toThrow(RangeError);
  });
});

describe("structures", () => {
  it("a scalable-mode context entry of 256 bits (§9.4)", () => {
    const words = [0x1000_0000_0e1dn | (1n << 3n), 0x10_0005n, 0n, 0n];
    const fields = decodeStructure("sm-context", words);
    expect(field(fields, "P")?.value).toBe(1n);
    expect(field(fields, "PDTS")).toMatchObject({ bits: "11:9", value: 7n });
    expect(field(fields, "PASIDDIRPTR")?.meaning).toMatch(/: 0x100000000000$/);
    expect(field(fields, "RID_PASID")).toMatchObject({ bits: "83:64", value: 5n });
    expect(field(fields, "RID_PRIV")).toMatchObject({ bits: "84", value: 1n });
  });

  it("a PASID table entry of 512 bits (§9.6)", () => {
    const words = [0xd1n, 0x0180_0007n, 0x5000n | (1n << 2n), 0n, 0n, 0n, 0n, 0n];
    const fields = decodeStructure("PASID_ENTRY", words);
    expect(field(fields, "PGTT")?.meaning).toMatch(/nested/);
    expect(field(fields, "AW")?.meaning).toBe("address width of the second stage: reserved value");
    expect(field(fields, "DID")).toMatchObject({ bits: "79:64", value: 7n });
    expect(field(fields, "PWSNP")?.value).toBe(1n);
    expect(field(fields, "PGSNP")?.value).toBe(1n);
    expect(field(fields, "FSPM")?.meaning).toMatch(/5 levels/);
    expect(field(fields, "FSPTPTR")?.meaning).toMatch(/: 0x5000$/);
  });

  it("bits that hardware ignores are not called reserved (§9.6)", () => {
    const ignored = [0n, 0n, 3n << 5n, 0n, 0n, 0n, 0n, 0n];
    expect(field(decodeStructure("PASID_ENTRY", ignored), "reserved")).toBeUndefined();
    const reserved = [0n, 0n, 1n << 8n, 0n, 0n, 0n, 0n, 0n];
    expect(field(decodeStructure("PASID_ENTRY", reserved), "reserved")).toMatchObject({
      bits: "136",
    });
  });

  it("every field of every record agrees with bits cut from one large number", () => {
    const records = [...tableEntries, ...pagingEntries];
    fc.assert(
      fc.property(
        fc.constantFrom(...records),
        fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { minLength: 8, maxLength: 8 }),
        (structure, random) => {
          const words = random.slice(0, structure.bits / 64);
          const whole = words.reduce((all, word, index) => all | (word << BigInt(64 * index)), 0n);
          const decoded = decodeStructure(structure.name, words);
          for (const { name, high, low } of structure.fields) {
            const expected = BigInt.asUintN(high - low + 1, whole >> BigInt(low));
            expect(field(decoded, name)?.value).toBe(expected);
          }
        },
      ),
    );
  });

  it("a wrong number of words is refused", () => {
    expect(() => decodeStructure("CONTEXT", [1n])).toThrow(/CONTEXT has 2 words .* 1 are given/);
  });

  it("a word that is no 64-bit number is refused", () => {
    expect(() => decodeStructure("FS", [1n << 64n])).toThrow(/word 0/);
    expect(() => decodeStructure("FS", [-1n])).toThrow(/word 0/);
  });

  it("an unknown name is refused with the known ones", () => {
    expect(() => decodeStructure("PTE", [0n])).toThrow(
      /no structure "PTE"; known are ROOT, CONTEXT/,
    );
  });
});

describe("descriptors", () => {
  it("a wait with status write, interrupt and fence (§6.5.2.9)", () => {
    const fields = decodeDescriptor([0x2_0000_0075n, 0x7000n]);
    expect(fields[0]).toEqual({
      field: "type",
      bits: "11:9, 3:0",
      value: 5n,
      meaning: "Invalidation wait (§6.5.2.9)",
    });
    for (const name of ["IF", "SW", "FN"]) {
      expect(field(fields, name)?.value).toBe(1n);
    }
    expect(field(fields, "STATUS_DATA")?.value).toBe(2n);
    expect(field(fields, "STATUS_ADDR")?.meaning).toMatch(/: 0x7000$/);
  });

  it("the same descriptor as bytes, padded to 256 bits", () => {
    const bytes = new Uint8Array(32);
    bytes.set([0x75, 0, 0, 0, 2, 0, 0, 0, 0, 0x70]);
    expect(decodeDescriptor(bytes)).toEqual(decodeDescriptor([0x2_0000_0075n, 0x7000n]));
    bytes[31] = 0x80;
    expect(field(decodeDescriptor(bytes), "reserved")).toMatchObject({ bits: "255" });
  });

  it("a PASID-based IOTLB invalidation of one page (§6.5.2.4)", () => {
    const fields = decodeDescriptor([(5n << 32n) | (9n << 16n) | 0x36n, 0x4040n, 0n, 0n]);
    expect(field(fields, "G")?.meaning).toBe("granularity: page-selective within the PASID");
    expect(field(fields, "PASID")?.value).toBe(5n);
    expect(field(fields, "DID")?.value).toBe(9n);
    expect(field(fields, "IH")?.value).toBe(1n);
    expect(field(fields, "ADDR")?.meaning).toMatch(/: 0x4000$/);
  });

  it("the type takes bits 11:9 as its high part (§6.5.2)", () => {
    expect(() => decodeDescriptor([0x205n, 0n])).toThrow(/has type 21/);
  });

  it("type 0 is no descriptor", () => {
    expect(() => decodeDescriptor([0n, 0n])).toThrow(/type 0; known are 1 Context-cache/);
  });

  it("a 256-bit type in 16 bytes is refused", () => {
    expect(() => decodeDescriptor([6n, 0n])).toThrow(/has 32 bytes; 16 are given/);
  });

  it("a page request is told from an invalidation by its queue (§7.4.1.1)", () => {
    const words = [(5n << 32n) | (0x28n << 16n) | 0x101n, 0xabcd000n | (3n << 3n) | 5n, 0n, 0n];
    const fields = decodeDescriptor(words, "page-request");
    expect(fields[0]?.meaning).toBe("Page request descriptor (§7.4.1.1)");
    expect(field(fields, "PP")?.value).toBe(1n);
    expect(field(fields, "RID")?.value).toBe(0x28n);
    expect(field(fields, "PASID")?.value).toBe(5n);
    expect(field(fields, "RDR")?.value).toBe(1n);
    expect(field(fields, "WRR")?.value).toBe(0n);
    expect(field(fields, "LPIG")?.value).toBe(1n);
    expect(field(fields, "PRGI")?.value).toBe(3n);
    expect(field(fields, "ADDR")?.meaning).toMatch(/: 0xabcd000$/);
    expect(decodeDescriptor(words)[0]?.meaning).toMatch(/Context-cache/);
  });

  it.each([1, 3])("%d words are refused", (count) => {
    expect(() => decodeDescriptor(Array.from({ length: count }, () => 5n))).toThrow(/16 or 32/);
  });

  it("16 bytes of a page request are refused", () => {
    expect(() => decodeDescriptor([1n, 0n], "page-request")).toThrow(/has 32 bytes/);
  });
});

describe("faults", () => {
  it("a code with one condition", () => {
    expect(decodeFault(0x71).map(({ condition }) => condition)).toEqual(["SFS.2"]);
  });

  it("a code that several conditions share", () => {
    expect(decodeFault(0x43).map(({ condition }) => condition)).toEqual([
      "SCT.4.1",
      "SCT.4.2",
      "SCT.4.3",
    ]);
  });

  it("a condition by name", () => {
    expect(decodeFault("sgn.10")).toMatchObject([{ code: 0x89, qualified: true }]);
  });

  it("what no fault has is refused with the known ones", () => {
    expect(() => decodeFault(0x5e)).toThrow(/reason code 94; known are, in hex, 1, 2, 3/);
    expect(() => decodeFault("SFS.99")).toThrow(/no fault condition "SFS.99"; known are LRT.1/);
  });
});

describe("names", () => {
  const names = listNames();

  it("every register that is listed can be decoded", () => {
    expect(names.registers).toHaveLength(registers.length);
    for (const name of names.registers) {
      expect(() => decodeRegister(name, 0)).not.toThrow();
    }
  });

  it("every structure that is listed is known", () => {
    for (const name of names.structures) {
      expect(() => decodeStructure(name, [])).toThrow(/words of 64 bits/);
    }
  });

  it("every fault that is listed can be decoded", () => {
    for (const name of names.faults) {
      expect(decodeFault(name)).toHaveLength(1);
    }
  });

  it("descriptors are structures too", () => {
    expect(names.structures).toEqual(expect.arrayContaining([...names.descriptors]));
  });
});
