/** Every bit of every translation structure: reserved, ignored, or used (§9.1 to §9.8). */
import type { UnitOptions, Unit } from "./unit.js";
import type { TableEntry } from "../../host/tables/index.js";
import type { ScalableWorld } from "./worlds.js";
import { INPUT, LegacyWorld, PASID, SID, type World } from "./worlds.js";
import { scalable } from "./conditions/scalable.js";

/** Bits high:low. */
export type Bits = readonly [high: number, low: number];

export interface EntryBits {
  readonly name: string;
  readonly condition: string;
  readonly size: 64 | 128 | 256 | 512;
  readonly unit?: UnitOptions;
  readonly build: (unit: Unit) => World;
  readonly entry: (world: never) => TableEntry;
  readonly reserved: readonly Bits[];
  readonly ignored?: readonly Bits[];
  readonly used: readonly Bits[];
}

/** The preset "full" has 46 bits of host address. */
const HIGH: Bits = [63, 46];
const POINTER: Bits = [45, 12];

const legacyContext = {
  condition: "LCT.3",
  size: 128,
  entry: (w: LegacyWorld) => w.contextEntry,
} as const;
const scalableContext = {
  condition: "SCT.3",
  size: 256,
  entry: (w: ScalableWorld) => w.contextEntry,
} as const;
const pasidEntry = {
  condition: "SPT.3",
  size: 512,
  entry: (w: ScalableWorld) => w.tables.pasidEntry(SID, w.ridPasid),
} as const;
/** Reserved in every PASID table entry of the unit: memory types and host permission tables too. */
const IN_EVERY_PASID_ENTRY: readonly Bits[] = [
  [5, 5],
  [11, 10],
  HIGH,
  [86, 80],
  [127, 89],
  [129, 129],
  [139, 136],
  [511, 174],
];
const FIRST_STAGE_FIELDS: readonly Bits[] = [
  [132, 130],
  [135, 135],
  [173, 140],
];
const SECOND_STAGE_FIELDS: readonly Bits[] = [
  [4, 2],
  [9, 9],
  [45, 12],
];
const COMMON_PASID_FIELDS: readonly Bits[] = [
  [1, 0],
  [8, 6],
  [79, 64],
  [88, 87],
  [128, 128],
];
const IGNORED_PASID_BITS: Bits = [134, 133];

