import { describe, expect, it } from "vitest";
import { answerTo, conditionOf, Oracle } from "../../host/oracle/index.js";
import { registersOf } from "./registers-by-hand.js";
import { INPUT, OUTPUT } from "./scenarios/scenario.js";
import { SparseMemory } from "./sparse-memory.js";
import {
  DIRECTORY_ENTRY,
  LEGACY_CONTEXT,
  PASID,
  PASID_DIRECTORY,
  PASID_ENTRY,
  ROOT_ENTRY,
  ROOT_TABLE,
  SCALABLE,
  SCALABLE_CONTEXT,
  SID,
  World,
} from "./world.js";

const read = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;

describe("the steps of a request", () => {
  it("name every entry read, with level, address, value and the conclusion", () => {
    const world = new World().scalable(1n);
    const entries = world.mapFirst(INPUT, OUTPUT, { leaf: 2 });
    world.setField(entries[2] ?? 0n, 7, 0, 0n);
    world.oracle.translate(read);
    expect(
      world.oracle.steps.map(({ structure, level, address }) => [structure, level, address]),
    ).toEqual([
      ["scalable-mode root entry", undefined, ROOT_ENTRY],
      ["scalable-mode context entry", undefined, SCALABLE_CONTEXT],
      ["PASID-directory entry", undefined, DIRECTORY_ENTRY],
      ["PASID-table entry", undefined, PASID_ENTRY],
      ["first-stage entry", 4, entries[0]],
      ["first-stage entry", 3, entries[1]],
      ["first-stage entry", 2, entries[2]],
    ]);
    const [root, , , , , third, last] = world.oracle.steps;
    expect(root?.value).toBe(0x5001n);
    expect(third?.decision).toMatch(/^next table; flags 20h set at /);
    expect(last?.decision).toBe("SFS.2: P=0");
  });

  it("end with the rights of the page", () => {
    const world = new World().scalable(1n);
    world.mapFirst(INPUT, OUTPUT);
    world.oracle.translate(read);
    expect(world.oracle.steps.at(-1)?.decision).toMatch(/^leaf of 4096 bytes; RW; flags 20h set/);
  });

  it("have no value for an entry that could not be read", () => {
    const world = new World().scalable(1n);
    world.memory.failReads(ROOT_ENTRY);
    world.oracle.translate(read);
    expect(world.oracle.steps).toEqual([
      {
        structure: "scalable-mode root entry",
        level: undefined,
        address: ROOT_ENTRY,
        value: undefined,
        decision: "SRT.1: the root entry cannot be read",
      },
    ]);
  });
});

describe("an entry", () => {
  it.each([
    ["legacy root entry", ROOT_ENTRY + 16n],
    ["legacy context entry", LEGACY_CONTEXT + 16n],
  ])("is read no further than its end: %s", (_name, next) => {
    const world = new World().legacy(2n);
    world.memory.failReads(next);
    expect(world.oracle.translate({ ...read, pasid: undefined })).toMatchObject({ status: "ok" });
  });

  it.each([
    ["scalable-mode root entry", ROOT_ENTRY + 16n],
    ["scalable-mode context entry", SCALABLE_CONTEXT + 32n],
    ["PASID-directory entry", DIRECTORY_ENTRY + 8n],
    ["PASID-table entry", PASID_ENTRY + 64n],
  ])("is read no further than its end: %s", (_name, next) => {
    const world = new World().scalable(4n);
    world.memory.failReads(next);
    expect(world.oracle.translate(read)).toMatchObject({ status: "ok" });
  });

  it("of a page table is 8 bytes", () => {
    const world = new World().scalable(1n);
    for (const entry of world.mapFirst(INPUT, OUTPUT)) world.memory.failReads(entry + 8n);
    expect(world.oracle.translate(read)).toMatchObject({ status: "ok" });
  });
});

