import { GUEST, INPUT, type ScalableWorld } from "../worlds.js";
import {
  ONLY_READ,
  ONLY_WRITE,
  qualified,
  WALK_CA,
  WALK_S0,
  WALK_S0_LOGGED,
  type Row,
} from "./row.js";
import { poisonReads, poisonWrites, scalable } from "./scalable.js";

const LEVELS = [4, 3, 2, 1] as const;
const FLAGS = { pasid: { ssade: true } } as const;

/** Host address of a first-stage entry. */
const hostAddress = (world: ScalableWorld, level: (typeof LEVELS)[number]) =>
  world.second.lookup(world.first.entryAddress(INPUT, level))!.physical;

/** SFS.6 is about the root table, SFS.7 about the others; fetch errors likewise. */
const root = (level: number) => level === 4;

const firstStage: readonly Row[] = [
  ...LEVELS.flatMap((level) => [
    qualified(
      root(level) ? ["SFS.4", 0x73] : ["SFS.1", 0x70],
      `nested: the level ${level} entry cannot be read`,
      WALK_S0,
      scalable("nested", (w) => poisonReads(w, hostAddress(w, level))),
    ),
    qualified(
      ["SFS.2", 0x71],
      `nested: the level ${level} entry is not present`,
      WALK_S0,
      scalable("nested", (w) => w.first.entry(INPUT, level).set({ P: 0 })),
    ),
    qualified(
      ["SFS.3", 0x72],
      `nested: bit 51 of the level ${level} entry is set`,
      WALK_S0,
      scalable("nested", (w) => w.first.entry(INPUT, level).setBits(51, 51, 1)),
    ),
    qualified(
      ["SFS.5", 0x74],
      `the address in the level ${level} entry is wider than a second stage of 3 levels`,
      WALK_S0,
      scalable("nested", (w) => w.first.entry(INPUT, level).set({ ADDR: 1n << 39n }), {
        secondLevels: 3,
      }),
    ),
    qualified(
      root(level) ? ["SFS.6", 0x75] : ["SFS.7", 0x76],
      `the second stage denies reading the level ${level} entry`,
      WALK_S0,
      scalable("nested", (w) => w.tableMapping(level).set({ R: 0 })),
    ),
    qualified(
      root(level) ? ["SFS.6", 0x75] : ["SFS.7", 0x76],
      `with SSADE the second stage denies writing the level ${level} entry (choice W4)`,
      WALK_S0,
      scalable(
        "nested",
        (w) => {
          w.first.entry(INPUT, level).set({ A: 1 });
          w.tableMapping(level).set({ W: 0 });
        },
        FLAGS,
      ),
    ),
    qualified(
      ["SFS.8", 0x77],
      `A of the level ${level} entry must be set, and the second stage denies writing it`,
      WALK_S0,
      scalable("nested", (w) => w.tableMapping(level).set({ W: 0 })),
    ),
    qualified(
      ["SFS.9", 0x90],
      `nested: A of the level ${level} entry must be set, and walks are not snooped`,
      WALK_S0,
      scalable(
        "nested",
        (w) => {
          for (const other of LEVELS) w.first.entry(INPUT, other).set({ A: 1 });
          w.first.entry(INPUT, level).set({ A: 0 });
        },
        { pasid: { pwsnp: false } },
      ),
    ),
    qualified(
      ["SFS.10", 0x91],
      `nested: A of the level ${level} entry cannot be written`,
      WALK_S0_LOGGED,
      scalable("nested", (w) => poisonWrites(w, hostAddress(w, level))),
    ),
  ]),
  qualified(
    ["SFS.8", 0x77],
    "D must be set, and the second stage denies writing the entry",
    WALK_S0,
    scalable("nested", (w) => w.tableMapping(1).set({ W: 0 }), {}, { first: { accessed: true } }),
    { request: { access: "write" } },
  ),
];

/** Faults of the second stage while it translates the address of a first-stage entry. */
const tables: readonly Row[] = [
  qualified(
    ["SSS.4", 0x7b],
    "nested: the second-stage root entry for the first-stage root table cannot be read",
    WALK_CA,
    scalable("nested", (w) =>
      poisonReads(w, w.second.entryAddress(w.first.entryAddress(INPUT, 4), 4)),
    ),
  ),
  ...LEVELS.flatMap((level) => [
    qualified(
      ["SSS.1", 0x78],
      `the second-stage entry for the level ${level} table cannot be read`,
      WALK_CA,
      scalable("nested", (w) => poisonReads(w, w.tableMapping(level).address)),
    ),
    qualified(
      ["SSS.2", 0x79],
      `the second-stage entry for the level ${level} table has R=W=0`,
      WALK_S0,
      scalable("nested", (w) => w.tableMapping(level).set({ R: 0, W: 0 })),
    ),
    qualified(
      ["SSS.3", 0x7a],
      `bit 50 of the second-stage entry for the level ${level} table is set`,
      WALK_CA,
      scalable("nested", (w) => w.tableMapping(level).setBits(50, 50, 1)),
    ),
    qualified(
      ["SSS.6", 0x7d],
      `A and D of the second-stage entry for the level ${level} table cannot be written`,
      WALK_CA,
      scalable("nested", (w) => poisonWrites(w, w.tableMapping(level).address), FLAGS),
    ),
  ]),
  qualified(
    ["SSS.5", 0x7c],
    "nested: A of a second-stage entry must be set, and walks are not snooped",
    WALK_CA,
    scalable("nested", undefined, { pasid: { ssade: true, pwsnp: false } }),
  ),
];

/** Faults of the second stage at the page itself. */
const page: readonly Row[] = [
  qualified(
    ["SSS.1", 0x78],
    "the second-stage entry of the page cannot be read",
    WALK_CA,
    scalable("nested", (w) => poisonReads(w, w.second.entryAddress(GUEST, 1))),
  ),
  qualified(
    ["SSS.2", 0x79],
    "the page is not mapped in the second stage",
    WALK_S0,
    scalable("nested", (w) => w.second.unmap(GUEST)),
  ),
  qualified(
    ["SSS.3", 0x7a],
    "bit 46 of the second-stage entry of the page is set",
    WALK_CA,
    scalable("nested", (w) => w.second.entry(GUEST, 1).setBits(46, 46, 1)),
  ),
  qualified(
    ["SSS.6", 0x7d],
    "A of the second-stage entry of the page cannot be written",
    WALK_CA,
    scalable("nested", (w) => poisonWrites(w, w.second.entryAddress(GUEST, 1)), FLAGS),
  ),
  ...(["first", "second"] as const).map((stage) =>
    qualified(
      ["SGN.6", 0x85],
      `nested: a write, and the ${stage} stage is read-only`,
      ONLY_READ,
      scalable("nested", undefined, {}, { [stage]: { write: false } }),
      { request: { access: "write" } },
    ),
  ),
  qualified(
    ["SGN.7", 0x86],
    "nested: a read, and the second stage is write-only",
    ONLY_WRITE,
    scalable("nested", undefined, {}, { second: { read: false } }),
  ),
  qualified(
    ["SGN.2", 0x81],
    "nested: a user request to a supervisor page",
    WALK_S0,
    scalable("nested", undefined, {}, { first: { user: false } }),
  ),
  qualified(["SGN.1", 0x80], "nested: the address is not canonical", WALK_S0, scalable("nested"), {
    request: { address: 1n << 47n },
  }),
];

export const nestedRows: readonly Row[] = [...firstStage, ...tables, ...page];