export const tableEntryBits: readonly EntryBits[] = [
  {
    name: "root entry of legacy mode",
    condition: "LRT.3",
    size: 128,
    build: (unit) => new LegacyWorld(unit).map(),
    entry: (w: LegacyWorld) => w.tables.rootEntry(SID),
    reserved: [[11, 1], HIGH, [127, 64]],
    used: [[0, 0], POINTER],
  },
  {
    ...legacyContext,
    name: "context entry of legacy mode",
    build: (unit) => new LegacyWorld(unit).map(),
    reserved: [[11, 4], HIGH, [71, 71], [127, 88]],
    ignored: [[70, 67]],
    used: [[3, 0], POINTER, [66, 64], [87, 72]],
  },
  {
    ...legacyContext,
    name: "pass-through context entry of legacy mode with 12 bits of domain id",
    unit: { capabilities: { ND: 4 } },
    build: (unit) => new LegacyWorld(unit, { passThrough: 57 }),
    reserved: [
      [11, 4],
      [71, 71],
      [127, 84],
    ],
    ignored: [
      [63, 12],
      [70, 67],
    ],
    used: [
      [3, 0],
      [66, 64],
      [83, 72],
    ],
  },
  {
    name: "root entry of scalable mode, for a device of its lower half",
    condition: "SRT.3",
    size: 128,
    build: scalable("first-stage"),
    entry: (w: ScalableWorld) => w.tables.rootEntry(SID),
    reserved: [[11, 1], HIGH],
    ignored: [[127, 64]],
    used: [[0, 0], POINTER],
  },
  {
    ...scalableContext,
    name: "context entry of scalable mode",
    build: scalable("first-stage"),
    reserved: [[8, 7], [5, 5], HIGH, [255, 85]],
    used: [[4, 0], [6, 6], [11, 9], POINTER, [84, 64]],
  },
  {
    ...scalableContext,
    name: "context entry of scalable mode without PTRS",
    unit: { capabilities: { PTRS: 0 } },
    build: scalable("first-stage"),
    reserved: [[8, 5], HIGH, [255, 85]],
    used: [[4, 0], [11, 9], POINTER, [84, 64]],
  },
  {
    ...scalableContext,
    name: "context entry of scalable mode without RPS, RPRIVS and PTRS",
    unit: { capabilities: { RPS: 0, RPRIVS: 0, PTRS: 0 } },
    build: scalable("first-stage"),
    reserved: [[8, 5], HIGH, [255, 64]],
    used: [[4, 0], [11, 9], POINTER],
  },
  {
    ...scalableContext,
    name: "context entry of scalable mode without PASID, DT and what needs them",
    unit: {
      capabilities: {
        ...{ PASID: 0, PSS: 0, PTRS: 0 },
        ...{ DT: 0, DIT: 0, PDS: 0, NWFS: 0, PRS: 0, SMS: 0 },
      },
    },
    build: scalable("first-stage"),
    reserved: [[8, 2], HIGH, [255, 85]],
    used: [[1, 0], [11, 9], POINTER, [84, 64]],
  },
  {
    name: "PASID directory entry",
    condition: "SPD.3",
    size: 64,
    build: scalable("first-stage"),
    entry: (w: ScalableWorld) => w.tables.directoryEntry(SID, PASID),
    reserved: [[11, 2], HIGH],
    used: [[1, 0], POINTER],
  },
  {
    ...pasidEntry,
    name: "PASID table entry for the first stage",
    build: scalable("first-stage"),
    reserved: IN_EVERY_PASID_ENTRY,
    ignored: [...SECOND_STAGE_FIELDS, IGNORED_PASID_BITS],
    used: [...COMMON_PASID_FIELDS, ...FIRST_STAGE_FIELDS],
  },
  {
    ...pasidEntry,
    name: "PASID table entry for the second stage",
    build: scalable("second-stage"),
    reserved: IN_EVERY_PASID_ENTRY,
    ignored: [...FIRST_STAGE_FIELDS, IGNORED_PASID_BITS],
    used: [...COMMON_PASID_FIELDS, ...SECOND_STAGE_FIELDS],
  },
  {
    ...pasidEntry,
    name: "PASID table entry for nested translation",
    build: scalable("nested"),
    reserved: IN_EVERY_PASID_ENTRY,
    ignored: [IGNORED_PASID_BITS],
    used: [...COMMON_PASID_FIELDS, ...FIRST_STAGE_FIELDS, ...SECOND_STAGE_FIELDS],
  },
  {
    ...pasidEntry,
    name: "PASID table entry for pass-through",
    build: scalable("pass-through"),
    reserved: IN_EVERY_PASID_ENTRY,
    ignored: [...FIRST_STAGE_FIELDS, ...SECOND_STAGE_FIELDS, IGNORED_PASID_BITS],
    used: COMMON_PASID_FIELDS,
  },
  {
    ...pasidEntry,
    name: "PASID table entry of a unit without first stage",
    unit: { preset: "second-stage" },
    build: scalable("pass-through"),
    reserved: [...IN_EVERY_PASID_ENTRY, [128, 128], [132, 130], [135, 135], [173, 140]],
    ignored: [...SECOND_STAGE_FIELDS, IGNORED_PASID_BITS],
    used: [
      [1, 0],
      [8, 6],
      [79, 64],
      [88, 87],
    ],
  },
  {
    ...pasidEntry,
    name: "PASID table entry of a unit without second stage, with 12 bits of domain id",
    unit: { preset: "first-stage", capabilities: { ND: 4 } },
    build: scalable("pass-through"),
    reserved: [...IN_EVERY_PASID_ENTRY, [4, 2], [9, 9], [45, 12], [79, 76]],
    ignored: [...FIRST_STAGE_FIELDS, IGNORED_PASID_BITS],
    used: [
      [1, 0],
      [8, 6],
      [75, 64],
      [88, 87],
      [128, 128],
    ],
  },
  {
    ...pasidEntry,
    name: "PASID table entry of a unit without SSADS, EAFS, SRS, SC and SMPWCS",
    unit: { capabilities: { SSADS: 0, EAFS: 0, SRS: 0, RPRIVS: 0, SC: 0, SMPWCS: 0 } },
    build: scalable("pass-through"),
    reserved: [...IN_EVERY_PASID_ENTRY, [9, 9], [88, 87], [128, 128], [135, 135]],
    ignored: [[4, 2], [45, 12], [132, 130], [173, 140], IGNORED_PASID_BITS],
    used: [
      [1, 0],
      [8, 6],
      [79, 64],
    ],
  },
];

type Level = 1 | 2 | 3 | 4 | 5;
const PAGE_OF_LEVEL = { 1: 0x1000, 2: 0x20_0000, 3: 0x4000_0000 } as const;
const WIDE: Bits = [51, 46];

