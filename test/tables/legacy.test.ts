import { describe, expect, it } from "vitest";

import {
  FrameAllocator,
  LegacyTables,
  SecondStageTable,
  type LegacyContextOptions,
} from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";

function setUp() {
  const memory = new MapMemory();
  const frames = new FrameAllocator({ start: 0x10_0000n, end: 0x20_0000n });
  return { memory, frames, tables: LegacyTables.create({ memory, frames }) };
}

const secondStage = { pointer: 0x6_0000_4000n, levels: 4 } as const;

describe("the tables of legacy mode (§3.4.2)", () => {
  it("are announced with TTM = 00b in RTADDR", () => {
    const { tables } = setUp();
    expect(tables.rootTableAddress).toBe(tables.rootTable);
    expect(tables.rootTable & 0xfffn).toBe(0n);
  });

  it("have a root entry of 16 bytes for each bus and 256 context entries of 16 bytes (§9.1)", () => {
    const { memory, tables } = setUp();
    tables.context("a0:1f.7", { kind: "second-stage", domain: 1, secondStage });
    const root = memory.at(tables.rootTable + 0xa0n * 16n);
    expect(root & 0xfffn).toBe(1n);
    expect(memory.at(tables.rootTable + 0xa0n * 16n + 8n)).toBe(0n);
    const context = (root & ~0xfffn) + 0xffn * 16n;
    expect(tables.entryAddresses("a0:1f.7")).toEqual({
      root: tables.rootTable + 0xa0n * 16n,
      context,
    });
    expect(memory.at(context) & 1n).toBe(1n);
    tables.context("a0:00.0", { kind: "second-stage", domain: 1, secondStage });
    expect(tables.contextEntry("a0:00.0").address).toBe(root & ~0xfffn);
  });

  it.each<[string, LegacyContextOptions, [bigint, bigint]]>([
    ["TT 00b", { kind: "second-stage", domain: 0, secondStage }, [0x6_0000_4001n, 2n]],
    [
      "TT 01b",
      { kind: "second-stage", domain: 0, secondStage, deviceTlb: true },
      [0x6_0000_4005n, 2n],
    ],
    ["TT 10b", { kind: "pass-through", domain: 0, addressWidth: 57 }, [0x9n, 3n]],
    [
      "AW 001b",
      { kind: "second-stage", domain: 0, secondStage: { ...secondStage, levels: 3 } },
      [0x6_0000_4001n, 1n],
    ],
    [
      "the domain in bits 87:72",
      { kind: "pass-through", domain: 0xffff, addressWidth: 48 },
      [0x9n, 0xff_ff02n],
    ],
    [
      "FPD without P",
      { kind: "pass-through", domain: 1, addressWidth: 48, present: false, fpd: true },
      [0xan, 0x102n],
    ],
  ])("write %s into the context entry (§9.3)", (_, options, words) => {
    const { tables } = setUp();
    const entry = tables.context("00:02.0", options);
    expect(entry.read()).toEqual(words);
    tables.removeContext("00:02.0");
    expect(entry.read()).toEqual([0n, 0n]);
  });

  it.each<[LegacyContextOptions, string]>([
    [{ kind: "pass-through", domain: -1, addressWidth: 48 }, "DID (87:72): -0x1 does not fit"],
    [{ kind: "pass-through", domain: 1, addressWidth: 30 as 39 }, "addressWidth 30: expected 39"],
    [
      { kind: "nested" as "pass-through", domain: 1, addressWidth: 48 },
      'kind "nested": expected "second-stage" or "pass-through"',
    ],
    [
      { kind: "second-stage", domain: 1, secondStage: { pointer: 8n, levels: 4 } },
      "SSPTPTR (63:12): 0x8 is not a multiple of 0x1000",
    ],
  ])("refuse %o, and nothing is built", (options, why) => {
    const { tables } = setUp();
    expect(() => tables.context("00:02.0", options)).toThrow(RangeError);
    expect(() => tables.context("00:02.0", options)).toThrow(why);
    expect(tables.rootEntry("00:02.0").read()).toEqual([0n, 0n]);
    expect(() => tables.contextEntry("00:02.0")).toThrow("00:02.0: no context table");
  });

  it("take the tables that map pages", () => {
    const { memory, frames, tables } = setUp();
    const table = new SecondStageTable({ memory, frames, levels: 5 });
    const entry = tables.context("00:02.0", {
      kind: "second-stage",
      domain: 1,
      secondStage: table,
    });
    expect(entry.get("SSPTPTR")).toBe(table.pointer);
    expect(entry.get("AW")).toBe(3n);
  });
});
