import { INPUT } from "../worlds.js";
import { ONLY_READ, qualified, WALK_S0, WALK_S0_LOGGED, type Row } from "./row.js";
import { poisonReads, poisonWrites, scalable } from "./scalable.js";

const UNSNOOPED = { pasid: { pwsnp: false } } as const;

const entries: readonly Row[] = [
  ...([4, 5] as const).flatMap((levels) => [
    qualified(
      ["SFS.4", 0x73],
      `the level ${levels} entry at FSPTPTR cannot be read`,
      WALK_S0,
      scalable("first-stage", (w) => poisonReads(w, w.first.entryAddress(INPUT, levels)), {
        firstLevels: levels,
      }),
    ),
    ...([4, 3, 2, 1] as const)
      .filter((level) => level < levels)
      .map((level) =>
        qualified(
          ["SFS.1", 0x70],
          `the level ${level} entry of ${levels} levels cannot be read`,
          WALK_S0,
          scalable("first-stage", (w) => poisonReads(w, w.first.entryAddress(INPUT, level)), {
            firstLevels: levels,
          }),
        ),
      ),
  ]),
  ...([5, 4, 3, 2, 1] as const).flatMap((level) => [
    qualified(
      ["SFS.2", 0x71],
      `the level ${level} entry is not present`,
      WALK_S0,
      scalable("first-stage", (w) => w.first.entry(INPUT, level).set({ P: 0 }), {
        firstLevels: 5,
      }),
    ),
    qualified(
      ["SFS.3", 0x72],
      `bit 46 of the level ${level} entry is set`,
      WALK_S0,
      scalable("first-stage", (w) => w.first.entry(INPUT, level).setBits(46, 46, 1), {
        firstLevels: 5,
      }),
    ),
  ]),
];

const largePages: readonly Row[] = [
  qualified(
    ["SFS.3", 0x72],
    "a 1 GiB page, and CAP.FS1GP is clear",
    WALK_S0,
    scalable("first-stage", undefined, {}, { size: 0x4000_0000 }),
    { unit: { capabilities: { FS1GP: 0 } } },
  ),
];

const flags: readonly Row[] = [
  ...([4, 3, 2, 1] as const).flatMap((level) => [
    qualified(
      ["SFS.9", 0x90],
      `A of the level ${level} entry must be set, and walks are not snooped`,
      WALK_S0,
      scalable(
        "first-stage",
        (w) => {
          for (const other of [4, 3, 2, 1] as const) w.first.entry(INPUT, other).set({ A: 1 });
          w.first.entry(INPUT, level).set({ A: 0 });
        },
        UNSNOOPED,
      ),
    ),
    qualified(
      ["SFS.10", 0x91],
      `A of the level ${level} entry cannot be written`,
      WALK_S0_LOGGED,
      scalable("first-stage", (w) => poisonWrites(w, w.first.entryAddress(INPUT, level))),
    ),
  ]),
  qualified(
    ["SFS.9", 0x90],
    "D must be set, and walks are not snooped",
    WALK_S0,
    scalable(
      "first-stage",
      (w) => {
        for (const level of [4, 3, 2, 1] as const) w.first.entry(INPUT, level).set({ A: 1 });
      },
      UNSNOOPED,
    ),
    { request: { access: "write" } },
  ),
  qualified(
    ["SFS.9", 0x90],
    "EA must be set, and walks are not snooped",
    WALK_S0,
    scalable(
      "first-stage",
      (w) => {
        for (const level of [4, 3, 2, 1] as const) w.first.entry(INPUT, level).set({ A: 1, D: 1 });
      },
      { pasid: { pwsnp: false, eafe: true } },
    ),
  ),
  qualified(
    ["SFS.10", 0x91],
    "D cannot be written",
    WALK_S0_LOGGED,
    scalable(
      "first-stage",
      (w) => poisonWrites(w, w.first.entryAddress(INPUT, 1)),
      {},
      { first: { accessed: true } },
    ),
    { request: { access: "write" } },
  ),
];

const rights: readonly Row[] = [
  qualified(
    ["SGN.1", 0x80],
    "the address is not canonical with 4 levels",
    WALK_S0,
    scalable("first-stage"),
    { request: { address: 1n << 47n } },
  ),
  qualified(
    ["SGN.1", 0x80],
    "the address is not canonical with 5 levels",
    WALK_S0,
    scalable("first-stage", undefined, { firstLevels: 5 }),
    { request: { address: (1n << 63n) | INPUT } },
  ),
  ...([4, 3, 2, 1] as const).flatMap((level) => [
    qualified(
      ["SGN.2", 0x81],
      `a user request, and U/S of the level ${level} entry is 0`,
      WALK_S0,
      scalable("first-stage", (w) => w.first.entry(INPUT, level).set({ US: 0 })),
    ),
    ...(["write", "atomic"] as const).map((access) =>
      qualified(
        ["SGN.6", 0x85],
        `access ${access} of a user, and R/W of the level ${level} entry is 0`,
        ONLY_READ,
        scalable("first-stage", (w) => w.first.entry(INPUT, level).set({ RW: 0 })),
        { request: { access } },
      ),
    ),
  ]),
  qualified(
    ["SGN.6", 0x85],
    "a write of a supervisor to a read-only page, and WPE is 1",
    { "U+P": "UR", "TR+P": "R" },
    scalable(
      "first-stage",
      undefined,
      { pasid: { sre: true, wpe: true } },
      {
        first: { write: false },
      },
    ),
    { request: { access: "write", privileged: true } },
  ),
];

export const firstStageRows: readonly Row[] = [...entries, ...largePages, ...flags, ...rights];
