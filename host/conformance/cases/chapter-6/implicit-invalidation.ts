/** What a page request invalidates by itself (§6.5.3.1, Table 27). */
import { needsOfWorld, WORLD_PASID, type WorldKind } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined, withBits } from "../../needs.js";
import { hostEntry, IOVA, redirect, twoPages } from "./stale.js";

const PRI = {
  capabilities: ["PRS", "PASID"],
  abilities: ["dma", "pasid", "pri"],
} as const;

/** A first stage always has pages of 2 MiB. */
const largePages = {
  "first-stage": {},
  "second-stage": { capabilities: [{ SSLPS: withBits(1) }] },
};

/** Kinds of Table 27 whose leaf can be given the write right. */
const kinds: readonly WorldKind[] = ["first-stage", "second-stage", "nested"];

const upgrades = casesOf("6.5.3.1", [
  ...(kinds.flatMap((kind) =>
    [WORLD_PASID, undefined].map((pasid) => ({
      id: `write-right-${kind}-${pasid === undefined ? "without" : "with"}-pasid`,
      title: `A page request ${pasid === undefined ? "without" : "with"} PASID drops the cached page whose write right was added (${kind})`,
      needs: joined(needsOfWorld[kind], PRI),
      async steps(bench) {
        const page = bench.page();
        const [first, second] = [{ write: false }, { write: kind !== "second-stage" }];
        const world = bench.world(kind).map(IOVA, page, { first, second });
        await bench.pageRequests.start();
        await bench.start(world);
        const request = pasid === undefined ? {} : { pasid };
        await bench.expectRead(IOVA, page, request);
        const leaf = hostEntry(bench, world, world.leaf(IOVA));
        await bench.expect.fetch(leaf.address, 8);
        leaf.set(kind === "second-stage" ? { W: 1 } : { RW: 1 });
        await bench.endpoints.requestPage({ ...request, address: IOVA, write: true });
        bench.expect.equal("page requests", (await bench.pageRequests.take()).length, 1);
        await bench.expectWrite(IOVA, page, request);
        await bench.expectFault.none();
      },
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
  ...((["first-stage", "second-stage"] as const).flatMap((kind) =>
    ([2, 3] as const).map((level) => ({
      id: `structures-level-${level}-${kind}`,
      title: `A page request drops what is cached of a changed level ${level} entry on the way to its page (${kind})`,
      needs: joined(needsOfWorld[kind], PRI),
      async steps(bench) {
        const world = bench.world(kind);
        const { before, after } = twoPages(bench, world, level);
        await bench.pageRequests.start();
        await bench.start(world);
        const request = { pasid: WORLD_PASID };
        await bench.expectRead(IOVA, before, request);
        redirect(kind === "first-stage" ? world.first : world.second, level);
        await bench.endpoints.requestPage({ ...request, address: IOVA });
        bench.expect.equal("page requests", (await bench.pageRequests.take()).length, 1);
        await bench.expectRead(IOVA, after, request);
        await bench.expectFault.none();
      },
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
  ...((["first-stage", "second-stage"] as const).map((kind) => ({
    id: `large-page-${kind}`,
    title: `A page request drops the cached page of 2 MiB whose write right was added (${kind})`,
    needs: joined(needsOfWorld[kind], PRI, largePages[kind]),
    async steps(bench) {
      const page = bench.page();
      const start = IOVA & ~0x1f_ffffn;
      const base = page & ~0x1f_ffffn;
      const [first, second] = [{ write: false }, { write: false }];
      const world = bench.world(kind).map(start, base, { size: 0x20_0000, first, second });
      await bench.pageRequests.start();
      await bench.start(world);
      const address = start + (page - base);
      const request = { pasid: WORLD_PASID };
      await bench.expectRead(address, page, request);
      world.leaf(start).set(kind === "second-stage" ? { W: 1 } : { RW: 1 });
      await bench.endpoints.requestPage({ ...request, address, write: true });
      bench.expect.equal("page requests", (await bench.pageRequests.take()).length, 1);
      await bench.expectWrite(address, page, request);
      await bench.expectFault.none();
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "second-stage-of-nested",
    title: "A page request of a nested PASID drops what its whole domain has cached",
    needs: joined(needsOfWorld.nested, PRI),
    async steps(bench) {
      const [page, other] = [bench.page(), bench.page()];
      const world = bench.world("nested");
      world.map(IOVA, page, { second: { write: false }, guest: 0x40_5000n });
      world.map(IOVA + 0x1000n, other);
      await bench.pageRequests.start();
      await bench.start(world);
      const request = { pasid: WORLD_PASID };
      await bench.expectRead(IOVA, page, request);
      world.second.entry(0x40_5000n, 1).set({ W: 1 });
      // Another page of the same PASID: the invalidation is domain-selective.
      await bench.endpoints.requestPage({ ...request, address: IOVA + 0x1000n, write: true });
      await bench.expectWrite(IOVA, page, request);
      await bench.expectFault.none();
    },
  },
  {
    id: "refused-page-request-is-answered",
    title:
      "A page request that cannot be authorised is answered with Invalid Request, and not queued",
    needs: joined(needsOfWorld["first-stage"], PRI),
    async steps(bench) {
      const world = bench.world("first-stage");
      world.pasidEntry(WORLD_PASID).set({ P: 0 });
      await bench.pageRequests.start();
      await bench.start(world);
      const request = { pasid: WORLD_PASID, address: IOVA, group: 9 };
      await bench.expectFault.pageRequest("SPT.2", request);
      const [answer] = await bench.events.responses();
      const expected = { sourceId: bench.endpoint(), pasid: WORLD_PASID, group: 9, code: 1 };
      bench.expect.fields("the response", { ...answer }, expected);
      bench.expect.equal("page requests", await bench.pageRequests.take(), []);
    },
  },
]);

/** Cases of implicit invalidation. */
export const implicitInvalidation: readonly ConformanceCase[] = upgrades;
