import type { Bench } from "../../bench/bench.js";
import { WORLD_PASID, type World } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { withBits } from "../../needs.js";
import type { EntryFields } from "../../../tables/entry.js";
import { casesOfScene, IOVA, type Scene } from "./scene.js";

const POISON = { abilities: ["poison"] } as const;
const READS_ALONE = { writes: false } as const;
const WRITES_ALONE = { reads: false } as const;
const GUEST_PAGE = 0x7654_3000n;

function setPasidEntries(world: World, bench: Bench, fields: EntryFields): void {
  world.pasidEntry().set(fields);
  if (bench.has("PASID")) world.pasidEntry(WORLD_PASID).set(fields);
}

/** Address of a byte that the guest knows by a guest-physical address. */
function host(world: World, guest: bigint): bigint {
  return world.second.lookup(guest)!.physical;
}

/** The second-stage leaf of the guest page that holds the first-stage table of a level. */
function leafOfTable(world: World, level: 1 | 2 | 3 | 4) {
  return world.second.entry(world.first.entryAddress(IOVA, level), 1);
}

const firstStage: readonly Scene[] = [
  {
    id: "sfs1-page-table-unreadable",
    condition: "SFS.1",
    when: "a first-stage page table cannot be read",
    kind: "first-stage",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.first.entryAddress(IOVA, 1), 8, READS_ALONE),
  },
  {
    id: "sfs1-page-table-unreadable-nested",
    condition: "SFS.1",
    when: "the memory of a nested first-stage page table cannot be read",
    kind: "nested",
    needs: POISON,
    spoil: (world, bench) => {
      return bench.poison(host(world, world.first.entryAddress(IOVA, 1)), 8, READS_ALONE);
    },
  },
  {
    id: "sfs2-not-present",
    condition: "SFS.2",
    when: "a first-stage entry is not present",
    kind: "first-stage",
    spoil: (world) => void world.leaf(IOVA).set({ P: 0 }),
  },
  {
    id: "sfs2-not-present-nested",
    condition: "SFS.2",
    when: "a nested first-stage entry is not present",
    kind: "nested",
    spoil: (world) => void world.first.entry(IOVA, 2).set({ P: 0 }),
  },
  {
    id: "sfs3-reserved",
    condition: "SFS.3",
    when: "a reserved bit of a first-stage entry is set",
    kind: "first-stage",
    spoil: (world) => void world.first.entry(IOVA, 4).set({ PS: 1 }),
  },
  {
    id: "sfs4-first-table-unreadable",
    condition: "SFS.4",
    when: "the table that FSPTPTR points to cannot be read",
    kind: "first-stage",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.first.pointer, 4096, READS_ALONE),
  },
  {
    id: "sfs5-address-too-wide",
    condition: "SFS.5",
    when: "ADDR of a nested first-stage entry is beyond MGAW and AW",
    kind: "nested",
    options: { secondLevels: 3 },
    needs: { capabilities: [{ SAGAW: withBits(2) }] },
    spoil: (world, bench) => {
      if (bench.hostAddressWidth <= 39) bench.skip("bit 39 is reserved by the host address width");
      world.leaf(IOVA).set({ ADDR: 1n << 39n });
    },
  },
  {
    id: "sfs6-first-table-not-readable",
    condition: "SFS.6",
    when: "the second stage gives no read permission for the first nested table",
    kind: "nested",
    spoil: (world) => void leafOfTable(world, 4).set({ R: 0 }),
  },
  {
    id: "sfs7-table-not-readable",
    condition: "SFS.7",
    when: "the second stage gives no read permission for a further nested table",
    kind: "nested",
    spoil: (world) => void leafOfTable(world, 1).set({ R: 0 }),
  },
  {
    id: "sfs8-table-not-writable",
    condition: "SFS.8",
    when: "A of a first-stage entry must be set that the second stage makes read-only",
    kind: "nested",
    needs: { capabilities: ["SMPWCS"] },
    spoil: (world) => void leafOfTable(world, 1).set({ W: 0 }),
  },
  {
    id: "sfs9-flags-not-snooped",
    condition: "SFS.9",
    when: "A must be set and PWSNP is clear",
    kind: "first-stage",
    spoil: (world, bench) => {
      world.leaf(IOVA).set({ A: 0 });
      setPasidEntries(world, bench, { PWSNP: 0 });
    },
  },
  {
    id: "sfs9-flags-not-snooped-nested",
    condition: "SFS.9",
    when: "A of a nested first-stage entry must be set and PWSNP is clear",
    kind: "nested",
    spoil: (world, bench) => setPasidEntries(world, bench, { PWSNP: 0 }),
  },
  {
    id: "sfs10-flag-update-fails",
    condition: "SFS.10",
    when: "A of a first-stage entry cannot be written",
    kind: "first-stage",
    needs: { capabilities: ["SMPWCS"], ...POISON },
    spoil: (world, bench) => bench.poison(world.first.entryAddress(IOVA, 1), 8, WRITES_ALONE),
  },
];

