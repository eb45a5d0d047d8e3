import type { Features } from "../registers-by-hand.js";
import {
  ABORT_DMA,
  DIRECTORY_ENTRY,
  LEGACY,
  PASID_ENTRIES,
  RESERVED_MODE,
  RID_PASID,
  ROOT_ENTRY,
  SCALABLE,
  SCALABLE_CONTEXT,
  SSIRWE,
} from "../world.js";
import type { Scenario } from "./scenario.js";

type Answers = Scenario["answers"];

const BLOCKED: Answers = {
  U: "UR",
  "U+P": "UR",
  TR: "UR",
  "TR+P": "UR",
  TD: "UR",
  "TD+P": "UR",
  PR: "IR",
};
const ABORTED: Answers = { ...BLOCKED, TR: "CA", "TR+P": "CA" };
/** PASID structures are not looked at for translated requests without host permission tables. */
const PASID_ABORTED: Answers = { U: "UR", "U+P": "UR", TR: "CA", "TR+P": "CA", PR: "IR" };
const PASID_ABSENT: Answers = { ...PASID_ABORTED, TR: "S0", "TR+P": "S0" };

const ROOT_TABLE_ADDRESS: readonly Scenario[] = [
  {
    condition: "RTA.1.1",
    reason: 0x30,
    qualified: false,
    title: "abort-DMA mode is selected in a unit without it",
    features: { ADMS: false },
    arrange: (w) => w.scalable(4n).enable(ABORT_DMA),
    answers: ABORTED,
  },
  {
    condition: "RTA.1.2",
    reason: 0x30,
    qualified: false,
    title: "the reserved mode is selected",
    arrange: (w) => w.scalable(4n).enable(RESERVED_MODE),
    answers: ABORTED,
  },
  {
    condition: "RTA.1.3",
    reason: 0x30,
    qualified: false,
    title: "scalable mode is selected in a unit without it",
    features: { SMTS: false },
    arrange: (w) => w.scalable(4n),
    answers: ABORTED,
  },
  {
    condition: "RTA.1.4",
    reason: 0x30,
    qualified: false,
    title: "I/O permissions are selected in legacy mode",
    arrange: (w) => w.legacy().enable(LEGACY | SSIRWE),
    answers: { U: "UR", TR: "CA", TD: "UR" },
  },
  {
    condition: "RTA.2",
    reason: 0x31,
    qualified: false,
    title: "a request with PASID comes in legacy mode",
    arrange: (w) => w.legacy(),
    answers: { "U+P": "UR", "TR+P": "UR", "TD+P": "UR" },
  },
  {
    condition: "RTA.2",
    reason: 0x31,
    qualified: false,
    title: "a request with PASID comes in legacy mode with I/O permissions selected",
    arrange: (w) => w.legacy().enable(LEGACY | SSIRWE),
    answers: { "U+P": "UR", "TR+P": "UR", "TD+P": "UR" },
  },
  {
    condition: "RTA.3",
    reason: 0x32,
    qualified: false,
    title: "a page request comes in legacy mode",
    arrange: (w) => w.legacy(),
    answers: { PR: "IR" },
  },
  {
    condition: "RTA.4",
    reason: 0x33,
    qualified: false,
    title: "abort-DMA mode is selected",
    arrange: (w) => w.scalable(4n).enable(ABORT_DMA),
    answers: BLOCKED,
  },
  {
    condition: "RTA.5",
    reason: 0x34,
    qualified: false,
    title: "execute is requested in a unit of version 8",
    features: { version: 0x80 },
    arrange: (w) => w.scalable(4n),
    execute: true,
    answers: { "U+P": "UR", "TR+P": "UR", "TD+P": "UR" },
  },
  {
    condition: "RTA.4",
    reason: 0x33,
    qualified: false,
    title: "execute is requested in abort-DMA mode in a unit of version 8",
    features: { version: 0x80 },
    arrange: (w) => w.scalable(4n).enable(ABORT_DMA | SCALABLE),
    execute: true,
    answers: BLOCKED,
  },
];

