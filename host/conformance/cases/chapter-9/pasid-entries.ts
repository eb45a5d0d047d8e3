import { caseForEach, casesOf } from "../../case.js";
import { needsOfWorld, type WorldKind } from "../../bench/world.js";
import type { UnitWishes } from "../../configuration.js";
import { joined } from "../../needs.js";
import { needsOfRequest } from "../requests.js";
import { bitsOf, expectIgnored, expectReserved } from "./entry-bits.js";

const IOVA = 0x6789_a000n;
const NEEDS = joined(needsOfWorld["pass-through"], needsOfRequest.dma);

const directory = casesOf("9.5", [
  {
    id: "pasid-directory-reserved-bits",
    title: "Bits 11:2 of a present PASID directory entry are reserved",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      const fault = { condition: "SPD.3", request: { address: bench.page() } };
      await expectReserved(bench, world.directoryEntry, bitsOf(11, 2), fault);
    },
  },
  {
    id: "pasid-directory-pointer-beyond-host-width",
    title: "SMPTBLPTR has reserved bits from the host address width up",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      const fault = { condition: "SPD.3", request: { address: bench.page() } };
      await expectReserved(bench, world.directoryEntry, bitsOf(63, bench.hostAddressWidth), fault);
    },
  },
  {
    id: "pasid-directory-not-present-ignores-rest",
    title: "Every field but FPD of a PASID directory entry that is not present is ignored",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      world.directoryEntry.write([0xffff_ffff_ffff_fffcn]);
      await bench.start(world);
      await bench.expectFault.dma("SPD.2", { address: bench.page() });
    },
  },
]);

/** Bits that are reserved whatever the unit supports. */
const reserved = [
  ["5-5", 5, 5],
  ["11-10", 11, 10],
  ["86-80", 86, 80],
  ["95-91", 95, 91],
  ["129-129", 129, 129],
  ["139-136", 139, 136],
  ["255-192", 255, 192],
  ["267-259", 267, 259],
  ["511-336", 511, 336],
] as const;

/** Pointers of the entry by the bit that is bit 0 of their address. */
const pointers = [
  ["ssptptr", "SSPTPTR", 0],
  ["fsptptr", "FSPTPTR", 128],
  ["hptptr", "HPTPTR", 256],
] as const;

const NO_FIRST_STAGE: UnitWishes = {
  capabilities: { FSTS: 0, NEST: 0, EAFS: 0, FS5LP: 0, FS1GP: 0 },
};
const NO_SECOND_STAGE: UnitWishes = {
  capabilities: { SSTS: 0, NEST: 0, SSADS: 0, SSIRWS: 0, SAGAW: 0, PSI: 0, MGAW: 47 },
};

/** Fields that are reserved in a unit without a capability. */
const gated: readonly {
  readonly field: string;
  readonly capability: string;
  readonly bits: readonly number[];
  readonly with?: UnitWishes;
}[] = [
  { field: "AW", capability: "SSTS", bits: [2, 3, 4], with: NO_SECOND_STAGE },
  { field: "SSADE", capability: "SSADS", bits: [9], with: { capabilities: { SSADS: 0 } } },
  { field: "SSPTPTR", capability: "SSTS", bits: [12, 20, 31], with: NO_SECOND_STAGE },
  {
    field: "PWSNP",
    capability: "SMPWCS",
    bits: [87],
    with: { capabilities: { SMPWCS: 0, SSADS: 0, EAFS: 0 } },
  },
  { field: "PGSNP", capability: "SC", bits: [88], with: { capabilities: { SC: 0 } } },
  { field: "CD", capability: "MTS", bits: [89] },
  { field: "EMTE", capability: "MTS", bits: [90] },
  { field: "PAT", capability: "MTS", bits: bitsOf(127, 96) },
  { field: "SRE", capability: "SRS", bits: [128], with: { capabilities: { SRS: 0, RPRIVS: 0 } } },
  { field: "FSPM", capability: "FSTS", bits: [130, 131], with: NO_FIRST_STAGE },
  { field: "WPE", capability: "FSTS", bits: [132], with: NO_FIRST_STAGE },
  { field: "EAFE", capability: "EAFS", bits: [135], with: { capabilities: { EAFS: 0 } } },
  { field: "FSPTPTR", capability: "FSTS", bits: [140, 150, 160], with: NO_FIRST_STAGE },
  { field: "HPTSZ", capability: "HPTS", bits: [256, 257] },
  { field: "HPTPFD", capability: "HPTS", bits: [258] },
  { field: "HPTPTR", capability: "HPTS", bits: [268, 290] },
  { field: "HPTDID", capability: "HPTS", bits: bitsOf(335, 320) },
];

/** Fields that a translation type does not look at, where the unit has them at all. */
const unused: readonly { kind: WorldKind; fields: readonly [string, string, bigint][] }[] = [
  {
    kind: "first-stage",
    fields: [
      ["AW", "SSTS", 7n],
      ["SSPTPTR", "SSTS", 0x1000n],
      ["SSADE", "SSADS", 1n],
    ],
  },
  {
    kind: "second-stage",
    fields: [
      ["FSPM", "FSTS", 3n],
      ["WPE", "FSTS", 1n],
      ["EAFE", "EAFS", 1n],
      ["FSPTPTR", "FSTS", 0x1000n],
    ],
  },
  {
    kind: "pass-through",
    fields: [
      ["AW", "SSTS", 7n],
      ["SSPTPTR", "SSTS", 0x1000n],
      ["SSADE", "SSADS", 1n],
      ["FSPM", "FSTS", 3n],
      ["WPE", "FSTS", 1n],
      ["EAFE", "EAFS", 1n],
      ["FSPTPTR", "FSTS", 0x1000n],
    ],
  },
];

