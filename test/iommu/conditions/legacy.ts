import type { Unit, UnitOptions } from "../unit.js";
import { INPUT, LegacyWorld, type LegacyOptions, type Mapping } from "../worlds.js";
import { qualified, unqualified, type Row } from "./row.js";

/** A complete legacy world that `spoil` then damages. */
function legacy(
  spoil: (world: LegacyWorld) => void,
  options?: LegacyOptions,
  mapping?: Mapping,
): (unit: Unit) => LegacyWorld {
  return (unit) => {
    const world = new LegacyWorld(unit, options).map(mapping);
    spoil(world);
    return world;
  };
}

const unspoilt = () => {};
const poison = (world: LegacyWorld, address: bigint) =>
  world.unit.memory.poison(address, 8, { writes: false });
const root = (world: LegacyWorld) => world.tables.rootEntry(0x0310);
const width = (bits: number): UnitOptions => ({ capabilities: { MGAW: bits - 1 } });

const ALL = { U: "UR", TR: "CA", TD: "UR" } as const;
const ALL_UR = { U: "UR", TR: "UR", TD: "UR" } as const;
const WALK = { U: "UR", TR: "CA" } as const;

const entries: readonly Row[] = [
  ...[0n, 8n].map((word) =>
    unqualified(
      ["LRT.1", 0x08],
      `byte ${word} of the root entry cannot be read`,
      ALL,
      legacy((w) => poison(w, root(w).address + word)),
    ),
  ),
  unqualified(
    ["LRT.2", 0x01],
    "the root entry is not present",
    ALL_UR,
    legacy((w) => root(w).set({ P: 0 })),
  ),
  unqualified(
    ["LRT.3", 0x0a],
    "bit 1 of the root entry is set",
    ALL,
    legacy((w) => root(w).setBits(1, 1, 1)),
  ),
  ...[0n, 8n].map((word) =>
    unqualified(
      ["LCT.1", 0x09],
      `byte ${word} of the context entry cannot be read`,
      ALL,
      legacy((w) => poison(w, w.contextEntry.address + word)),
    ),
  ),
  qualified(
    ["LCT.2", 0x02],
    "the context entry is not present",
    ALL_UR,
    legacy((w) => w.contextEntry.set({ P: 0 })),
  ),
  qualified(
    ["LCT.3", 0x0b],
    "bit 4 of the context entry is set",
    ALL,
    legacy((w) => w.contextEntry.setBits(4, 4, 1)),
  ),
  ...[0, 4, 7].map((aw) =>
    qualified(
      ["LCT.4.1", 0x03],
      `AW is ${aw}`,
      ALL,
      legacy((w) => w.contextEntry.set({ AW: aw })),
    ),
  ),
  qualified(
    ["LCT.4.1", 0x03],
    "AW is 5 levels, and SAGAW has no 57 bits",
    ALL,
    legacy((w) => w.contextEntry.set({ AW: 3 })),
    { unit: { preset: "legacy" } },
  ),
  qualified(
    ["LCT.4.2", 0x03],
    "TT is 3",
    ALL,
    legacy((w) => w.contextEntry.set({ TT: 3 })),
  ),
  qualified(
    ["LCT.4.2", 0x03],
    "TT is pass-through, and ECAP.PT is clear",
    ALL,
    legacy(unspoilt, { passThrough: 57 }),
    { unit: { capabilities: { PT: 0 } } },
  ),
  qualified(
    ["LCT.4.2", 0x03],
    "TT allows ATS, and ECAP.DT is clear",
    { U: "UR" },
    legacy(unspoilt),
    { unit: { preset: "legacy", capabilities: { DT: 0 } } },
  ),
  qualified(
    ["LCT.5", 0x0d],
    "TT blocks ATS",
    { TR: "UR", TD: "UR" },
    legacy(unspoilt, { deviceTlb: false }),
  ),
  qualified(
    ["LCT.5", 0x0d],
    "TT is pass-through",
    { TR: "UR", TD: "UR" },
    legacy(unspoilt, { passThrough: 57 }),
  ),
];

