import { caseForEach, casesOf } from "../../case.js";
import { needsOfWorld } from "../../bench/world.js";
import type { UnitWishes } from "../../configuration.js";
import { joined } from "../../needs.js";
import { needsOfRequest } from "../requests.js";
import { bitsOf, expectReserved } from "./entry-bits.js";

const NEEDS = joined(needsOfWorld["pass-through"], needsOfRequest.dma);

const NO_PASID: UnitWishes = { capabilities: { PASID: 0, PSS: 0, PTRS: 0 } };
const NO_DEVICE_TLB: UnitWishes = {
  capabilities: { DT: 0, DIT: 0, PDS: 0, NWFS: 0, PRS: 0, SMS: 0, PTRS: 0 },
};

/** Fields that are reserved in a unit without a capability. */
const gated: readonly {
  readonly field: string;
  readonly capability: string;
  readonly bits: readonly number[];
  readonly with?: UnitWishes;
}[] = [
  { field: "DTE", capability: "DT", bits: [2], with: NO_DEVICE_TLB },
  { field: "PASIDE", capability: "PASID", bits: [3], with: NO_PASID },
  { field: "PRE", capability: "PRS", bits: [4], with: { capabilities: { PRS: 0, SMS: 0 } } },
  { field: "HPTE", capability: "HPTS", bits: [5] },
  { field: "EPTR", capability: "PTRS", bits: [6], with: { capabilities: { PTRS: 0 } } },
  {
    field: "RID_PASID",
    capability: "RPS",
    bits: bitsOf(83, 64),
    with: { capabilities: { RPS: 0 } },
  },
  { field: "RID_PRIV", capability: "RPRIVS", bits: [84], with: { capabilities: { RPRIVS: 0 } } },
];

export const scalableContextEntries = casesOf("9.4", [
  ...caseForEach(gated, ({ field, capability, bits, with: wishes }) => ({
    id: `sm-context-${field.toLowerCase().replace("_", "-")}-reserved`,
    title: `${field} of a scalable-mode context entry is reserved in a unit without ${capability}`,
    needs: joined(NEEDS, { capabilities: [`!${capability}`] }),
    ...(wishes !== undefined && { with: wishes }),
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      const fault = { condition: "SCT.3", request: { address: bench.page() } };
      await expectReserved(bench, world.contextEntry, bits, fault);
    },
  })),
  ...caseForEach(
    [
      ["bits-8-7", 8, 7],
      ["high-bits", 255, 85],
    ] as const,
    ([name, high, low]) => ({
      id: `sm-context-reserved-${name}`,
      title: `Bits ${high}:${low} of a present scalable-mode context entry are reserved`,
      needs: NEEDS,
      async steps(bench) {
        const world = bench.world("pass-through");
        await bench.start(world);
        const fault = { condition: "SCT.3", request: { address: bench.page() } };
        await expectReserved(bench, world.contextEntry, bitsOf(high, low), fault);
      },
    }),
  ),
  {
    id: "sm-context-pointer-beyond-host-width",
    title: "PASIDDIRPTR has reserved bits from the host address width up",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      const fault = { condition: "SCT.3", request: { address: bench.page() } };
      await expectReserved(bench, world.contextEntry, bitsOf(63, bench.hostAddressWidth), fault);
    },
  },
  {
    id: "sm-context-not-present-ignores-rest",
    title: "Every field but FPD of a scalable-mode context entry that is not present is ignored",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      const ones = 0xffff_ffff_ffff_ffffn;
      world.contextEntry.write([ones & ~3n, ones, ones, ones]);
      await bench.start(world);
      await bench.expectFault.dma("SCT.2", { address: bench.page() });
    },
  },
  {
    id: "sm-context-pasid-enable-without-pasid",
    title: "PASIDE does not matter to requests without PASID",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("pass-through");
      world.contextEntry.set({ PASIDE: 0 });
      await bench.start(world);
      await bench.expectRead(page, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "sm-context-device-tlb-enable-untranslated",
    title: "DTE does not matter to untranslated requests",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("pass-through");
      world.contextEntry.set({ DTE: 0, PRE: 0 });
      await bench.start(world);
      await bench.expectRead(page, page);
      await bench.expectFault.none();
    },
  },
]);
