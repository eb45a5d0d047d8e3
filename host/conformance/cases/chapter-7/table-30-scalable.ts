import type { Bench } from "../../bench/bench.js";
import { WORLD_PASID, type World } from "../../bench/world.js";
import type { EntryFields } from "../../../tables/entry.js";
import { casesOf } from "../../case.js";
import { atLeast, withBits } from "../../needs.js";
import { casesOfScene, type Scene } from "./scene.js";

const POISON = { abilities: ["poison"] } as const;

/** Changes the entry of requests without PASID, and that of those with. */
function setPasidEntries(world: World, bench: Bench, fields: EntryFields): void {
  world.pasidEntry().set(fields);
  if (bench.has("PASID")) world.pasidEntry(WORLD_PASID).set(fields);
}

const rootAndContext: readonly Scene[] = [
  {
    id: "srt1-root-entry-unreadable",
    condition: "SRT.1",
    when: "the scalable-mode root entry cannot be read",
    kind: "pass-through",
    needs: POISON,
    fpd: false,
    spoil: (world, bench) => bench.poison(world.rootEntry.address, 16),
  },
  {
    id: "srt2-half-not-present",
    condition: "SRT.2",
    when: "the half of the root entry for its device is not present",
    kind: "pass-through",
    fpd: false,
    spoil: (world) => {
      const upper = (world.sourceId & 0x80) !== 0;
      world.rootEntry.set(upper ? { UP: 0 } : { LP: 0 });
    },
  },
  {
    id: "srt3-half-reserved",
    condition: "SRT.3",
    when: "a reserved bit is set in the half of the root entry for its device",
    kind: "pass-through",
    fpd: false,
    spoil: (world) => {
      const bit = (world.sourceId & 0x80) !== 0 ? 65 : 1;
      world.rootEntry.setBits(bit, bit, 1);
    },
  },
  {
    id: "sct1-context-entry-unreadable",
    condition: "SCT.1",
    when: "the scalable-mode context entry cannot be read",
    kind: "pass-through",
    needs: POISON,
    fpd: false,
    spoil: (world, bench) => bench.poison(world.contextEntry.address, 32),
  },
  {
    id: "sct2-context-entry-not-present",
    condition: "SCT.2",
    when: "the scalable-mode context entry is not present",
    kind: "pass-through",
    spoil: (world) => void world.contextEntry.set({ P: 0 }),
  },
  {
    id: "sct3-context-entry-reserved",
    condition: "SCT.3",
    when: "a reserved bit of the scalable-mode context entry is set",
    kind: "pass-through",
    spoil: (world) => void world.contextEntry.setBits(128, 128, 1),
  },
  {
    id: "sct41-page-requests-without-device-tlb",
    condition: "SCT.4.1",
    when: "PRE is set and DTE is clear",
    kind: "pass-through",
    needs: { capabilities: ["DT", "PRS"] },
    spoil: (world) => void world.contextEntry.set({ PRE: 1, DTE: 0 }),
  },
  {
    id: "sct42-rid-pasid-beyond-directory",
    condition: "SCT.4.2",
    when: "RID_PASID is beyond the PASID directory",
    kind: "pass-through",
    needs: { capabilities: ["RPS"] },
    spoil: (world) => void world.contextEntry.set({ RID_PASID: 0x2000 }),
  },
  {
    id: "sct43-translated-pasid-without-pasid",
    condition: "SCT.4.3",
    when: "EPTR is set and PASIDE is clear",
    kind: "pass-through",
    needs: { capabilities: ["PTRS"] },
    spoil: (world) => void world.contextEntry.set({ EPTR: 1, PASIDE: 0 }),
  },
  {
    id: "sct5-device-tlb-disabled",
    condition: "SCT.5",
    when: "DTE is clear",
    kind: "pass-through",
    spoil: (world) => void world.contextEntry.set({ DTE: 0, PRE: 0 }),
  },
  {
    id: "sct6-pasid-disabled",
    condition: "SCT.6",
    when: "PASIDE is clear",
    kind: "pass-through",
    pasidOnly: true,
    spoil: (world) => void world.contextEntry.set({ PASIDE: 0 }),
  },
  {
    id: "sct7-pasid-beyond-directory",
    condition: "SCT.7",
    when: "its PASID is the first beyond the PASID directory",
    kind: "pass-through",
    needs: { capabilities: [{ PSS: atLeast(13) }] },
    pasidOnly: true,
    request: () => ({ pasid: 0x2000 }),
  },
  {
    id: "sct8-page-requests-disabled",
    condition: "SCT.8",
    when: "PRE is clear",
    kind: "pass-through",
    spoil: (world) => void world.contextEntry.set({ PRE: 0 }),
  },
  {
    id: "sct8-page-requests-with-pasid-disabled",
    condition: "SCT.8",
    when: "PRE is clear and it has a PASID",
    kind: "pass-through",
    pasidOnly: true,
    spoil: (world) => void world.contextEntry.set({ PRE: 0 }),
  },
  {
    id: "sct9-pasid-is-rid-pasid",
    condition: "SCT.9",
    when: "its PASID is RID_PASID",
    kind: "pass-through",
    needs: { capabilities: ["RPS"] },
    pasidOnly: true,
    spoil: (world) => void world.contextEntry.set({ RID_PASID: WORLD_PASID }),
  },
  {
    id: "sct10-no-pasid-in-translated-requests",
    condition: "SCT.10",
    when: "EPTR is clear",
    kind: "pass-through",
    needs: { capabilities: ["PTRS"] },
    pasidOnly: true,
    spoil: (world) => void world.contextEntry.set({ EPTR: 0 }),
  },
];