describe("the root-table address (§11.4.5)", () => {
  it("selects the upper half of the root entry and of the context tables for devices 16 to 31", () => {
    const world = new World().scalable(4n);
    world.memory.write64(ROOT_ENTRY + 8n, 0x6001n);
    world.oracle.translate({ sourceId: 0x0388, address: INPUT, access: "read" });
    expect(world.oracle.steps[1]?.address).toBe(0x6000n + 8n * 32n);
    world.setField(ROOT_ENTRY, 64, 64, 0n);
    const upper = { sourceId: 0x03ff, address: INPUT, access: "read" } as const;
    expect(world.oracle.translate(upper)).toMatchObject({ condition: "SRT.2" });
  });

  it("does not check the half of a root entry that the request has no use for", () => {
    const world = new World().scalable(4n);
    world.memory.write64(ROOT_ENTRY + 8n, (1n << 63n) | 0xfffn);
    expect(world.oracle.translate(read)).toMatchObject({ status: "ok" });
  });

  it("ignores bits from the host address width up", () => {
    const world = new World().scalable(4n);
    world.oracle.state = {
      ...world.oracle.state,
      rootTableAddress: ROOT_TABLE | SCALABLE | (0xffn << 56n),
    };
    expect(world.oracle.translate(read)).toMatchObject({ status: "ok" });
  });
});

describe("the size of the PASID directory (§9.4, PDTS)", () => {
  it.each([0n, 1n, 3n, 7n])("of PDTS=%s limits PASIDs to 2^(PDTS+13) - 1", (pdts) => {
    const world = new World().scalable(4n).setField(SCALABLE_CONTEXT, 11, 9, pdts);
    const limit = 2 ** (Number(pdts) + 13);
    expect(world.oracle.translate({ ...read, pasid: limit - 1 })).toMatchObject({
      condition: "SPD.2",
    });
    if (limit < 2 ** 20) {
      expect(world.oracle.translate({ ...read, pasid: limit })).toMatchObject({
        condition: "SCT.7",
      });
    }
    const index = BigInt((limit - 1) >> 6);
    world.oracle.translate({ ...read, pasid: limit - 1 });
    expect(world.oracle.steps.at(-1)?.address).toBe(PASID_DIRECTORY + 8n * index);
  });

  it("is not the only limit: PSS has its own", () => {
    for (const PSS of [6, 7]) {
      const world = new World({ PSS }).scalable(4n);
      const limit = 2 ** (PSS + 1);
      const last = world.oracle.translate({ ...read, pasid: limit - 1 });
      expect(last).not.toMatchObject({ condition: "SGN.10" });
      expect(world.oracle.translate({ ...read, pasid: limit })).toMatchObject({
        condition: "SGN.10",
      });
    }
  });

  it("limits RID_PASID as well", () => {
    const world = new World().scalable(4n).setField(SCALABLE_CONTEXT, 83, 64, 0x3fffn);
    const plain = { ...read, pasid: undefined };
    expect(world.oracle.translate(plain)).toMatchObject({ condition: "SCT.4.2" });
    world.setField(SCALABLE_CONTEXT, 11, 9, 1n);
    expect(world.oracle.translate(plain)).toMatchObject({ condition: "SPD.2" });
    world.setField(SCALABLE_CONTEXT, 11, 9, 0n).setField(SCALABLE_CONTEXT, 83, 64, 0x1fffn);
    expect(world.oracle.translate(plain)).toMatchObject({ condition: "SPD.2" });
  });
});

