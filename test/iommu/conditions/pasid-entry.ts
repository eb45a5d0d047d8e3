import type { UnitOptions } from "../unit.js";
import { PASID } from "../worlds.js";
import {
  PASID_PATH,
  PASID_PATH_S0,
  qualified,
  unqualified,
  type Answer,
  type Column,
  type Row,
} from "./row.js";
import { poisonReads, scalable } from "./scalable.js";

const without = (capability: string): { unit: UnitOptions } => ({
  unit: { capabilities: { [capability]: 0 } },
});

const directory: readonly Row[] = [
  unqualified(
    ["SPD.1", 0x50],
    "the PASID directory entry cannot be read",
    PASID_PATH,
    scalable("first-stage", (w) =>
      poisonReads(w, w.tables.directoryEntry(w.sourceId, PASID).address),
    ),
  ),
  qualified(
    ["SPD.2", 0x51],
    "the PASID directory entry is not present",
    PASID_PATH_S0,
    scalable("first-stage", (w) => w.tables.directoryEntry(w.sourceId, PASID).set({ P: 0 })),
  ),
  qualified(
    ["SPD.3", 0x52],
    "bit 2 of the PASID directory entry is set",
    PASID_PATH,
    scalable("first-stage", (w) => w.tables.directoryEntry(w.sourceId, PASID).setBits(2, 2, 1)),
  ),
];

const entry: readonly Row[] = [
  ...[0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n].map((word) =>
    unqualified(
      ["SPT.1", 0x58],
      `byte ${word} of the PASID table entry cannot be read`,
      PASID_PATH,
      scalable("first-stage", (w) =>
        w.eachPasidEntry(({ address }) => poisonReads(w, address + word)),
      ),
    ),
  ),
  qualified(
    ["SPT.2", 0x59],
    "the PASID table entry is not present",
    PASID_PATH_S0,
    scalable("first-stage", (w) => w.eachPasidEntry((e) => e.set({ P: 0 }))),
  ),
  qualified(
    ["SPT.3", 0x5a],
    "bit 5 of the PASID table entry is set",
    PASID_PATH,
    scalable("first-stage", (w) => w.eachPasidEntry((e) => e.setBits(5, 5, 1))),
  ),
  ...(["second-stage", "nested"] as const).flatMap((kind) =>
    [0, 4, 7].map((aw) =>
      qualified(
        ["SPT.4.1", 0x5b],
        `AW of a ${kind} entry is ${aw}`,
        PASID_PATH,
        scalable(kind, (w) => w.eachPasidEntry((e) => e.set({ AW: aw }))),
      ),
    ),
  ),
  qualified(
    ["SPT.4.1", 0x5b],
    "AW is 5 levels, and SAGAW has no 57 bits",
    PASID_PATH,
    scalable("second-stage", undefined, { secondLevels: 5 }),
    { unit: { preset: "linux" } },
  ),
  ...[0, 5, 6, 7].map((pgtt) =>
    qualified(
      ["SPT.4.2", 0x5b],
      `PGTT is ${pgtt}`,
      PASID_PATH,
      scalable("pass-through", (w) => w.eachPasidEntry((e) => e.set({ PGTT: pgtt }))),
    ),
  ),
  qualified(
    ["SPT.4.2", 0x5b],
    "PGTT is first stage, and ECAP.FSTS is clear",
    PASID_PATH,
    scalable("pass-through", (w) => w.eachPasidEntry((e) => e.set({ PGTT: 1 }))),
    { unit: { preset: "second-stage" } },
  ),
  qualified(
    ["SPT.4.2", 0x5b],
    "PGTT is nested, and ECAP.NEST is clear",
    PASID_PATH,
    scalable("nested"),
    without("NEST"),
  ),
  qualified(
    ["SPT.4.2", 0x5b],
    "PGTT is pass-through, and ECAP.PT is clear",
    PASID_PATH,
    scalable("pass-through"),
    without("PT"),
  ),
  ...(["first-stage", "nested"] as const).map((kind) =>
    qualified(
      ["SPT.4.3", 0x5b],
      `FSPM of a ${kind} entry is 2`,
      PASID_PATH,
      scalable(kind, (w) => w.eachPasidEntry((e) => e.set({ FSPM: 2 }))),
    ),
  ),
  qualified(
    ["SPT.4.3", 0x5b],
    "FSPM is 5 levels, and CAP.FS5LP is clear",
    PASID_PATH,
    scalable("first-stage", undefined, { firstLevels: 5 }),
    without("FS5LP"),
  ),
  qualified(
    ["SPT.4.4", 0x5b],
    "FSPTPTR of a nested entry is wider than the second stage",
    PASID_PATH,
    scalable("nested", (w) => w.eachPasidEntry((e) => e.set({ FSPTPTR: 1n << 39n })), {
      secondLevels: 3,
    }),
  ),
];

const PRIVILEGED: Partial<Record<Column, Answer>> = { "U+P": "UR", "TR+P": "S0" };
const RID_PRIVILEGED: Partial<Record<Column, Answer>> = { U: "UR", TR: "S0" };

const requests: readonly Row[] = [
  qualified(
    ["SPT.5", 0x5c],
    "a request to execute, up to major version 7",
    PRIVILEGED,
    scalable("first-stage"),
    { request: { execute: true } },
  ),
  ...(["first-stage", "second-stage", "nested", "pass-through"] as const).flatMap((kind) => [
    qualified(
      ["SPT.6", 0x5d],
      `a privileged request, and SRE of the ${kind} entry is 0`,
      PRIVILEGED,
      scalable(kind),
      { request: { privileged: true } },
    ),
    qualified(
      ["SPT.6", 0x5d],
      `RID_PRIV, and SRE of the ${kind} entry is 0`,
      RID_PRIVILEGED,
      scalable(kind, undefined, { context: { ridPriv: true } }),
    ),
  ]),
];

export const pasidEntryRows: readonly Row[] = [...directory, ...entry, ...requests];
