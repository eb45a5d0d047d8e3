import { needsOfWorld } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { joined, withBits } from "../../needs.js";
import { needsOfRequest } from "../requests.js";

const IOVA = 0x5678_9000n;
const WITHOUT_FLAGS = joined(needsOfWorld["second-stage"], needsOfRequest.dma);
const NEEDS = joined(WITHOUT_FLAGS, { capabilities: ["SSADS"] });
const FLAGS = { pasid: { ssade: true } } as const;

export const secondStageFlags = casesOf("3.7.2", [
  {
    id: "read-sets-accessed",
    title: "With SSADE set a read sets A in every entry of the walk, and D in none",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage", FLAGS).map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      for (const { level } of world.second.walk(IOVA)) {
        const entry = world.second.entry(IOVA, level);
        await bench.expect.entry(`level ${level}`, entry, { A: 1, D: 0 });
      }
    },
  },
  {
    id: "write-sets-dirty",
    title: "With SSADE set a write sets D in the leaf alone",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage", FLAGS).map(IOVA, page);
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      for (const { level, leaf } of world.second.walk(IOVA)) {
        const entry = world.second.entry(IOVA, level);
        await bench.expect.entry(`level ${level}`, entry, { A: 1, D: leaf });
      }
    },
  },
  {
    id: "write-after-read-sets-dirty",
    title: "With SSADE set a write sets D although a read has used the translation before",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage", FLAGS).map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectWrite(IOVA, page);
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 1 });
    },
  },
  {
    id: "atomic-sets-dirty",
    title: "With SSADE set an AtomicOp sets D in the leaf",
    needs: joined(NEEDS, { abilities: ["atomic"] }),
    async steps(bench) {
      const world = bench.world("second-stage", FLAGS).map(IOVA, bench.page());
      await bench.start(world);
      await bench.endpoints.dma({ address: IOVA, access: "atomic" });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 1 });
    },
  },
  {
    id: "refused-write-leaves-dirty",
    title: "With SSADE set a write that lacks permission does not set D",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("second-stage", FLAGS);
      await bench.start(world.map(IOVA, bench.page(), { second: { write: false } }));
      await bench.expectFault.dma("SGN.6", { address: IOVA, access: "write" });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { D: 0 });
    },
  },
  {
    id: "large-page-dirty",
    title: "With SSADE set a write to a 2-MByte page sets D in its SS-PDE",
    needs: joined(NEEDS, { capabilities: [{ SSLPS: withBits(1) }] }),
    async steps(bench) {
      const page = bench.page();
      const base = page & ~0x1f_ffffn;
      const iova = IOVA & ~0x1f_ffffn;
      const world = bench.world("second-stage", FLAGS).map(iova, base, { size: 0x20_0000 });
      await bench.start(world);
      await bench.expectWrite(iova + (page - base), page);
      await bench.expect.entry("SS-PDE", world.second.entry(iova, 2), { A: 1, D: 1 });
    },
  },
  {
    id: "flags-leave-other-bits",
    title: "Setting A and D leaves every other bit of the leaf as it is",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage", FLAGS).map(IOVA, page);
      const leaf = world.leaf(IOVA).setBits(60, 52, 0x155).setBits(63, 63, 1).setBits(10, 10, 1);
      const [before = 0n] = leaf.read();
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      await bench.expect.entry("the leaf", leaf, { A: 1, D: 1 });
      bench.expect.equal("the whole leaf", leaf.read()[0], before | 0x300n);
    },
  },
  {
    id: "flags-off",
    title: "With SSADE clear neither A nor D is set",
    needs: WITHOUT_FLAGS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage").map(IOVA, page);
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      for (const { level } of world.second.walk(IOVA)) {
        const entry = world.second.entry(IOVA, level);
        await bench.expect.entry(`level ${level}`, entry, { A: 0, D: 0 });
      }
    },
  },
  {
    id: "legacy-mode-has-no-flags",
    title: "In legacy mode neither A nor D is set",
    needs: joined(needsOfWorld.legacy, needsOfRequest.dma),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, page);
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      for (const { level } of world.second.walk(IOVA)) {
        const entry = world.second.entry(IOVA, level);
        await bench.expect.entry(`level ${level}`, entry, { A: 0, D: 0 });
      }
    },
  },
]);
