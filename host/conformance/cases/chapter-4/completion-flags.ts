import { needsOfWorld } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import { needsOfRequest } from "../requests.js";

const IOVA = 0x2_3456_7000n;
const FIRST = joined(needsOfWorld["first-stage"], needsOfRequest.translation, {
  capabilities: ["SMPWCS"],
});
const SECOND = joined(needsOfWorld["second-stage"], needsOfRequest.translation, {
  capabilities: ["SSADS"],
});

export const completionFlags = casesOf("4.2.3.1", [
  {
    id: "request-without-nw-sets-dirty",
    title: "A request without NW counts as read and write: A and D are set before the completion",
    needs: FIRST,
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page());
      await bench.start(world);
      await bench.endpoints.translate({ address: IOVA });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 1 });
      await bench.expect.entry("PDE", world.first.entry(IOVA, 2), { A: 1, D: 0 });
    },
  },
  {
    id: "request-with-nw-sets-accessed",
    title: "With NWFS set a request with NW counts as a read: A is set, and D is not",
    needs: joined(FIRST, { capabilities: ["NWFS"] }),
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page());
      await bench.start(world);
      await bench.endpoints.translate({ address: IOVA, noWrite: true });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 0 });
    },
  },
  {
    id: "request-with-nw-then-without",
    title: "After a request with NW one without sets D",
    needs: joined(FIRST, { capabilities: ["NWFS"] }),
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page());
      await bench.start(world);
      await bench.endpoints.translate({ address: IOVA, noWrite: true });
      const answer = await bench.endpoints.translate({ address: IOVA });
      bench.expect.fields("the completion", { ...answer }, { read: true, write: true });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 1 });
    },
  },
  {
    id: "nw-ignored-sets-dirty",
    title: "With NWFS clear a request with NW counts as read and write",
    needs: joined(FIRST, { capabilities: ["!NWFS"] }),
    with: { capabilities: { NWFS: 0 } },
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page());
      await bench.start(world);
      await bench.endpoints.translate({ address: IOVA, noWrite: true });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 1 });
    },
  },
  {
    id: "extended-accessed",
    title: "With EAFE set a translation request sets EA",
    needs: joined(FIRST, { capabilities: ["EAFS"] }),
    async steps(bench) {
      const world = bench.world("first-stage", { pasid: { eafe: true } });
      await bench.start(world.map(IOVA, bench.page()));
      await bench.endpoints.translate({ address: IOVA });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, EA: 1, D: 1 });
      await bench.expect.entry("PDPE", world.first.entry(IOVA, 3), { A: 1, EA: 1 });
    },
  },
  {
    id: "second-stage-flags",
    title: "With SSADE set a translation request sets A and D in the second-stage leaf",
    needs: SECOND,
    async steps(bench) {
      const world = bench.world("second-stage", { pasid: { ssade: true } });
      await bench.start(world.map(IOVA, bench.page()));
      await bench.endpoints.translate({ address: IOVA });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 1 });
    },
  },
  {
    id: "second-stage-flags-no-write",
    title: "With SSADE set a request with NW sets A alone in the second-stage leaf",
    needs: joined(SECOND, { capabilities: ["NWFS"] }),
    async steps(bench) {
      const world = bench.world("second-stage", { pasid: { ssade: true } });
      await bench.start(world.map(IOVA, bench.page()));
      await bench.endpoints.translate({ address: IOVA, noWrite: true });
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 0 });
    },
  },
  {
    id: "nested-flags",
    title: "A nested translation request sets D in the leaves of both stages",
    needs: joined(needsOfWorld.nested, needsOfRequest.translation, { capabilities: ["SSADS"] }),
    async steps(bench) {
      const world = bench.world("nested", { pasid: { ssade: true } });
      const guest = 0x12_3456_7000n;
      await bench.start(world.map(IOVA, bench.page(), { guest }));
      await bench.endpoints.translate({ address: IOVA });
      await bench.expect.entry("second stage", world.second.entry(guest, 1), { A: 1, D: 1 });
      const leaf = world.second.lookup(world.first.entryAddress(IOVA, 1))!.physical;
      const bytes = await bench.expect.fetch(leaf, 8);
      bench.expect.equal("A and D of the first stage", bytes[0]! & 0x60, 0x60);
    },
  },
]);