const pasidStructures: readonly Scene[] = [
  {
    id: "spd1-directory-entry-unreadable",
    condition: "SPD.1",
    when: "the PASID directory entry cannot be read",
    kind: "pass-through",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.directoryEntry.address, 8),
  },
  {
    id: "spd2-directory-entry-not-present",
    condition: "SPD.2",
    when: "the PASID directory entry is not present",
    kind: "pass-through",
    spoil: (world) => void world.directoryEntry.set({ P: 0 }),
  },
  {
    id: "spd3-directory-entry-reserved",
    condition: "SPD.3",
    when: "a reserved bit of the PASID directory entry is set",
    kind: "pass-through",
    spoil: (world) => void world.directoryEntry.setBits(2, 2, 1),
  },
  {
    id: "spt1-pasid-entry-unreadable",
    condition: "SPT.1",
    when: "the PASID table entry cannot be read",
    kind: "pass-through",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.pasidEntry().address, 4096),
  },
  {
    id: "spt2-pasid-entry-not-present",
    condition: "SPT.2",
    when: "the PASID table entry is not present",
    kind: "pass-through",
    spoil: (world, bench) => setPasidEntries(world, bench, { P: 0 }),
  },
  {
    id: "spt3-pasid-entry-reserved",
    condition: "SPT.3",
    when: "a reserved bit of the PASID table entry is set",
    kind: "pass-through",
    spoil: (world, bench) => {
      world.pasidEntry().setBits(5, 5, 1);
      if (bench.has("PASID")) world.pasidEntry(WORLD_PASID).setBits(5, 5, 1);
    },
  },
  {
    id: "spt41-width-reserved-second-stage",
    condition: "SPT.4.1",
    when: "AW of a second-stage PASID table entry has a reserved value",
    kind: "second-stage",
    spoil: (world, bench) => setPasidEntries(world, bench, { AW: 4 }),
  },
  {
    id: "spt41-width-reserved-nested",
    condition: "SPT.4.1",
    when: "AW of a nested PASID table entry has a reserved value",
    kind: "nested",
    spoil: (world, bench) => setPasidEntries(world, bench, { AW: 0 }),
  },
  {
    id: "spt42-type-reserved",
    condition: "SPT.4.2",
    when: "PGTT has a reserved value",
    kind: "pass-through",
    spoil: (world, bench) => setPasidEntries(world, bench, { PGTT: 5 }),
  },
  {
    id: "spt43-paging-mode-reserved",
    condition: "SPT.4.3",
    when: "FSPM has a reserved value",
    kind: "first-stage",
    spoil: (world, bench) => setPasidEntries(world, bench, { FSPM: 2 }),
  },
  {
    id: "spt43-five-levels-unsupported",
    condition: "SPT.4.3",
    when: "FSPM asks for 5 levels that the unit lacks",
    kind: "first-stage",
    with: { capabilities: { FS5LP: 0 } },
    spoil: (world, bench) => setPasidEntries(world, bench, { FSPM: 1 }),
  },
  {
    id: "spt43-paging-mode-reserved-nested",
    condition: "SPT.4.3",
    when: "FSPM of a nested entry has a reserved value",
    kind: "nested",
    spoil: (world, bench) => setPasidEntries(world, bench, { FSPM: 3 }),
  },
  {
    id: "spt44-first-stage-pointer-too-wide",
    condition: "SPT.4.4",
    when: "FSPTPTR of a nested entry is beyond MGAW and AW",
    kind: "nested",
    options: { secondLevels: 3 },
    needs: { capabilities: [{ SAGAW: withBits(2) }] },
    spoil: (world, bench) => {
      if (bench.hostAddressWidth <= 39) bench.skip("bit 39 is reserved by the host address width");
      setPasidEntries(world, bench, { FSPTPTR: 1n << 39n });
    },
  },
  {
    id: "spt6-supervisor-not-enabled",
    condition: "SPT.6",
    when: "it asks for supervisor privilege and SRE is clear",
    kind: "pass-through",
    needs: { capabilities: ["SRS"], abilities: ["privileged"] },
    pasidOnly: true,
    request: () => ({ privileged: true }),
  },
  {
    id: "spt6-rid-priv-not-enabled",
    condition: "SPT.6",
    when: "RID_PRIV is set and SRE is clear",
    kind: "pass-through",
    needs: { capabilities: ["RPRIVS"] },
    ridOnly: true,
    spoil: (world) => void world.contextEntry.set({ RID_PRIV: 1 }),
  },
  {
    id: "sgn10-pasid-too-wide",
    condition: "SGN.10",
    when: "its PASID has more bits than PSS announces",
    kind: "pass-through",
    needs: { capabilities: ["PASID", { PSS: { words: "below 12", holds: (v) => v < 12 } }] },
    with: { capabilities: { PSS: 9 } },
    pasidOnly: true,
    request: () => ({ pasid: 0x400 }),
  },
];

