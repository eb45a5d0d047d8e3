import { describe, expect, it } from "vitest";
import type { Features } from "./registers-by-hand.js";
import { INPUT, OUTPUT } from "./scenarios/scenario.js";
import {
  DIRECTORY_ENTRY,
  LEGACY_CONTEXT,
  P,
  PASID_DIRECTORY,
  RID_PASID_ENTRY,
  ROOT_ENTRY,
  SCALABLE_CONTEXT,
  SID,
  World,
} from "./world.js";

/** Bits high:low of an entry, or a single bit. */
type Range = readonly [number, number] | readonly [number];

const read = { sourceId: SID, address: INPUT, access: "read" } as const;
/** Host addresses of the tests have 46 bits. */
const TOO_HIGH: Range = [63, 46];
const TOO_HIGH_IN_PAGING_ENTRY: Range = [51, 46];
const LARGE_PAGE = 0x8_4000_0000n;

/** A unit without any optional field, and 8 bits of domain id. */
const BARE: Features = {
  ND: 2,
  DT: false,
  PASID: false,
  PRS: false,
  PTRS: false,
  RPS: false,
  RPRIVS: false,
  SSTS: false,
  SSADS: false,
  SMPWCS: false,
  SC: false,
  SRS: false,
  FSTS: false,
  NEST: false,
  EAFS: false,
  SSIRWS: false,
};

describe("the reserved bits of root, context and PASID entries (§9.1 to §9.6)", () => {
  interface Case {
    name: string;
    features?: Features;
    condition: string;
    bits: number;
    build: (world: World) => bigint;
    reserved: Range[];
  }
  const cases: Case[] = [
    {
      name: "a root entry of legacy mode",
      condition: "LRT.3",
      bits: 128,
      build: (world) => (world.legacy(), ROOT_ENTRY),
      reserved: [[11, 1], TOO_HIGH, [127, 64]],
    },
    {
      name: "a context entry of legacy mode with 16 bits of domain id",
      condition: "LCT.3",
      bits: 128,
      build: (world) => (world.legacy(1n), LEGACY_CONTEXT),
      reserved: [[11, 4], TOO_HIGH, [71], [127, 88]],
    },
    {
      name: "a context entry of legacy mode with 8 bits of domain id, for pass-through",
      features: { ND: 2 },
      condition: "LCT.3",
      bits: 128,
      build: (world) => (world.legacy(2n), LEGACY_CONTEXT),
      reserved: [[11, 4], [71], [127, 80]],
    },
    {
      name: "the lower half of a scalable-mode root entry",
      condition: "SRT.3",
      bits: 64,
      build: (world) => (world.scalable(4n), ROOT_ENTRY),
      reserved: [[11, 1], TOO_HIGH],
    },
    {
      name: "a scalable-mode context entry",
      condition: "SCT.3",
      bits: 256,
      build: (world) => (world.scalable(4n), SCALABLE_CONTEXT),
      reserved: [[5], [8, 7], TOO_HIGH, [255, 85]],
    },
    {
      name: "a scalable-mode context entry of a bare unit",
      features: BARE,
      condition: "SCT.3",
      bits: 256,
      build: (world) => (barePasidEntry(world), SCALABLE_CONTEXT),
      reserved: [[8, 2], TOO_HIGH, [255, 64]],
    },
    {
      name: "a PASID-directory entry",
      condition: "SPD.3",
      bits: 64,
      build: (world) => (world.scalable(4n), DIRECTORY_ENTRY),
      reserved: [[11, 2], TOO_HIGH],
    },
    {
      name: "a PASID-table entry",
      condition: "SPT.3",
      bits: 512,
      build: barePasidEntry,
      reserved: [
        [5],
        [11, 10],
        TOO_HIGH,
        [86, 80],
        [127, 89],
        [129],
        [139, 136],
        [191, 174],
        [511, 192],
      ],
    },
    {
      name: "a PASID-table entry of a unit with memory types",
      features: { MTS: true },
      condition: "SPT.3",
      bits: 512,
      build: barePasidEntry,
      reserved: [
        [5],
        [11, 10],
        TOO_HIGH,
        [86, 80],
        [95, 91],
        [129],
        [139, 136],
        [191, 174],
        [511, 192],
      ],
    },
    {
      name: "a PASID-table entry of a bare unit",
      features: BARE,
      condition: "SPT.3",
      bits: 512,
      build: barePasidEntry,
      reserved: [
        [5, 2],
        [63, 9],
        [132, 72],
        [511, 135],
      ],
    },
  ];
  it.each(cases)("$name", ({ features, condition, bits, build, reserved }) => {
    const found = probe(bits, condition, () => {
      const world = new World(features);
      return [world, build(world)];
    });
    expect(found).toEqual(bitsOf(reserved));
  });
});