const secondStage: readonly Scene[] = [
  {
    id: "sss1-page-table-unreadable",
    condition: "SSS.1",
    when: "a second-stage page table cannot be read",
    kind: "second-stage",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.second.entryAddress(IOVA, 1), 8),
  },
  {
    id: "sss1-under-first-stage-table",
    condition: "SSS.1",
    when: "the second-stage entry of a first-stage table cannot be read",
    kind: "nested",
    needs: POISON,
    spoil: (world, bench) => bench.poison(leafOfTable(world, 1).address, 8),
  },
  {
    id: "sss2-not-present",
    condition: "SSS.2",
    when: "a second-stage entry allows neither reads nor writes",
    kind: "second-stage",
    spoil: (world) => void world.leaf(IOVA).set({ R: 0, W: 0 }),
  },
  {
    id: "sss2-nothing-left",
    condition: "SSS.2",
    when: "no permission is in every second-stage entry of the walk",
    kind: "second-stage",
    spoil: (world) => {
      world.leaf(IOVA).set({ R: 0 });
      world.second.entry(IOVA, 3).set({ W: 0 });
    },
  },
  {
    id: "sss2-under-first-stage-table",
    condition: "SSS.2",
    when: "the second stage does not map a first-stage table",
    kind: "nested",
    spoil: (world) => void leafOfTable(world, 2).set({ R: 0, W: 0 }),
  },
  {
    id: "sss2-under-nested-page",
    condition: "SSS.2",
    when: "the second stage does not map the page of the first stage",
    kind: "nested",
    spoil: (world) => void world.leaf(IOVA).set({ ADDR: GUEST_PAGE }),
  },
  {
    id: "sss3-reserved",
    condition: "SSS.3",
    when: "a reserved bit of a second-stage entry is set",
    kind: "second-stage",
    spoil: (world) => void world.second.entry(IOVA, 2).set({ SNP: 1 }),
  },
  {
    id: "sss3-under-first-stage-table",
    condition: "SSS.3",
    when: "a reserved bit is set in a second-stage entry of a first-stage table",
    kind: "nested",
    spoil: (world) => {
      const table = world.first.entryAddress(IOVA, 1);
      world.second.entry(table, 3).set({ SNP: 1 });
    },
  },
  {
    id: "sss4-first-table-unreadable",
    condition: "SSS.4",
    when: "the table that SSPTPTR points to cannot be read",
    kind: "second-stage",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.second.pointer, 4096),
  },
  {
    id: "sss4-first-table-unreadable-nested",
    condition: "SSS.4",
    when: "the table that SSPTPTR of a nested entry points to cannot be read",
    kind: "nested",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.second.pointer, 4096),
  },
  {
    id: "sss5-flags-not-snooped",
    condition: "SSS.5",
    when: "A of a second-stage entry must be set and PWSNP is clear",
    kind: "second-stage",
    options: { pasid: { ssade: true, pwsnp: false } },
    needs: { capabilities: ["SSADS"] },
  },
  {
    id: "sss6-flag-update-fails",
    condition: "SSS.6",
    when: "A of a second-stage entry cannot be written",
    kind: "second-stage",
    options: { pasid: { ssade: true } },
    needs: { capabilities: ["SSADS"], ...POISON },
    spoil: (world, bench) => bench.poison(world.second.entryAddress(IOVA, 1), 8, WRITES_ALONE),
  },
];

export const table30Walks = casesOf("7.1.3", [...firstStage, ...secondStage].flatMap(casesOfScene));
