import { SID } from "../worlds.js";
import { PASID_PATH, qualified, unqualified, type Row } from "./row.js";
import { poisonReads, scalable } from "./scalable.js";

/** Bus 3, device 18, function 0: served by the upper half of the root entry. */
const UPPER_SID = 0x0390;

const ALL = { ...PASID_PATH, TD: "UR", "TD+P": "UR" } as const;
const ALL_UR = { ...ALL, TR: "UR", "TR+P": "UR" } as const;
const UNLESS_TRANSLATED = { "U+P": "UR", "TR+P": "UR", "PR+P": "IR" } as const;
const WITH_PASID = { ...UNLESS_TRANSLATED, "TD+P": "UR" } as const;

const root: readonly Row[] = [
  unqualified(
    ["SRT.1", 0x38],
    "the lower half of the root entry cannot be read",
    ALL,
    scalable("first-stage", (w) => poisonReads(w, w.tables.rootEntry(SID).address)),
  ),
  unqualified(
    ["SRT.1", 0x38],
    "the upper half of the root entry cannot be read",
    ALL,
    scalable("first-stage", (w) => poisonReads(w, w.tables.rootEntry(SID).address + 8n), {
      sourceId: UPPER_SID,
    }),
    { request: { sourceId: UPPER_SID } },
  ),
  unqualified(
    ["SRT.2", 0x39],
    "LP is 0",
    ALL_UR,
    scalable("first-stage", (w) => w.tables.rootEntry(SID).set({ LP: 0 })),
  ),
  unqualified(["SRT.2", 0x39], "UP is 0, and LP is 1", ALL_UR, scalable("first-stage"), {
    request: { sourceId: UPPER_SID },
  }),
  unqualified(
    ["SRT.3", 0x3a],
    "bit 1 of the lower half is set",
    ALL,
    scalable("first-stage", (w) => w.tables.rootEntry(SID).setBits(1, 1, 1)),
  ),
  unqualified(
    ["SRT.3", 0x3a],
    "bit 11 of the upper half is set",
    ALL,
    scalable("first-stage", (w) => w.tables.rootEntry(SID).setBits(75, 75, 1), {
      sourceId: UPPER_SID,
    }),
    { request: { sourceId: UPPER_SID } },
  ),
];

const context: readonly Row[] = [
  ...[0n, 8n, 16n, 24n].map((word) =>
    unqualified(
      ["SCT.1", 0x40],
      `byte ${word} of the context entry cannot be read`,
      ALL,
      scalable("first-stage", (w) => poisonReads(w, w.contextEntry.address + word)),
    ),
  ),
  qualified(
    ["SCT.2", 0x41],
    "the context entry is not present",
    ALL_UR,
    scalable("first-stage", (w) => w.contextEntry.set({ P: 0 })),
  ),
  qualified(
    ["SCT.3", 0x42],
    "bit 7 of the context entry is set",
    ALL,
    scalable("first-stage", (w) => w.contextEntry.setBits(7, 7, 1)),
  ),
  qualified(
    ["SCT.4.1", 0x43],
    "PRE without DTE",
    ALL,
    scalable("first-stage", undefined, { context: { dte: false } }),
  ),
  qualified(
    ["SCT.4.2", 0x43],
    "RID_PASID beyond the PASID directory",
    ALL,
    scalable("first-stage", undefined, { context: { ridPasid: 0x2000 } }),
  ),
  qualified(
    ["SCT.4.3", 0x43],
    "EPTR without PASIDE",
    { U: "UR", TR: "CA", TD: "UR", "TD+P": "UR", PR: "IR", "PR+P": "IR" },
    scalable("first-stage", undefined, { context: { eptr: true, paside: false } }),
  ),
  qualified(
    ["SCT.5", 0x44],
    "DTE is 0, with EPTR and without PASIDE",
    { "TR+P": "UR" },
    scalable("first-stage", undefined, {
      context: { eptr: true, paside: false, dte: false, pre: false },
    }),
  ),
  qualified(
    ["SCT.6", 0x45],
    "PASIDE is 0, with EPTR",
    { "U+P": "UR", "TR+P": "UR" },
    scalable("first-stage", undefined, { context: { eptr: true, paside: false } }),
  ),
  qualified(
    ["SCT.5", 0x44],
    "DTE is 0",
    { TR: "UR", "TR+P": "UR", TD: "UR", "TD+P": "UR" },
    scalable("first-stage", undefined, { context: { dte: false, pre: false } }),
  ),
  qualified(
    ["SCT.6", 0x45],
    "PASIDE is 0",
    UNLESS_TRANSLATED,
    scalable("first-stage", undefined, { context: { paside: false } }),
  ),
  qualified(
    ["SCT.7", 0x46],
    "the PASID lies beyond the PASID directory",
    WITH_PASID,
    scalable("first-stage"),
    { request: { pasid: 0x2000 } },
  ),
  qualified(
    ["SCT.8", 0x47],
    "PRE is 0",
    { PR: "IR", "PR+P": "IR" },
    scalable("first-stage", undefined, { context: { pre: false } }),
  ),
  qualified(["SCT.9", 0x48], "the PASID is RID_PASID", WITH_PASID, scalable("first-stage"), {
    request: { pasid: 9 },
  }),
  qualified(
    ["SCT.9", 0x48],
    "PASID 0 of a unit without RPS (choice R7)",
    WITH_PASID,
    scalable("first-stage"),
    { unit: { capabilities: { RPS: 0 } }, request: { pasid: 0 } },
  ),
  qualified(["SCT.10", 0x49], "EPTR is 0", { "TD+P": "UR" }, scalable("first-stage")),
  qualified(
    ["SCT.10", 0x49],
    "EPTR and PASIDE are 0",
    { "TD+P": "UR" },
    scalable("first-stage", undefined, { context: { paside: false } }),
  ),
  qualified(
    ["SGN.10", 0x89],
    "the PASID has a bit more than PSS says",
    { "U+P": "UR", "TR+P": "UR", "TD+P": "UR" },
    scalable("first-stage", undefined, { context: { eptr: true } }),
    { unit: { capabilities: { PSS: 6 } }, request: { pasid: 128 } },
  ),
];

export const rootAndContextRows: readonly Row[] = [...root, ...context];