const ROOT: readonly Scenario[] = [
  ...[0n, 8n].map((offset): Scenario => ({
    condition: "SRT.1",
    reason: 0x38,
    qualified: false,
    title: `the root entry cannot be read at offset ${offset}`,
    arrange: (w) => w.scalable(4n).memory.failReads(ROOT_ENTRY + offset),
    answers: ABORTED,
  })),
  {
    condition: "SRT.2",
    reason: 0x39,
    qualified: false,
    title: "the lower half of the root entry is not present",
    arrange: (w) => w.scalable(4n).setField(ROOT_ENTRY, 0, 0, 0n).setField(ROOT_ENTRY, 64, 64, 1n),
    answers: BLOCKED,
  },
  ...[1, 11, 46, 63].map((bit): Scenario => ({
    condition: "SRT.3",
    reason: 0x3a,
    qualified: false,
    title: `bit ${bit} of the root entry is set`,
    arrange: (w) => w.scalable(4n).setField(ROOT_ENTRY, bit, bit, 1n),
    answers: ABORTED,
  })),
];

function reservedContextField(title: string, features: Features, bit: number): Scenario {
  return {
    condition: "SCT.3",
    reason: 0x42,
    qualified: true,
    title,
    features,
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, bit, bit, 1n),
    answers: features.PTRS === false ? withoutTranslatedPasid(ABORTED) : ABORTED,
  };
}

/** Without PTRS a translated request with PASID never gets as far as the tables (§4.2.1). */
function withoutTranslatedPasid(answers: Answers): Answers {
  return Object.fromEntries(Object.entries(answers).filter(([column]) => column !== "TD+P"));
}

const CONTEXT: readonly Scenario[] = [
  ...[0n, 16n].map((offset): Scenario => ({
    condition: "SCT.1",
    reason: 0x40,
    qualified: false,
    title: `the context entry cannot be read at offset ${offset}`,
    arrange: (w) => w.scalable(4n).memory.failReads(SCALABLE_CONTEXT + offset),
    answers: ABORTED,
  })),
  {
    condition: "SCT.2",
    reason: 0x41,
    qualified: true,
    title: "the context entry is not present",
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, 0, 0, 0n),
    answers: BLOCKED,
  },
  ...[7, 8, 46, 63, 85, 128, 255].map((bit) =>
    reservedContextField(`bit ${bit} of the context entry is set`, {}, bit),
  ),
  reservedContextField("DTE is set, and the unit has no device-TLB support", { DT: false }, 2),
  reservedContextField("PASIDE is set, and the unit has no PASID", { PASID: false }, 3),
  reservedContextField("HPTE is set, and the unit has no host permission tables", {}, 5),
  reservedContextField("EPTR is set, and the unit knows no such requests", { PTRS: false }, 6),
  reservedContextField(
    "RID_PASID is set, and the unit does not have the field",
    { RPS: false },
    64,
  ),
  reservedContextField("RID_PRIV is set, and the unit does not have it", { RPRIVS: false }, 84),
  {
    condition: "SCT.3",
    reason: 0x42,
    qualified: true,
    title: "PRE is set, and the unit has no page requests",
    features: { PRS: false },
    arrange: (w) => w.scalable(4n),
    answers: { U: "UR", "U+P": "UR", TR: "CA", "TR+P": "CA", TD: "UR", "TD+P": "UR" },
  },
  {
    condition: "SCT.4.1",
    reason: 0x43,
    qualified: true,
    title: "page requests are enabled without the device-TLB",
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, 2, 2, 0n),
    answers: ABORTED,
  },
  {
    condition: "SCT.4.2",
    reason: 0x43,
    qualified: true,
    title: "RID_PASID is beyond the directory",
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, 83, 64, 0x2000n),
    answers: ABORTED,
  },
  {
    condition: "SCT.4.3",
    reason: 0x43,
    qualified: true,
    title: "EPTR is set without PASIDE",
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, 3, 3, 0n),
    answers: { U: "UR", TR: "CA", TD: "UR", "TD+P": "UR", PR: "IR" },
  },
  {
    condition: "SCT.5",
    reason: 0x44,
    qualified: true,
    title: "the device-TLB is not enabled",
    arrange: (w) =>
      w.scalable(4n).setField(SCALABLE_CONTEXT, 2, 2, 0n).setField(SCALABLE_CONTEXT, 4, 4, 0n),
    answers: { TR: "UR", "TR+P": "UR", TD: "UR", "TD+P": "UR" },
  },
  {
    condition: "SCT.6",
    reason: 0x45,
    qualified: true,
    title: "requests with PASID are not enabled, and EPTR is set",
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, 3, 3, 0n),
    answers: { "U+P": "UR", "TR+P": "UR" },
  },
  {
    condition: "SCT.6",
    reason: 0x45,
    qualified: true,
    title: "requests with PASID are not enabled",
    arrange: (w) =>
      w.scalable(4n).setField(SCALABLE_CONTEXT, 3, 3, 0n).setField(SCALABLE_CONTEXT, 6, 6, 0n),
    pasid: 0x45,
    answers: { "U+P": "UR", "TR+P": "UR", PR: "IR" },
  },
  {
    condition: "SCT.7",
    reason: 0x46,
    qualified: true,
    title: "the PASID is beyond the directory",
    arrange: (w) => w.scalable(4n),
    pasid: 0x2000,
    answers: { "U+P": "UR", "TR+P": "UR", "TD+P": "UR", PR: "IR" },
  },
  {
    condition: "SCT.8",
    reason: 0x47,
    qualified: true,
    title: "page requests are not enabled",
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, 4, 4, 0n),
    answers: { PR: "IR" },
  },
  {
    condition: "SCT.9",
    reason: 0x48,
    qualified: true,
    title: "the PASID is RID_PASID",
    arrange: (w) => w.scalable(4n),
    pasid: RID_PASID,
    answers: { "U+P": "UR", "TR+P": "UR", "TD+P": "UR", PR: "IR" },
  },
  {
    condition: "SCT.9",
    reason: 0x48,
    qualified: true,
    title: "the PASID is 0, and the unit has no RID_PASID field",
    features: { RPS: false },
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, 83, 64, 0n),
    pasid: 0,
    answers: { "U+P": "UR", "TR+P": "UR", "TD+P": "UR", PR: "IR" },
  },
  {
    condition: "SCT.10",
    reason: 0x49,
    qualified: true,
    title: "translated requests with PASID are not enabled",
    arrange: (w) => w.scalable(4n).setField(SCALABLE_CONTEXT, 6, 6, 0n),
    answers: { "TD+P": "UR" },
  },
  {
    condition: "SGN.10",
    reason: 0x89,
    qualified: true,
    title: "the PASID needs more bits than the unit has",
    features: { PSS: 5 },
    arrange: (w) => w.scalable(4n),
    answers: { "U+P": "UR", "TR+P": "UR", "TD+P": "UR" },
  },
];