/** What a unit without a translation type does with it. */
const unsupportedTypes: readonly Scene[] = (
  [
    ["first-stage", "FSTS", { FSTS: 0, NEST: 0, EAFS: 0, FS5LP: 0, FS1GP: 0 }, 1],
    ["second-stage", "SSTS", { SSTS: 0, NEST: 0, SSADS: 0, SSIRWS: 0, SAGAW: 0, PSI: 0 }, 2],
    ["nested", "NEST", { NEST: 0 }, 3],
  ] as const
).map(([type, capability, capabilities, PGTT]) => ({
  id: `spt42-no-${type}`,
  condition: "SPT.4.2",
  when: `PGTT is that of ${type} translation in a unit without ${capability}`,
  kind: "pass-through",
  with: { capabilities },
  spoil: (world: World, bench: Bench) => setPasidEntries(world, bench, { PGTT }),
}));

const noPassThrough: Scene = {
  id: "spt42-no-pass-through",
  condition: "SPT.4.2",
  when: "PGTT is that of pass-through in a unit without PT",
  kind: "first-stage",
  with: { capabilities: { PT: 0 } },
  spoil: (world, bench) => setPasidEntries(world, bench, { PGTT: 4 }),
};

export const table30Scalable = casesOf("7.1.3", [
  ...rootAndContext.flatMap(casesOfScene),
  ...pasidStructures.flatMap(casesOfScene),
  // The claim is about the type: that the other columns are those of SPT.4.2 is shown above.
  ...[...unsupportedTypes, noPassThrough].map((scene) => casesOfScene(scene)[0]!),
]);
