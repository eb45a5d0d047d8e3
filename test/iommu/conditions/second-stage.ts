import { INPUT } from "../worlds.js";
import { ONLY_READ, ONLY_WRITE, qualified, WALK_CA, WALK_S0, type Row } from "./row.js";
import { poisonReads, poisonWrites, scalable } from "./scalable.js";

const FLAGS = { pasid: { ssade: true } } as const;
const FLAGS_UNSNOOPED = { pasid: { ssade: true, pwsnp: false } } as const;
const LEVELS = [4, 3, 2, 1] as const;

const entries: readonly Row[] = [
  ...([3, 4, 5] as const).flatMap((levels) => [
    qualified(
      ["SSS.4", 0x7b],
      `the level ${levels} entry at SSPTPTR cannot be read`,
      WALK_CA,
      scalable("second-stage", (w) => poisonReads(w, w.second.entryAddress(INPUT, levels)), {
        secondLevels: levels,
      }),
    ),
    ...LEVELS.filter((level) => level < levels).map((level) =>
      qualified(
        ["SSS.1", 0x78],
        `the level ${level} entry of ${levels} levels cannot be read`,
        WALK_CA,
        scalable("second-stage", (w) => poisonReads(w, w.second.entryAddress(INPUT, level)), {
          secondLevels: levels,
        }),
      ),
    ),
  ]),
  ...([5, ...LEVELS] as const).flatMap((level) => [
    qualified(
      ["SSS.2", 0x79],
      `the level ${level} entry has R=W=0`,
      WALK_S0,
      scalable("second-stage", (w) => w.second.entry(INPUT, level).set({ R: 0, W: 0 }), {
        secondLevels: 5,
      }),
    ),
    qualified(
      ["SSS.3", 0x7a],
      `bit 46 of the level ${level} entry is set`,
      WALK_CA,
      scalable("second-stage", (w) => w.second.entry(INPUT, level).setBits(46, 46, 1), {
        secondLevels: 5,
      }),
    ),
  ]),
  qualified(
    ["SSS.2", 0x79],
    "the levels together leave no permission",
    WALK_S0,
    scalable(
      "second-stage",
      (w) => w.second.entry(INPUT, 3).set({ R: 0 }),
      {},
      {
        second: { write: false },
      },
    ),
  ),
];

const largePages = (
  [
    [0x20_0000, 0],
    [0x4000_0000, 1],
  ] as const
).map(([size, SSLPS]) =>
  qualified(
    ["SSS.3", 0x7a],
    `a page of 0x${size.toString(16)} bytes, and CAP.SSLPS is ${SSLPS}`,
    WALK_CA,
    scalable("second-stage", undefined, {}, { size }),
    { unit: { capabilities: { SSLPS } } },
  ),
);

const flags: readonly Row[] = [
  ...LEVELS.flatMap((level) => [
    qualified(
      ["SSS.5", 0x7c],
      `A of the level ${level} entry must be set, and walks are not snooped`,
      WALK_CA,
      scalable(
        "second-stage",
        (w) => {
          for (const other of LEVELS) w.second.entry(INPUT, other).set({ A: 1 });
          w.second.entry(INPUT, level).set({ A: 0 });
        },
        FLAGS_UNSNOOPED,
      ),
    ),
    qualified(
      ["SSS.6", 0x7d],
      `A of the level ${level} entry cannot be written`,
      WALK_CA,
      scalable("second-stage", (w) => poisonWrites(w, w.second.entryAddress(INPUT, level)), FLAGS),
    ),
  ]),
  qualified(
    ["SSS.5", 0x7c],
    "D must be set, and walks are not snooped",
    WALK_CA,
    scalable(
      "second-stage",
      (w) => {
        for (const level of LEVELS) w.second.entry(INPUT, level).set({ A: 1 });
      },
      FLAGS_UNSNOOPED,
    ),
    { request: { access: "write" } },
  ),
  qualified(
    ["SSS.6", 0x7d],
    "D cannot be written",
    WALK_CA,
    scalable("second-stage", (w) => poisonWrites(w, w.second.entryAddress(INPUT, 1)), FLAGS, {
      second: { accessed: true },
    }),
    { request: { access: "write" } },
  ),
];

const rights: readonly Row[] = [
  ...([3, 4, 5] as const).map((levels) =>
    qualified(
      ["SGN.5", 0x84],
      `the address needs one bit more than ${levels} levels translate`,
      WALK_S0,
      scalable("second-stage", undefined, { secondLevels: levels }),
      { request: { address: 1n << BigInt(12 + 9 * levels) } },
    ),
  ),
  qualified(
    ["SGN.5", 0x84],
    "the address needs one bit more than MGAW",
    WALK_S0,
    scalable("second-stage"),
    { unit: { capabilities: { MGAW: 46 } }, request: { address: 1n << 47n } },
  ),
  ...(["write", "atomic"] as const).flatMap((access) => [
    qualified(
      ["SGN.6", 0x85],
      `access ${access} to a page that is read-only`,
      ONLY_READ,
      scalable("second-stage", undefined, {}, { second: { write: false } }),
      { request: { access } },
    ),
    qualified(
      ["SGN.6", 0x85],
      `access ${access}, and an entry above the page is read-only`,
      ONLY_READ,
      scalable("second-stage", (w) => w.second.entry(INPUT, 2).set({ W: 0 })),
      { request: { access } },
    ),
  ]),
  qualified(
    ["SGN.7", 0x86],
    "a read of a page that is write-only",
    ONLY_WRITE,
    scalable("second-stage", undefined, {}, { second: { read: false } }),
  ),
  qualified(
    ["SGN.7", 0x86],
    "an AtomicOp to a page that is write-only",
    ONLY_WRITE,
    scalable("second-stage", undefined, {}, { second: { read: false } }),
    { request: { access: "atomic" } },
  ),
  qualified(
    ["SGN.7", 0x86],
    "a zero-length read of a write-only page, and CAP.ZLR is clear",
    ONLY_WRITE,
    scalable("second-stage", undefined, {}, { second: { read: false } }),
    { unit: { capabilities: { ZLR: 0 } }, request: { size: 0 } },
  ),
];

export const secondStageRows: readonly Row[] = [...entries, ...largePages, ...flags, ...rights];
