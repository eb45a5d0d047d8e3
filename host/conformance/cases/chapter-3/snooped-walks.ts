import { needsOfWorld } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import type { UnitWishes } from "../../configuration.js";
import { needsOfRequest } from "../requests.js";

const IOVA = 0x6789_a000n;
const NEEDS = joined(needsOfWorld["first-stage"], needsOfRequest.dma);
const NOT_SNOOPED = { pasid: { pwsnp: false } } as const;
const PRESET = { first: { accessed: true, dirty: true } } as const;
const NO_SNOOPED_WALKS: UnitWishes = { capabilities: { SMPWCS: 0, EAFS: 0, SSADS: 0 } };

export const snoopedWalks = casesOf("3.10", [
  {
    id: "flags-set-beforehand-not-snooped",
    title: "With PWSNP clear requests are translated where software has set A and D",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", NOT_SNOOPED).map(IOVA, page, PRESET);
      for (const level of [4, 3, 2] as const) world.first.entry(IOVA, level).set({ A: 1 });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectWrite(IOVA, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "dirty-not-snooped",
    title: "With PWSNP clear a write that must set D is SFS.9, and a read is translated",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", NOT_SNOOPED);
      world.map(IOVA, page, { first: { accessed: true, dirty: false } });
      for (const level of [4, 3, 2] as const) world.first.entry(IOVA, level).set({ A: 1 });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectFault.dma("SFS.9", { address: IOVA, access: "write" });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { D: 0 });
    },
  },
  {
    id: "accessed-of-upper-entry-not-snooped",
    title: "With PWSNP clear A that must be set above the leaf is SFS.9",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage", NOT_SNOOPED).map(IOVA, bench.page(), PRESET);
      for (const level of [4, 3, 2] as const) {
        world.first.entry(IOVA, level).set({ A: level === 3 ? 0 : 1 });
      }
      await bench.start(world);
      await bench.expectFault.dma("SFS.9", { address: IOVA });
    },
  },
  {
    id: "extended-accessed-not-snooped",
    title: "With PWSNP clear EA that must be set is SFS.9",
    needs: joined(NEEDS, { capabilities: ["EAFS"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", { pasid: { pwsnp: false, eafe: true } });
      world.map(IOVA, page, { first: { ...PRESET.first, extendedAccessed: true } });
      for (const level of [4, 3, 2] as const) world.first.entry(IOVA, level).set({ A: 1, EA: 1 });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      world.leaf(IOVA).set({ EA: 0 });
      await bench.invalidateAll();
      await bench.expectFault.dma("SFS.9", { address: IOVA });
    },
  },
  {
    id: "unit-without-snooped-walks",
    title: "A unit without snooped walks translates where A and D are set, and sets none",
    needs: joined(NEEDS, { capabilities: ["!SMPWCS"] }),
    with: NO_SNOOPED_WALKS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page, PRESET);
      for (const level of [4, 3, 2] as const) world.first.entry(IOVA, level).set({ A: 1 });
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      world.leaf(IOVA).set({ A: 0 });
      await bench.invalidateAll();
      await bench.expectFault.dma("SFS.9", { address: IOVA });
    },
  },
  {
    id: "second-stage-flags-set-beforehand",
    title: "With PWSNP clear second-stage flags that software has set are no fault",
    needs: joined(needsOfWorld["second-stage"], needsOfRequest.dma, { capabilities: ["SSADS"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage", { pasid: { ssade: true, pwsnp: false } });
      world.map(IOVA, page, { second: { accessed: true } });
      for (const { level } of world.second.walk(IOVA)) {
        world.second.entry(IOVA, level).set({ A: 1 });
      }
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectFault.dma("SSS.5", { address: IOVA, access: "write" });
      world.leaf(IOVA).set({ D: 1 });
      await bench.invalidateAll();
      await bench.expectWrite(IOVA, page);
    },
  },
  {
    id: "second-stage-without-flags-not-snooped",
    title: "With PWSNP and SSADE clear a second stage is walked as it is",
    needs: joined(needsOfWorld["second-stage"], needsOfRequest.dma),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("second-stage", NOT_SNOOPED).map(IOVA, page));
      await bench.expectWrite(IOVA, page);
      await bench.expectFault.none();
    },
  },
]);
