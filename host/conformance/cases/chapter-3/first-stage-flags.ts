import type { Bench } from "../../bench/bench.js";
import { needsOfWorld, type World } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import type { EntryFields } from "../../../tables/entry.js";
import type { Level } from "../../../tables/page-table.js";
import { needsOfRequest } from "../requests.js";

const IOVA = 0x3456_7000n;
const NEEDS = joined(needsOfWorld["first-stage"], needsOfRequest.dma, {
  capabilities: ["SMPWCS"],
});
const EAFE = joined(NEEDS, { capabilities: ["EAFS"] });
const NAMES = ["", "PTE", "PDE", "PDPE", "PML4E", "PML5E"];

/** Entries of the walk have these fields in memory, from a level down to another. */
async function expectEntries(
  bench: Bench,
  world: World,
  [top, bottom]: readonly [Level, Level],
  fields: EntryFields,
): Promise<void> {
  for (let level = top; level >= bottom; level--) {
    await bench.expect.entry(NAMES[level]!, world.first.entry(IOVA, level), fields);
  }
}

export const firstStageFlags = casesOf("3.6.2", [
  {
    id: "read-sets-accessed",
    title: "A read sets A in every entry of the walk, and D in none",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await expectEntries(bench, world, [4, 1], { A: 1, D: 0 });
    },
  },
  {
    id: "write-sets-dirty",
    title: "A write sets A in every entry, and D in the leaf alone",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      await expectEntries(bench, world, [1, 1], { A: 1, D: 1 });
      await expectEntries(bench, world, [4, 2], { A: 1, D: 0 });
    },
  },
  {
    id: "atomic-sets-dirty",
    title: "An AtomicOp sets D in the leaf",
    needs: joined(NEEDS, { abilities: ["atomic"] }),
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page());
      await bench.start(world);
      await bench.endpoints.dma({ address: IOVA, access: "atomic" });
      await expectEntries(bench, world, [1, 1], { A: 1, D: 1 });
    },
  },
  {
    id: "write-after-read-sets-dirty",
    title: "A write sets D although a read has used the translation before",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await expectEntries(bench, world, [1, 1], { A: 1, D: 0 });
      await bench.expectWrite(IOVA, page);
      await expectEntries(bench, world, [1, 1], { A: 1, D: 1 });
    },
  },
  {
    id: "refused-write-leaves-dirty",
    title: "A write that lacks permission does not set D",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      await bench.start(world.map(IOVA, bench.page(), { first: { write: false } }));
      await bench.expectFault.dma("SGN.6", { address: IOVA, access: "write" });
      await expectEntries(bench, world, [1, 1], { D: 0 });
    },
  },
  {
    id: "flags-are-sticky",
    title: "A and D that are set stay set",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage");
      await bench.start(world.map(IOVA, page, { first: { accessed: true, dirty: true } }));
      await bench.expectRead(IOVA, page);
      await expectEntries(bench, world, [1, 1], { A: 1, D: 1 });
    },
  },
  {
    id: "flags-cleared-by-software-set-again",
    title: "Flags that software clears are set again once the caches are invalidated",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      await expectEntries(bench, world, [1, 1], { A: 1, D: 1 });
      world.leaf(IOVA).set({ A: 0, D: 0 });
      await bench.invalidateAll();
      await bench.expectWrite(IOVA, page);
      await expectEntries(bench, world, [1, 1], { A: 1, D: 1 });
    },
  },
  {
    id: "flags-leave-other-bits",
    title: "Setting A and D leaves every other bit of the leaf as it is",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      const leaf = world.leaf(IOVA).setBits(63, 52, 0xa5a).setBits(11, 11, 1).setBits(8, 8, 1);
      const [before = 0n] = leaf.read();
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      await bench.expect.entry("PTE", leaf, { A: 1, D: 1 });
      bench.expect.equal("the whole PTE", leaf.read()[0], before | 0x60n);
    },
  },
  {
    id: "large-page-dirty",
    title: "A write to a 2-MByte page sets D in its PDE",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const base = page & ~0x1f_ffffn;
      const iova = IOVA & ~0x1f_ffffn;
      const world = bench.world("first-stage").map(iova, base, { size: 0x20_0000 });
      await bench.start(world);
      await bench.expectWrite(iova + (page - base), page);
      await bench.expect.entry("PDE", world.first.entry(iova, 2), { A: 1, D: 1 });
      await bench.expect.entry("PDPE", world.first.entry(iova, 3), { A: 1, D: 0 });
    },
  },
  {
    id: "huge-page-dirty",
    title: "A write to a 1-GByte page sets D in its PDPE",
    needs: joined(NEEDS, { capabilities: ["FS1GP"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(0x8000_0000n, 0n, { size: 0x4000_0000 });
      await bench.start(world);
      await bench.expectWrite(0x8000_0000n + page, page);
      await bench.expect.entry("PDPE", world.first.entry(0x8000_0000n, 3), { A: 1, D: 1 });
    },
  },
  {
    id: "five-levels-accessed",
    title: "A is set in the PML5E too",
    needs: joined(NEEDS, { capabilities: ["FS5LP"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", { firstLevels: 5 }).map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await expectEntries(bench, world, [5, 1], { A: 1 });
    },
  },
  {
    id: "extended-accessed-set",
    title: "With EAFE set EA is set with A in every entry of the walk",
    needs: EAFE,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", { pasid: { eafe: true } }).map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await expectEntries(bench, world, [4, 1], { A: 1, EA: 1, D: 0 });
    },
  },
  {
    id: "extended-accessed-beside-accessed",
    title: "With EAFE set EA is set where A was set before",
    needs: EAFE,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", { pasid: { eafe: true } });
      world.map(IOVA, page, { first: { accessed: true, dirty: true } });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await expectEntries(bench, world, [1, 1], { A: 1, EA: 1, D: 1 });
    },
  },
  {
    id: "extended-accessed-off",
    title: "With EAFE clear EA is not set",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      await expectEntries(bench, world, [4, 1], { A: 1, EA: 0 });
    },
  },
  {
    id: "extended-accessed-with-dirty",
    title: "With EAFE set a write sets A, EA and D of the leaf",
    needs: EAFE,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", { pasid: { eafe: true } }).map(IOVA, page);
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      await expectEntries(bench, world, [1, 1], { A: 1, EA: 1, D: 1 });
    },
  },
]);