/** In the first stage; bits 6 and 10 do something in a leaf, and with EAFE, alone. */
function firstStage(level: Level, leaf: boolean, reserved: readonly Bits[]): EntryBits {
  const size = leaf ? PAGE_OF_LEVEL[level as 1 | 2 | 3] : 0x1000;
  const own: readonly Bits[] = leaf ? [[6, 6]] : [];
  const low = leaf ? [45, level === 1 ? 12 : 9 * level + 3] : [45, 12];
  const pat: readonly Bits[] = leaf && level > 1 ? [[12, 12]] : [];
  const pageSize: readonly Bits[] = level === 1 ? [[7, 7]] : [];
  return {
    name: `first-stage ${leaf ? "leaf" : "table entry"} at level ${level}`,
    condition: "SFS.3",
    size: 64,
    build: scalable("first-stage", undefined, { firstLevels: 5 }, { size }),
    entry: (w: ScalableWorld) => w.first.entry(INPUT, level),
    reserved: [WIDE, ...reserved],
    ignored: [...(leaf ? [] : [[6, 6] as const]), ...pat, ...pageSize, [4, 3], [11, 8], [63, 52]],
    used: [
      [2, 0],
      [5, 5],
      ...own,
      ...(level === 2 || level === 3 ? [[7, 7] as const] : []),
      low as unknown as Bits,
    ],
  };
}

/** With SSIRWE the permissions are at bits 62:61, and those at 1:0 are ignored. */
function withIoPermissions(bits: EntryBits, size: number): EntryBits {
  const without = (ranges: readonly Bits[], gone: number) =>
    ranges.filter(([, low]) => low !== gone);
  const options = { secondLevels: 5, ssirwe: true } as const;
  return {
    ...bits,
    name: `${bits.name} with SSIRWE`,
    build: scalable("second-stage", clearPermissions, options, { size: size as 0x1000 }),
    reserved: without(bits.reserved, 62),
    ignored: [[1, 0], ...without(bits.ignored ?? [], 52), [60, 52]],
    used: [[62, 61], ...without(bits.used, 0)],
  };
}

/** R and W of every entry for INPUT. */
function clearPermissions({ second }: ScalableWorld): void {
  for (const { level } of second.walk(INPUT)) second.entry(INPUT, level).set({ R: 0, W: 0 });
}

/** In the second stage, in legacy mode and in scalable mode without SSADE, with SSIRWE or not. */
function secondStage(level: Level, leaf: boolean, reserved: readonly Bits[]): EntryBits[] {
  const size = leaf ? PAGE_OF_LEVEL[level as 1 | 2 | 3] : 0x1000;
  const low = leaf && level > 1 ? 9 * level + 3 : 12;
  const shared = {
    size: 64 as const,
    reserved: [WIDE, [62, 62] as const, ...reserved],
    ignored: [
      [6, 2],
      [10, 8],
      ...(level === 1 ? [[7, 7] as const] : []),
      ...(leaf && reserved.every(([, bit]) => bit !== 11) ? [[11, 11] as const] : []),
      [61, 52],
      [63, 63],
    ] as const,
    used: [[1, 0], ...(level === 2 || level === 3 ? [[7, 7] as const] : []), [45, low]] as const,
  };
  const name = `second-stage ${leaf ? "leaf" : "table entry"} at level ${level}`;
  const inScalableMode: EntryBits = {
    ...shared,
    name,
    condition: "SSS.3",
    build: scalable("second-stage", undefined, { secondLevels: 5 }, { size }),
    entry: (w: ScalableWorld) => w.second.entry(INPUT, level),
  };
  return [
    inScalableMode,
    withIoPermissions(inScalableMode, size),
    {
      ...shared,
      name: `${name} in legacy mode`,
      condition: "LSS.2",
      build: (unit) => new LegacyWorld(unit, { levels: 5 }).map({ size }),
      entry: (w: LegacyWorld) => w.second.entry(INPUT, level),
    },
  ];
}

/** A unit without snoop control has no SNP. */
const withoutSnoop = (bits: EntryBits): EntryBits => ({
  ...bits,
  name: `${bits.name} without SC`,
  unit: { capabilities: { SC: 0 } },
});

export const pagingEntryBits: readonly EntryBits[] = [
  firstStage(5, false, [[7, 7]]),
  firstStage(4, false, [[7, 7]]),
  firstStage(3, false, []),
  firstStage(2, false, []),
  firstStage(3, true, [[29, 13]]),
  firstStage(2, true, [[20, 13]]),
  firstStage(1, true, []),
  ...secondStage(5, false, [
    [7, 7],
    [11, 11],
  ]),
  ...secondStage(4, false, [
    [7, 7],
    [11, 11],
  ]),
  ...secondStage(3, false, [[11, 11]]),
  ...secondStage(2, false, [[11, 11]]),
  ...secondStage(3, true, [[29, 12]]),
  ...secondStage(2, true, [[20, 12]]),
  ...secondStage(1, true, []),
  ...secondStage(3, true, [
    [29, 12],
    [11, 11],
  ]).map(withoutSnoop),
  ...secondStage(2, true, [
    [20, 12],
    [11, 11],
  ]).map(withoutSnoop),
  ...secondStage(1, true, [[11, 11]]).map(withoutSnoop),
];
