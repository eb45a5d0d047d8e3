import { describe, expect, it } from "vitest";

import {
  FirstStageTable,
  FrameAllocator,
  ScalableTables,
  SecondStageTable,
  type PasidOptions,
  type ScalableContextOptions,
} from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";

const DEVICE = "00:02.0";

function setUp(options: { ssirwe?: boolean } = {}) {
  const memory = new MapMemory();
  const frames = new FrameAllocator({ start: 0x10_0000n, end: 0x100_0000n });
  const tables = ScalableTables.create({ memory, frames, ...options });
  const words = (address: bigint, count: number) =>
    Array.from({ length: count }, (_, i) => memory.at(address + 8n * BigInt(i)));
  return { memory, frames, tables, words };
}

function contextWords(options: ScalableContextOptions): bigint[] {
  const { tables, words } = setUp();
  const [low = 0n, ...rest] = words(tables.context(DEVICE, options).address, 4);
  return [low & 0xfffn, ...rest];
}

function pasidWords(options: PasidOptions): bigint[] {
  const { tables, words } = setUp();
  tables.context(DEVICE, { paside: true });
  return words(tables.pasid(DEVICE, 5, options).address, 8);
}

describe("the scalable-mode root table (§9.2)", () => {
  it("is announced with TTM = 01b in RTADDR, and SSIRWE in bit 7 when asked", () => {
    const { tables } = setUp();
    expect(tables.rootTableAddress).toBe(tables.rootTable | 0x400n);
    const other = setUp({ ssirwe: true }).tables;
    expect(other.rootTableAddress).toBe(other.rootTable | 0x480n);
  });

  it("has for each bus a pointer for devices 0 to 15 and one for devices 16 to 31", () => {
    const { tables, words } = setUp();
    tables.context("03:0f.7");
    const [lower = 0n] = words(tables.rootTable + 3n * 16n, 2);
    expect(words(tables.rootTable + 3n * 16n, 2)).toEqual([(lower & ~0xfffn) | 1n, 0n]);
    expect(tables.contextEntry("03:0f.7").address).toBe((lower & ~0xfffn) + 0x7fn * 32n);

    tables.context("03:10.1");
    const [again, upper = 0n] = words(tables.rootTable + 3n * 16n, 2);
    expect(again).toBe(lower);
    expect(upper & 0xfffn).toBe(1n);
    expect(tables.contextEntry(0x381).address).toBe((upper & ~0xfffn) + 32n);
    expect(tables.entryAddresses("03:10.1")).toEqual({
      root: tables.rootTable + 3n * 16n,
      context: (upper & ~0xfffn) + 32n,
    });
  });
});

describe("a scalable-mode context entry (§9.4)", () => {
  it.each([
    [{}, [1n, 0n]],
    [{ present: false, fpd: true }, [2n, 0n]],
    [{ dte: true }, [1n | (1n << 2n), 0n]],
    [{ paside: true }, [1n | (1n << 3n), 0n]],
    [{ pre: true }, [1n | (1n << 4n), 0n]],
    [{ eptr: true }, [1n | (1n << 6n), 0n]],
    [{ pdts: 5 }, [1n | (5n << 9n), 0n]],
    [{ ridPasid: 0xf_ffff }, [1n, 0xf_ffffn]],
    [{ ridPriv: true }, [1n, 1n << 20n]],
  ])("has the bits of %o", (options, [low, high]) => {
    expect(contextWords(options)).toEqual([low, high, 0n, 0n]);
  });

  it.each([
    [{ pdts: 8 }, "PDTS (11:9): 0x8 does not fit"],
    [{ pdts: -1 }, "PDTS (11:9): -0x1 does not fit"],
    [{ ridPasid: 0x10_0000 }, "RID_PASID (83:64): 0x100000 does not fit"],
    [{ ridPasid: 0.5 }, "RID_PASID (83:64): 0.5 is not an integer"],
  ])("is refused for %o, and nothing is built", (options, why) => {
    const { memory, tables } = setUp();
    expect(() => tables.context(DEVICE, options)).toThrow(RangeError);
    expect(() => tables.context(DEVICE, options)).toThrow(why);
    expect(memory.at(tables.rootTable)).toBe(0n);
    expect(() => tables.contextEntry(DEVICE)).toThrow("00:02.0: no context entry, call context()");
  });

  it("is rewritten whole over the same PASID directory", () => {
    const { tables } = setUp();
    const entry = tables.context(DEVICE, { dte: true, pdts: 2 });
    const directory = entry.get("PASIDDIRPTR");
    tables.context(DEVICE, { pre: true });
    expect(entry.read()).toEqual([directory | 1n | (1n << 4n) | (2n << 9n), 0n, 0n, 0n]);
    expect(() => tables.context(DEVICE, { pdts: 3 })).toThrow(
      "pdts 3 for 00:02.0: its PASID directory was made for 2, call removeContext first",
    );
    expect(tables.removeContext(DEVICE)).toEqual([directory]);
    expect(entry.read()).toEqual([0n, 0n, 0n, 0n]);
    tables.context(DEVICE, { pdts: 3 });
    expect(entry.get("PDTS")).toBe(3n);
    expect(entry.get("PASIDDIRPTR")).not.toBe(directory);
  });

  it("gives back the frames of the directory and the PASID tables when it is removed", () => {
    const { memory, frames, tables } = setUp();
    const directory = tables.context(DEVICE, { pdts: 3 }).get("PASIDDIRPTR");
    const before = frames.free;
    tables.pasid(DEVICE, 5, { kind: "pass-through", domain: 1 });
    tables.pasid(DEVICE, 64, { kind: "pass-through", domain: 1 });
    const pasidTables = [memory.at(directory), memory.at(directory + 8n)].map((e) => e & ~0xfffn);
    const detached = tables.removeContext(DEVICE);
    expect(detached).toEqual([directory, directory + 0x1000n, ...pasidTables]);
    for (const frame of detached) frames.release(frame);
    expect(frames.free).toBe(before + 2);
  });

  it.each([
    [0, 1],
    [2, 1],
    [3, 2],
    [7, 32],
  ])("with PDTS %i has a directory of %i adjacent frame(s)", (pdts, count) => {
    const { frames, tables } = setUp();
    tables.context("00:03.0");
    const before = frames.free;
    tables.context(DEVICE, { pdts });
    expect(before - frames.free).toBe(count);
    const last = 2 ** (pdts + 13) - 1;
    const directory = tables.contextEntry(DEVICE).get("PASIDDIRPTR");
    expect(tables.directoryEntry(DEVICE, last).address).toBe(directory + BigInt(last >> 6) * 8n);
    expect(() => tables.directoryEntry(DEVICE, last + 1)).toThrow(
      `PASID ${last + 1} of 00:02.0: expected 0 to ${last}, PDTS is ${pdts}`,
    );
  });
});