const table = casesOf("9.6", [
  ...caseForEach(reserved, ([name, high, low]) => ({
    id: `pasid-entry-reserved-${name}`,
    title: `Bits ${high}:${low} of a present PASID table entry are reserved`,
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      const fault = { condition: "SPT.3", request: { address: bench.page() } };
      await expectReserved(bench, world.pasidEntry(), bitsOf(high, low), fault);
    },
  })),
  ...caseForEach(pointers, ([name, field, base]) => ({
    id: `pasid-entry-${name}-beyond-host-width`,
    title: `${field} has reserved bits from the host address width up`,
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      const bits = bitsOf(base + 63, base + bench.hostAddressWidth);
      const fault = { condition: "SPT.3", request: { address: bench.page() } };
      await expectReserved(bench, world.pasidEntry(), bits, fault);
    },
  })),
  ...caseForEach(gated, ({ field, capability, bits, with: wishes }) => ({
    id: `pasid-entry-${field.toLowerCase()}-reserved`,
    title: `${field} of a PASID table entry is reserved in a unit without ${capability}`,
    needs: joined(NEEDS, { capabilities: [`!${capability}`] }),
    ...(wishes !== undefined && { with: wishes }),
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      const fault = { condition: "SPT.3", request: { address: bench.page() } };
      await expectReserved(bench, world.pasidEntry(), bits, fault);
    },
  })),
  {
    id: "pasid-entry-domain-beyond-width",
    title: "Bits of DID beyond the width that ND announces are reserved",
    needs: joined(NEEDS, { capabilities: [{ ND: { words: "below 6", holds: (v) => v < 6 } }] }),
    with: { capabilities: { ND: 4 } },
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      const bits = bitsOf(79, 64 + 4 + 2 * bench.value("ND"));
      const fault = { condition: "SPT.3", request: { address: bench.page() } };
      await expectReserved(bench, world.pasidEntry(), bits, fault);
    },
  },
  {
    id: "pasid-entry-ignored-bits",
    title: "Bits 134:133 of a PASID table entry are ignored",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("pass-through");
      await bench.start(world);
      const read = { address: page, output: page };
      await expectIgnored(bench, world.pasidEntry(), [133, 134], read);
    },
  },
  {
    id: "pasid-entry-not-present-ignores-rest",
    title: "Every field but FPD of a PASID table entry that is not present is ignored",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      const ones = new Array<bigint>(8).fill(0xffff_ffff_ffff_ffffn);
      world.pasidEntry().write([ones[0]! & ~3n, ...ones.slice(1)]);
      await bench.start(world);
      await bench.expectFault.dma("SPT.2", { address: bench.page() });
    },
  },
  ...caseForEach(unused, ({ kind, fields }) => ({
    id: `pasid-entry-ignored-by-${kind}`,
    title: `A ${kind} translation ignores ${fields.map(([name]) => name).join(", ")}`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma),
    async steps(bench) {
      const page = bench.page();
      const iova = kind === "pass-through" ? page : IOVA;
      const world = bench.world(kind).map(iova, page);
      for (const [field, capability, value] of fields) {
        if (bench.has(capability)) world.pasidEntry().set({ [field]: value });
      }
      await bench.start(world);
      await bench.expectRead(iova + 0x20n, page + 0x20n);
      await bench.expectFault.none();
    },
  })),
  ...caseForEach([0, 5, 6, 7], (PGTT) => ({
    id: `pasid-entry-type-${PGTT}-reserved`,
    title: `The value ${PGTT} of PGTT is reserved`,
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      world.pasidEntry().set({ PGTT });
      await bench.start(world);
      await bench.expectFault.dma("SPT.4.2", { address: bench.page() });
    },
  })),
  ...caseForEach([0, 4, 5, 6, 7], (AW) => ({
    id: `pasid-entry-width-${AW}-reserved`,
    title: `The value ${AW} of AW in a second-stage PASID table entry is reserved`,
    needs: joined(needsOfWorld["second-stage"], needsOfRequest.dma),
    async steps(bench) {
      const world = bench.world("second-stage").map(IOVA, bench.page());
      world.pasidEntry().set({ AW });
      await bench.start(world);
      await bench.expectFault.dma("SPT.4.1", { address: IOVA });
    },
  })),
  {
    id: "pasid-entry-width-not-announced",
    title: "AW of 57 bits is refused by a unit whose SAGAW lacks it",
    needs: joined(needsOfWorld["second-stage"], needsOfRequest.dma, {
      capabilities: [{ SAGAW: { words: "without bit 3", holds: (v) => (v & 8) === 0 } }],
    }),
    with: { capabilities: { SAGAW: 6, MGAW: 47 } },
    async steps(bench) {
      const world = bench.world("second-stage").map(IOVA, bench.page());
      world.pasidEntry().set({ AW: 3 });
      await bench.start(world);
      await bench.expectFault.dma("SPT.4.1", { address: IOVA });
    },
  },
]);

export const pasidEntries = [...directory, ...table];
