import { casesOf } from "../../case.js";
import type { UnitWishes } from "../../configuration.js";
import { casesOfScene, IOVA, type Scene } from "./scene.js";

const POISON = { abilities: ["poison"] } as const;
/** Bit 11 of what points to a table is reserved with every set of capabilities (§3.7). */
const RESERVED = { SNP: 1 } as const;

const rootAndContext: readonly Scene[] = [
  {
    id: "lrt1-root-entry-unreadable",
    condition: "LRT.1",
    when: "the root entry cannot be read",
    kind: "legacy",
    needs: POISON,
    fpd: false,
    spoil: (world, bench) => bench.poison(world.rootEntry.address, 16),
  },
  {
    id: "lrt2-root-entry-not-present",
    condition: "LRT.2",
    when: "the root entry of the bus is not present",
    kind: "legacy",
    fpd: false,
    spoil: (world) => void world.rootEntry.set({ P: 0 }),
  },
  {
    id: "lrt3-root-entry-reserved",
    condition: "LRT.3",
    when: "a reserved bit of the root entry is set",
    kind: "legacy",
    fpd: false,
    spoil: (world) => void world.rootEntry.setBits(64, 64, 1),
  },
  {
    id: "lct1-context-entry-unreadable",
    condition: "LCT.1",
    when: "the context entry cannot be read",
    kind: "legacy",
    needs: POISON,
    fpd: false,
    spoil: (world, bench) => bench.poison(world.contextEntry.address, 16),
  },
  {
    id: "lct2-context-entry-not-present",
    condition: "LCT.2",
    when: "the context entry is not present",
    kind: "legacy",
    spoil: (world) => void world.contextEntry.set({ P: 0 }),
  },
  {
    id: "lct3-context-entry-reserved",
    condition: "LCT.3",
    when: "a reserved bit of the context entry is set",
    kind: "legacy",
    spoil: (world) => void world.contextEntry.setBits(88, 88, 1),
  },
  {
    id: "lct41-width-reserved",
    condition: "LCT.4.1",
    when: "AW of the context entry has a reserved value",
    kind: "legacy",
    spoil: (world) => void world.contextEntry.set({ AW: 4 }),
  },
  {
    id: "lct42-type-reserved",
    condition: "LCT.4.2",
    when: "TT of the context entry is 11b",
    kind: "legacy",
    spoil: (world) => void world.contextEntry.set({ TT: 3 }),
  },
  {
    id: "lct43-first-table-unreadable",
    condition: "LCT.4.3",
    when: "the table that SSPTPTR points to cannot be read",
    kind: "legacy",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.second.pointer, 4096),
  },
  {
    id: "lct5-untranslated-alone",
    condition: "LCT.5",
    when: "TT of the context entry is 00b",
    kind: "legacy",
    spoil: (world) => void world.contextEntry.set({ TT: 0 }),
  },
  {
    id: "lct5-pass-through",
    condition: "LCT.5",
    when: "TT of the context entry is 10b",
    kind: "legacy-pass-through",
  },
];

const walk: readonly Scene[] = [
  {
    id: "lss1-page-table-unreadable",
    condition: "LSS.1",
    when: "a second-stage page table cannot be read",
    kind: "legacy",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.second.entryAddress(IOVA, 1), 8),
  },
  {
    id: "lss1-page-directory-unreadable",
    condition: "LSS.1",
    when: "a second-stage page directory cannot be read",
    kind: "legacy",
    needs: POISON,
    spoil: (world, bench) => bench.poison(world.second.entryAddress(IOVA, 2), 8),
  },
  {
    id: "lss2-paging-entry-reserved",
    condition: "LSS.2",
    when: "a reserved bit of a second-stage entry is set",
    kind: "legacy",
    spoil: (world) => void world.second.entry(IOVA, 2).set(RESERVED),
  },
  {
    id: "lgn11-beyond-guest-width",
    condition: "LGN.1.1",
    when: "its address is the first beyond MGAW and AW",
    kind: "legacy",
    request: (bench, world) => {
      const width = Math.min(bench.value("MGAW") + 1, 12 + 9 * world.second.levels);
      return { address: 1n << BigInt(width) };
    },
  },
  {
    id: "lgn12-beyond-host-width",
    condition: "LGN.1.2",
    when: "its address is the first beyond the host address width",
    kind: "legacy",
    request: (bench) => ({ address: 1n << BigInt(bench.hostAddressWidth) }),
  },
  {
    id: "lgn13-pass-through-beyond-host-width",
    condition: "LGN.1.3",
    when: "it passes through and its address is beyond the host address width",
    kind: "legacy-pass-through",
    request: (bench) => ({ address: 1n << BigInt(bench.hostAddressWidth) }),
  },
  {
    id: "lgn2-not-writable",
    condition: "LGN.2",
    when: "it is a write and the page is not writable",
    kind: "legacy",
    spoil: (world) => void world.leaf(IOVA).set({ W: 0 }),
    request: () => ({ access: "write" }),
  },
  {
    id: "lgn3-not-readable",
    condition: "LGN.3",
    when: "it is a read and the page is not readable",
    kind: "legacy",
    spoil: (world) => void world.leaf(IOVA).set({ R: 0 }),
  },
  {
    id: "lgn4-output-interrupt-range",
    condition: "LGN.4",
    when: "its output address is FEE0_1000h",
    kind: "legacy",
    spoil: (world) => void world.leaf(IOVA).set({ ADDR: 0xfee0_1000n }),
    request: () => ({ address: IOVA }),
  },
];

/** LGN.4 looks at the output: of a translated request that is the address in it. */
const translatedToInterruptRange: Scene = {
  id: "lgn4-address-interrupt-range",
  condition: "LGN.4",
  when: "its address lies in the interrupt address range",
  kind: "legacy",
  request: () => ({ address: 0xfee0_1000n }),
};

const inLegacyMode = [...rootAndContext, ...walk].flatMap(casesOfScene);
const NO_DEVICE_TLB: UnitWishes = {
  capabilities: { DT: 0, DIT: 0, PDS: 0, NWFS: 0, PRS: 0, SMS: 0, PTRS: 0 },
};

const unsupportedTypes: readonly Scene[] = [
  {
    id: "lct42-no-device-tlb",
    condition: "LCT.4.2",
    when: "TT of the context entry is 01b in a unit without device-TLBs",
    kind: "legacy",
    with: NO_DEVICE_TLB,
    spoil: (world) => void world.contextEntry.set({ TT: 1 }),
  },
  {
    id: "lct42-no-pass-through",
    condition: "LCT.4.2",
    when: "TT of the context entry is 10b in a unit without pass-through",
    kind: "legacy",
    with: { capabilities: { PT: 0 } },
    spoil: (world) => void world.contextEntry.set({ TT: 2 }),
  },
];

export const table30Legacy = casesOf("7.1.3", [
  // A translated request has no output that tables choose.
  ...inLegacyMode.filter(({ id }) => id !== "lgn4-output-interrupt-range-translated"),
  ...casesOfScene(translatedToInterruptRange).filter(({ id }) => id.endsWith("-translated")),
  ...unsupportedTypes.flatMap(casesOfScene).filter(({ id }) => !/-trans/.test(id)),
]);