describe("a field that depends on one capability is reserved without it (§9.4, §9.6)", () => {
  it.each([
    ["DT", [2]],
    ["PASID", [3]],
    ["PRS", [4]],
    ["PTRS", [6]],
    ["RPS", [83, 64]],
    ["RPRIVS", [84]],
  ] as const)("in a context entry: %s", (capability, field) => {
    const found = probe(256, "SCT.3", () => {
      const world = new World({ [capability]: false }).scalable(4n);
      world.memory.write64(SCALABLE_CONTEXT, PASID_DIRECTORY | P);
      world.memory.write64(SCALABLE_CONTEXT + 8n, 0n);
      return [world, SCALABLE_CONTEXT];
    });
    expect(found).toEqual(bitsOf([[5], [8, 7], TOO_HIGH, [255, 85], field]));
  });

  it.each([
    ["SSTS", [[4, 2], [9], [45, 12]]],
    ["SSADS", [[9]]],
    ["SMPWCS", [[87]]],
    ["SC", [[88]]],
    ["SRS", [[128]]],
    [
      "FSTS",
      [
        [132, 130],
        [173, 140],
      ],
    ],
    ["EAFS", [[135]]],
  ] as const)("in a PASID-table entry: %s", (capability, fields) => {
    const found = probe(512, "SPT.3", () => {
      const world = new World({ [capability]: false, NEST: false });
      return [world, barePasidEntry(world)];
    });
    const always: Range[] = [[5], [11, 10], TOO_HIGH, [86, 80], [127, 89], [129], [139, 136]];
    expect(found).toEqual(bitsOf([...always, [191, 174], [511, 192], ...fields]));
  });

  it.each([0, 1, 2, 3, 4, 5, 6])("for ND=%s a domain id has 4 + 2*ND bits", (ND) => {
    const found = probe(128, "LCT.3", () => [new World({ ND }).legacy(2n), LEGACY_CONTEXT]);
    const domainId: Range[] = ND === 6 ? [] : [[87, 76 + 2 * ND]];
    expect(found).toEqual(bitsOf([[11, 4], [71], [127, 88], ...domainId]));
  });
});

describe("the reserved bits of paging entries (§9.7, §9.8)", () => {
  interface Case {
    stage: "first" | "second";
    level: number;
    leaf: boolean;
    features?: Features;
    reserved: Range[];
  }
  const IW: Range = [62];
  const cases: Case[] = [
    { stage: "first", level: 5, leaf: false, reserved: [[7]] },
    { stage: "first", level: 4, leaf: false, reserved: [[7]] },
    { stage: "first", level: 3, leaf: false, reserved: [] },
    { stage: "first", level: 2, leaf: false, reserved: [] },
    { stage: "first", level: 3, leaf: true, reserved: [[29, 13]] },
    { stage: "first", level: 2, leaf: true, reserved: [[20, 13]] },
    { stage: "first", level: 1, leaf: true, reserved: [] },
    { stage: "second", level: 5, leaf: false, reserved: [[7], [11], IW] },
    { stage: "second", level: 4, leaf: false, reserved: [[7], [11], IW] },
    { stage: "second", level: 3, leaf: false, reserved: [[11], IW] },
    { stage: "second", level: 2, leaf: false, reserved: [[11], IW] },
    { stage: "second", level: 3, leaf: true, reserved: [[29, 12], IW] },
    { stage: "second", level: 2, leaf: true, reserved: [[20, 12], IW] },
    { stage: "second", level: 1, leaf: true, reserved: [IW] },
    { stage: "second", level: 3, leaf: true, features: { SC: false }, reserved: [[29, 11], IW] },
    { stage: "second", level: 2, leaf: true, features: { SC: false }, reserved: [[20, 11], IW] },
    { stage: "second", level: 1, leaf: true, features: { SC: false }, reserved: [[11], IW] },
  ];
  it.each(cases)("of the $stage stage at level $level, leaf $leaf, $features", (given) => {
    const { stage, level, leaf } = given;
    const condition = stage === "first" ? "SFS.3" : "SSS.3";
    const found = probe(64, condition, () => {
      const world = new World(given.features).scalable(stage === "first" ? 1n : 2n);
      world.setPasidField(131, 130, stage === "first" ? 1n : 0n);
      if (stage === "second") world.setPasidField(4, 2, 3n);
      const options = { levels: 5, leaf: leaf ? level : 1 };
      const target = leaf && level > 1 ? LARGE_PAGE : OUTPUT;
      const entries =
        stage === "first"
          ? world.mapFirst(INPUT, target, options)
          : world.mapSecond(INPUT, target, options);
      return [world, entries[5 - level] ?? 0n];
    });
    // PS makes a leaf of an entry that refers to a table, whose address is no page's.
    const smallTable = !leaf && level <= 3;
    expect(found.filter((bit) => !(smallTable && bit === 7))).toEqual(
      bitsOf([...given.reserved, TOO_HIGH_IN_PAGING_ENTRY]),
    );
  });
});

/** A pass-through entry for PASID 0, and on the way to it nothing that needs a capability. */
function barePasidEntry(world: World): bigint {
  const entry = RID_PASID_ENTRY & ~0xfffn;
  world.scalable(4n).memory.write64(SCALABLE_CONTEXT, PASID_DIRECTORY | P);
  world.memory.write64(SCALABLE_CONTEXT + 8n, 0n);
  world.memory.write64(PASID_DIRECTORY, entry | P);
  world.memory.write64(entry, P | (4n << 6n));
  return entry;
}

/** The bits that, set alone in a valid entry, lead to the condition. */
function probe(bits: number, condition: string, build: () => [World, bigint]): number[] {
  const [valid] = build();
  expect(valid.oracle.translate(read)).not.toMatchObject({ condition });
  return Array.from({ length: bits }, (_, bit) => bit).filter((bit) => {
    const [world, entry] = build();
    world.setField(entry, bit, bit, 1n);
    const result = world.oracle.translate(read);
    return result.status === "fault" && result.condition === condition;
  });
}

function bitsOf(ranges: readonly Range[]): number[] {
  return ranges
    .flatMap(([high, low = high]) => Array.from({ length: high - low + 1 }, (_, i) => low + i))
    .sort((a, b) => a - b);
}