const walks: readonly Row[] = [
  qualified(
    ["LCT.4.3", 0x03],
    "the entry at SSPTPTR cannot be read",
    WALK,
    legacy((w) => poison(w, w.second.entryAddress(INPUT, 4))),
  ),
  ...([3, 2, 1] as const).map((level) =>
    qualified(
      ["LSS.1", 0x07],
      `the level ${level} entry cannot be read`,
      WALK,
      legacy((w) => poison(w, w.second.entryAddress(INPUT, level))),
    ),
  ),
  ...([4, 3, 2, 1] as const).map((level) =>
    qualified(
      ["LSS.2", 0x0c],
      `bit 46 of the level ${level} entry is set`,
      WALK,
      legacy((w) => w.second.entry(INPUT, level).setBits(46, 46, 1)),
    ),
  ),
  ...([3, 4] as const).map((levels) =>
    qualified(
      ["LGN.1.1", 0x04],
      `the address needs one bit more than ${levels} levels translate`,
      { U: "UR", TR: "S0" },
      legacy(unspoilt, { levels }),
      { request: { address: 1n << BigInt(12 + 9 * levels) } },
    ),
  ),
  qualified(
    ["LGN.1.1", 0x04],
    "the address needs one bit more than MGAW",
    { U: "UR", TR: "S0" },
    legacy(unspoilt),
    { unit: width(47), request: { address: 1n << 47n } },
  ),
];

const largePages = (
  [
    [0x20_0000, 0],
    [0x4000_0000, 1],
  ] as const
).map(([size, SSLPS]) =>
  qualified(
    ["LSS.2", 0x0c],
    `a page of 0x${size.toString(16)} bytes, and CAP.SSLPS is ${SSLPS}`,
    WALK,
    legacy(unspoilt, {}, { size }),
    { unit: { capabilities: { SSLPS } } },
  ),
);

const rights: readonly Row[] = [
  ...(["write", "atomic"] as const).map((access) =>
    qualified(
      ["LGN.2", 0x05],
      `access ${access} to a page that is read-only`,
      { U: "UR", TR: "R" },
      legacy(unspoilt, {}, { second: { write: false } }),
      { request: { access } },
    ),
  ),
  ...([4, 3, 2, 1] as const).map((level) =>
    qualified(
      ["LGN.2", 0x05],
      `a write, and the level ${level} entry has R=W=0`,
      { U: "UR", TR: "S0" },
      legacy((w) => w.second.entry(INPUT, level).set({ R: 0, W: 0 })),
      { request: { access: "write" } },
    ),
  ),
  qualified(
    ["LGN.3", 0x06],
    "a read of a page that is write-only",
    { U: "UR", TR: "W" },
    legacy(unspoilt, {}, { second: { read: false } }),
  ),
  qualified(
    ["LGN.3", 0x06],
    "a read, and the levels together leave no permission",
    { U: "UR", TR: "S0" },
    legacy((w) => w.second.entry(INPUT, 3).set({ R: 0 }), {}, { second: { write: false } }),
    { request: { noWrite: true } },
  ),
];

const addresses: readonly Row[] = [
  qualified(
    ["LGN.1.2", 0x04],
    "a translated address beyond the host address width",
    { TD: "UR" },
    legacy(unspoilt),
    { request: { address: 1n << 46n } },
  ),
  qualified(
    ["LGN.1.3", 0x04],
    "a pass-through address beyond the host address width",
    { U: "UR" },
    legacy(unspoilt, { passThrough: 57 }),
    { request: { address: 1n << 46n } },
  ),
  qualified(
    ["LGN.4", 0x0e],
    "the output lies in the interrupt address range",
    { U: "UR", TR: "CA" },
    legacy(unspoilt, {}, { output: 0xfee0_1000n }),
  ),
  qualified(
    ["LGN.4", 0x0e],
    "a translated address in the interrupt address range",
    { TD: "UR" },
    legacy(unspoilt),
    { request: { address: 0xfeef_f000n } },
  ),
];

export const legacyRows: readonly Row[] = [
  ...entries,
  ...walks,
  ...largePages,
  ...rights,
  ...addresses,
];