describe("a PASID table entry (§9.5, §9.6)", () => {
  const firstStage = { pointer: 0x7_0000_5000n, levels: 4 } as const;
  const secondStage = { pointer: 0x6_0000_4000n, levels: 4 } as const;
  const PWSNP = 1n << 23n;

  it("is found through PASID bits 19:6 in the directory and 5:0 in its table", () => {
    const { memory, tables } = setUp();
    const directory = tables.context(DEVICE, { paside: true }).get("PASIDDIRPTR");
    const pasid = (3 << 6) | 9;
    tables.pasid(DEVICE, pasid, { kind: "pass-through", domain: 1 });
    const entry = memory.at(directory + 3n * 8n);
    expect(entry & 0xfffn).toBe(1n);
    expect(tables.pasidEntry(DEVICE, pasid).address).toBe((entry & ~0xfffn) + 9n * 64n);
    expect(tables.entryAddresses(DEVICE, pasid)).toEqual({
      root: tables.rootEntry(DEVICE).address,
      context: tables.contextEntry(DEVICE).address,
      directory: directory + 3n * 8n,
      pasid: (entry & ~0xfffn) + 9n * 64n,
    });
  });

  it.each<[string, PasidOptions, bigint[]]>([
    [
      "first-stage",
      { kind: "first-stage", domain: 7, firstStage },
      [1n | (1n << 6n), 7n | PWSNP, 0x7_0000_5000n],
    ],
    [
      "first-stage of 5 levels with an AW",
      {
        kind: "first-stage",
        domain: 7,
        firstStage: { ...firstStage, levels: 5 },
        addressWidth: 57,
      },
      [1n | (3n << 2n) | (1n << 6n), 7n | PWSNP, 0x7_0000_5000n | (1n << 2n)],
    ],
    [
      "second-stage of 4 levels",
      { kind: "second-stage", domain: 0xffff, secondStage },
      [0x6_0000_4000n | 1n | (2n << 2n) | (2n << 6n), 0xffffn | PWSNP, 0n],
    ],
    [
      "second-stage of 3 levels",
      { kind: "second-stage", domain: 1, secondStage: { ...secondStage, levels: 3 } },
      [0x6_0000_4000n | 1n | (1n << 2n) | (2n << 6n), 1n | PWSNP, 0n],
    ],
    [
      "nested",
      { kind: "nested", domain: 2, firstStage, secondStage: { ...secondStage, levels: 5 } },
      [0x6_0000_4000n | 1n | (3n << 2n) | (3n << 6n), 2n | PWSNP, 0x7_0000_5000n],
    ],
    ["pass-through", { kind: "pass-through", domain: 3 }, [1n | (4n << 6n), 3n | PWSNP, 0n]],
    [
      "pass-through with an AW",
      { kind: "pass-through", domain: 3, addressWidth: 39 },
      [1n | (1n << 2n) | (4n << 6n), 3n | PWSNP, 0n],
    ],
  ])("has for %s the type, pointers and widths of the reference", (_, options, expected) => {
    expect(pasidWords(options)).toEqual([...expected, 0n, 0n, 0n, 0n, 0n]);
  });

  it.each([
    [{ present: false }, [4n << 6n, PWSNP, 0n]],
    [{ fpd: true }, [3n | (4n << 6n), PWSNP, 0n]],
    [{ ssade: true }, [1n | (4n << 6n) | (1n << 9n), PWSNP, 0n]],
    [{ pwsnp: false }, [1n | (4n << 6n), 0n, 0n]],
    [{ pgsnp: true }, [1n | (4n << 6n), PWSNP | (1n << 24n), 0n]],
    [{ sre: true }, [1n | (4n << 6n), PWSNP, 1n]],
    [{ wpe: true }, [1n | (4n << 6n), PWSNP, 1n << 4n]],
    [{ eafe: true }, [1n | (4n << 6n), PWSNP, 1n << 7n]],
  ])("has the flags of %o", (options, expected) => {
    const words = pasidWords({ kind: "pass-through", domain: 0, ...options });
    expect(words).toEqual([...expected, 0n, 0n, 0n, 0n, 0n]);
  });

  it.each<[PasidOptions, string]>([
    [{ kind: "pass-through", domain: 0x1_0000 }, "DID (79:64): 0x10000 does not fit"],
    [{ kind: "pass-through", domain: 1, addressWidth: 64 as 57 }, "addressWidth 64: expected 39"],
    [
      { kind: "first-stage", domain: 1, firstStage: { pointer: 0x5800n, levels: 4 } },
      "FSPTPTR (191:140): 0x5800 is not a multiple of 0x1000",
    ],
    [{ kind: "huge" as "pass-through", domain: 1 }, 'kind "huge": expected one of first-stage'],
  ])("is refused for %o, and nothing is built", (options, why) => {
    const { tables } = setUp();
    tables.context(DEVICE);
    expect(() => tables.pasid(DEVICE, 5, options)).toThrow(RangeError);
    expect(() => tables.pasid(DEVICE, 5, options)).toThrow(why);
    expect(tables.directoryEntry(DEVICE, 5).read()).toEqual([0n]);
  });

  it("needs a context entry before it, and a table to be found", () => {
    const { tables } = setUp();
    expect(() => tables.pasid(DEVICE, 5, { kind: "pass-through", domain: 1 })).toThrow(
      "00:02.0: no context entry, call context() first",
    );
    tables.context(DEVICE);
    expect(() => tables.pasidEntry(DEVICE, 5)).toThrow("PASID 5 of 00:02.0: no PASID table");
  });

  it("is rewritten with its present bit cleared first and set last (§6.5.3)", () => {
    const { memory, tables } = setUp();
    tables.context(DEVICE);
    const entry = tables.pasid(DEVICE, 5, { kind: "first-stage", domain: 7, firstStage });
    const start = memory.written.length;
    tables.pasid(DEVICE, 5, { kind: "second-stage", domain: 8, secondStage });
    const order = memory.written.slice(start).map((address) => (address - entry.address) / 8n);
    expect(order).toEqual([0n, 1n, 2n, 0n]);
    tables.removePasid(DEVICE, 5);
    expect(entry.read()).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });

  it("takes the tables that map pages", () => {
    const { memory, frames, tables } = setUp();
    const first = new FirstStageTable({ memory, frames, levels: 5 });
    const second = new SecondStageTable({ memory, frames, levels: 3 });
    tables.context(DEVICE, { paside: true });
    const entry = tables.pasid(DEVICE, 5, {
      kind: "nested",
      domain: 1,
      firstStage: first,
      secondStage: second,
    });
    expect(entry.get("FSPTPTR")).toBe(first.pointer);
    expect(entry.get("SSPTPTR")).toBe(second.pointer);
    expect([entry.get("FSPM"), entry.get("AW")]).toEqual([1n, 1n]);
  });

  it("is found again where it is, however the entries above it were spoilt", () => {
    const { memory, tables } = setUp();
    tables.context(DEVICE);
    tables.pasid(DEVICE, 5, { kind: "pass-through", domain: 1 });
    const addresses = tables.entryAddresses(DEVICE, 5);
    for (const address of [addresses.root, addresses.context, addresses.directory]) {
      memory.write64(address, 0xdead_beef_0000_0ffen);
    }
    expect(tables.entryAddresses(DEVICE, 5)).toEqual(addresses);
  });
});