describe("version and capabilities", () => {
  it("of version 7 report an execute request as SPT.5, and of version 8 as RTA.5", () => {
    for (const [version, condition] of [
      [0x7f, "SPT.5"],
      [0x80, "RTA.5"],
    ] as const) {
      const world = new World({ version }).scalable(4n);
      expect(world.oracle.translate({ ...read, execute: true })).toMatchObject({ condition });
      const plain = { ...read, pasid: undefined, execute: true };
      expect(world.oracle.translate(plain)).toMatchObject({ status: "ok" });
    }
  });

  it("with ERS let an execute request of version 7 pass as a read", () => {
    const world = new World({ version: 0x70, ERS: true }).scalable(4n);
    expect(world.oracle.translate({ ...read, execute: true })).toMatchObject({ status: "ok" });
  });

  it("with RPS clear translate requests without PASID by PASID 0", () => {
    const world = new World({ RPS: false }).scalable(4n).setField(SCALABLE_CONTEXT, 83, 64, 0n);
    world.memory.write64(PASID_DIRECTORY, 0xb001n);
    world.memory.write64(0xb000n, (4n << 6n) | 1n);
    expect(world.oracle.translate({ ...read, pasid: undefined })).toMatchObject({ status: "ok" });
    expect(world.oracle.steps.at(-1)?.address).toBe(0xb000n);
  });

  it("take a host address width of 52, with no reserved bits below bit 52", () => {
    const world = new World({ HAW: 52 }).scalable(1n);
    const target = (1n << 51n) | OUTPUT;
    world.mapFirst(INPUT, target);
    expect(world.oracle.translate(read)).toMatchObject({ status: "ok", address: target });
  });

  it.each([
    [{ HAW: 31 }, "host address width 31: expected 32 to 52 bits"],
    [{ HAW: 53 }, "host address width 53: expected 32 to 52 bits"],
    [{ ND: 7 }, "CAP_REG.ND is 7, which is reserved: expected 0 to 6"],
    [{ HPTS: true }, "ECAP_REG.HPTS is set"],
    [{ SSTS: false }, "ECAP_REG.NEST is set: expected SSTS and FSTS"],
  ])("that the oracle does not model are refused: %j", (features, message) => {
    const make = (): Oracle => new Oracle({ memory: new SparseMemory(), ...registersOf(features) });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});

describe("the check of requests refuses misuse with a RangeError", () => {
  it.each([
    ["sourceId -1: expected a requester id", { sourceId: -1 }],
    ["sourceId 1.5: expected a requester id", { sourceId: 1.5 }],
    ["pasid -1: expected 20 bits", { pasid: -1 }],
    ["pasid 0.5: expected 20 bits", { pasid: 0.5 }],
    ["size -1 at page offset 0", { size: -1 }],
    ["size 2.5 at page offset 0", { size: 2.5 }],
    ["sourceId 65536: expected a requester id of 16 bits", { sourceId: 0x10000 }],
    ["pasid 1048576: expected 20 bits, or undefined for no PASID", { pasid: 0x100000 }],
    ["address -1h: expected 64 bits, not negative", { address: -1n }],
    ["address 10000000000000000h: expected 64 bits", { address: 1n << 64n }],
    ["size 4097 at page offset 0: expected 0 to 4096 bytes", { size: 0x1001 }],
    ["size 8 at page offset 4092", { address: INPUT + 0xffcn, size: 8 }],
    ['size 0 with access "write": only a read', { size: 0, access: "write" }],
  ] as const)("%s", (message, change) => {
    const { oracle } = new World().scalable(4n);
    expect(() => oracle.translate({ ...read, ...change })).toThrow(RangeError);
    expect(() => oracle.translate({ ...read, ...change })).toThrow(message);
  });

  it("but not for the outermost values", () => {
    const { oracle } = new World({ HAW: 32 });
    const request = { ...read, pasid: 0xfffff, address: (1n << 64n) - 8n };
    for (const sourceId of [0, 0xffff]) {
      expect(oracle.translate({ ...request, sourceId })).toMatchObject({ status: "ok" });
    }
  });

  it("but not for a request of a whole page", () => {
    const { oracle } = new World().scalable(4n);
    expect(oracle.translate({ ...read, size: 4096 })).toMatchObject({ status: "ok" });
  });

  it("for a condition that Table 30 does not have", () => {
    expect(() => conditionOf("SGN.3" as "SGN.2")).toThrow("no fault condition is named SGN.3");
  });
});

describe("the table of conditions", () => {
  it("says what does not apply", () => {
    expect(answerTo("LRT.1", "untranslated", true)).toBeUndefined();
    expect(answerTo("SCT.10", "translated", true)).toBe("UR");
    expect(answerTo("SPT.6", "page-request", true)).toBeUndefined();
    expect(answerTo("SFS.10", "translation", false)).toBe("S0L");
  });
});
