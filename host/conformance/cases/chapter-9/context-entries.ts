import { caseForEach, casesOf } from "../../case.js";
import { needsOfWorld } from "../../bench/world.js";
import { joined } from "../../needs.js";
import { needsOfRequest } from "../requests.js";
import { bitsOf, expectIgnored, expectReserved } from "./entry-bits.js";

const IOVA = 0x5678_9000n;
const NEEDS = joined(needsOfWorld.legacy, needsOfRequest.dma);

/** Reserved whatever the unit supports: name of the case, bits, and what they are. */
const reserved = [
  ["low-bits", 11, 4],
  ["bit-71", 71, 71],
  ["high-bits", 127, 88],
] as const;

export const contextEntries = casesOf("9.3", [
  ...caseForEach(reserved, ([name, high, low]) => ({
    id: `context-reserved-${name}`,
    title: `Bits ${high}:${low} of a present context entry are reserved`,
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      await bench.start(world);
      const fault = { condition: "LCT.3", request: { address: IOVA } };
      await expectReserved(bench, world.contextEntry, bitsOf(high, low), fault);
    },
  })),
  {
    id: "context-pointer-beyond-host-width",
    title: "SSPTPTR of a context entry has reserved bits from the host address width up",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      await bench.start(world);
      const fault = { condition: "LCT.3", request: { address: IOVA } };
      await expectReserved(bench, world.contextEntry, bitsOf(63, bench.hostAddressWidth), fault);
    },
  },
  {
    id: "context-domain-beyond-width",
    title: "Bits of DID beyond the width that ND announces are reserved",
    needs: joined(NEEDS, { capabilities: [{ ND: { words: "below 6", holds: (v) => v < 6 } }] }),
    with: { capabilities: { ND: 2 } },
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      await bench.start(world);
      const first = 72 + 4 + 2 * bench.value("ND");
      const fault = { condition: "LCT.3", request: { address: IOVA } };
      await expectReserved(bench, world.contextEntry, bitsOf(87, first), fault);
    },
  },
  {
    id: "context-domain-whole-width",
    title: "Every bit of DID within the width that ND announces may be set",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const domain = 2 ** (4 + 2 * bench.value("ND")) - 1;
      await bench.start(bench.world("legacy", { domain }).map(IOVA, page));
      await bench.expectRead(IOVA, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "context-ignored-bits",
    title: "Bits 70:67 of a context entry are ignored",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, page);
      await bench.start(world);
      const read = { address: IOVA, output: page };
      await expectIgnored(bench, world.contextEntry, bitsOf(70, 67), read);
    },
  },
  {
    id: "context-not-present-ignores-rest",
    title: "Every field but FPD of a context entry that is not present is ignored",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      world.contextEntry.write([0xffff_ffff_ffff_fffcn, 0xffff_ffff_ffff_ffffn]);
      await bench.start(world);
      await bench.expectFault.dma("LCT.2", { address: IOVA });
    },
  },
  {
    id: "context-pass-through-ignores-pointer",
    title: "SSPTPTR is ignored while TT is that of pass-through",
    needs: joined(needsOfWorld["legacy-pass-through"], needsOfRequest.dma),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy-pass-through");
      const beyondMemory = (1n << BigInt(bench.hostAddressWidth)) - 0x1000n;
      world.contextEntry.set({ SSPTPTR: beyondMemory });
      await bench.start(world);
      await bench.expectRead(page, page);
      await bench.expectFault.none();
    },
  },
  ...caseForEach([0, 4, 5, 6, 7], (AW) => ({
    id: `context-width-${AW}-reserved`,
    title: `The value ${AW} of AW in a context entry is reserved`,
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      world.contextEntry.set({ AW });
      await bench.start(world);
      await bench.expectFault.dma("LCT.4.1", { address: IOVA });
    },
  })),
  ...caseForEach([1, 2, 3] as const, (AW) => ({
    id: `context-width-${AW}-not-announced`,
    title: `The value ${AW} of AW is refused by a unit whose SAGAW lacks it`,
    needs: joined(NEEDS, {
      capabilities: [
        { SAGAW: { words: `without bit ${AW}`, holds: (value) => ((value >> AW) & 1) === 0 } },
      ],
    }),
    // Without large pages that MAMV would have to cover, and with addresses that the widest table has.
    ...(AW < 3 && {
      with: { capabilities: { SAGAW: AW === 1 ? 4 : 2, MGAW: AW === 1 ? 47 : 38 } },
    }),
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      world.contextEntry.set({ AW });
      await bench.start(world);
      await bench.expectFault.dma("LCT.4.1", { address: IOVA });
    },
  })),
]);