const DIRECTORY: readonly Scenario[] = [
  {
    condition: "SPD.1",
    reason: 0x50,
    qualified: false,
    title: "the PASID-directory entry cannot be read",
    arrange: (w) => w.scalable(4n).memory.failReads(DIRECTORY_ENTRY),
    answers: PASID_ABORTED,
  },
  {
    condition: "SPD.2",
    reason: 0x51,
    qualified: true,
    title: "the PASID-directory entry is not present",
    arrange: (w) => w.scalable(4n).setField(DIRECTORY_ENTRY, 0, 0, 0n),
    answers: PASID_ABSENT,
  },
  ...[2, 11, 46, 63].map((bit): Scenario => ({
    condition: "SPD.3",
    reason: 0x52,
    qualified: true,
    title: `bit ${bit} of the PASID-directory entry is set`,
    arrange: (w) => w.scalable(4n).setField(DIRECTORY_ENTRY, bit, bit, 1n),
    answers: PASID_ABORTED,
  })),
  ...[0n, 56n].map((offset): Scenario => ({
    condition: "SPT.1",
    reason: 0x58,
    qualified: false,
    title: `the PASID-table entry cannot be read at offset ${offset}`,
    arrange: (w) => {
      w.scalable(4n);
      for (const entry of PASID_ENTRIES) w.memory.failReads(entry + offset);
    },
    answers: PASID_ABORTED,
  })),
  {
    condition: "SPT.2",
    reason: 0x59,
    qualified: true,
    title: "the PASID-table entry is not present",
    arrange: (w) => w.scalable(4n).setPasidField(0, 0, 0n),
    answers: PASID_ABSENT,
  },
];

export const SCALABLE_ENTRY_SCENARIOS: readonly Scenario[] = [
  ...ROOT_TABLE_ADDRESS,
  ...ROOT,
  ...CONTEXT,
  ...DIRECTORY,
];
