/** Paging-structure caches (§6.2.5): rights and invalidation of each level, and what need not be invalidated. */
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld, type World, type WorldKind } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined, withBits } from "../../needs.js";
import { expectChange, IOVA, redirect, spanOf, twoPages } from "./stale.js";

const DMA = { abilities: ["dma"] } as const;

/** Levels of entries that point to tables, by the sections of their caches. */
const levels = [
  { level: 4, section: "6.2.5.2", name: "PML4E" },
  { level: 3, section: "6.2.5.3", name: "PDPE" },
  { level: 2, section: "6.2.5.4", name: "PDE" },
] as const;

const kinds = ["legacy", "first-stage", "second-stage", "nested"] as const;

/** The stage that a request meets first. */
const stageOf = (world: World) =>
  world.kind === "first-stage" || world.kind === "nested" ? world.first : world.second;

const fourLevels = (kind: WorldKind) =>
  kind === "first-stage" ? {} : { capabilities: [{ SAGAW: withBits(4) }] };

const rights = levels.flatMap(({ level, section, name }) =>
  casesOf(
    section,
    kinds.map((kind) => ({
      id: `write-right-${kind}`,
      title: `A ${name} without write right forbids writes to every page below it, cached or not (${kind})`,
      needs: joined(needsOfWorld[kind], DMA, fourLevels(kind)),
      async steps(bench) {
        const pages = bench.page(2);
        const world = bench.world(kind).map(IOVA, pages, { count: 2 });
        const entry = stageOf(world).entry(IOVA, level);
        const isFirst = kind === "first-stage" || kind === "nested";
        entry.set(isFirst ? { RW: 0 } : { W: 0 });
        await bench.start(world);
        // What the first page leaves in the caches serves the second one.
        await bench.expectRead(IOVA, pages);
        const condition = kind === "legacy" ? "LGN.2" : "SGN.6";
        const beside = { address: IOVA + 0x1000n, access: "write" } as const;
        await bench.expectFault.dma(condition, beside);
        await bench.expectRead(IOVA + 0x1000n, pages + 0x1000n);
        await bench.expectFault.dma(condition, { address: IOVA, access: "write" });
      },
    })),
  ),
);

const fiveLevels = casesOf("6.2.5.1", [
  {
    id: "first-stage-pml5e-changes",
    title: "An invalidation drops what is cached of a changed PML5E of the first stage",
    needs: joined(needsOfWorld["first-stage"], DMA, { capabilities: ["FS5LP"] }),
    async steps(bench) {
      const world = bench.world("first-stage", { firstLevels: 5 });
      world.pasidEntry().set({ FSPM: 1 });
      const pages = twoPages(bench, world, 5);
      await bench.start(world);
      const invalidation = [descriptor("PASID_IOTLB_INV", { G: 2, DID: 1, PASID: 0 })];
      await expectChange(bench, pages, () => redirect(world.first, 5), invalidation);
    },
  },
  {
    id: "second-stage-pml5e-changes",
    title: "An invalidation drops what is cached of a changed PML5E of the second stage",
    needs: joined(needsOfWorld["second-stage"], DMA, {
      capabilities: [{ SAGAW: withBits(8) }, { MGAW: { words: "56", holds: (n) => n >= 56 } }],
    }),
    async steps(bench) {
      const world = bench.world("second-stage", { secondLevels: 5 });
      const pages = twoPages(bench, world, 5);
      await bench.start(world);
      const invalidation = [descriptor("IOTLB_INV", { G: 2, DID: 1 })];
      await expectChange(bench, pages, () => redirect(world.second, 5), invalidation);
    },
  },
]);

const legacy = casesOf("6.2.7", [
  {
    id: "pages-below-shared-entries",
    title: "In legacy mode pages that share entries of some levels are found whichever came first",
    needs: joined(needsOfWorld.legacy, DMA),
    async steps(bench) {
      const offsets = [0n, 0x1000n, spanOf(2), spanOf(2) + 0x3000n, spanOf(3), 0x2000n];
      const world = bench.world("legacy");
      const pages = offsets.map((offset) => {
        const page = bench.page();
        world.map(IOVA + offset, page);
        return page;
      });
      await bench.start(world);
      for (const index of [0, 1, 4, 2, 3, 5, 0, 4]) {
        await bench.expectRead(IOVA + offsets[index]!, pages[index]!);
      }
      await bench.expectFault.none();
    },
  },
  {
    id: "pass-through-context-entry",
    title: "In legacy mode a cached pass-through entry is a unity translation of every address",
    needs: joined(needsOfWorld["legacy-pass-through"], DMA),
    async steps(bench) {
      const pages = bench.page(3);
      await bench.start(bench.world("legacy-pass-through"));
      for (const offset of [0n, 0x2000n, 0x1000n, 0x2abcn]) {
        await bench.expectRead(pages + offset, pages + offset);
      }
      await bench.expectWrite(pages + 0x1000n, pages + 0x1000n);
    },
  },
]);

const optional = casesOf("6.5.3.5", [
  ...((["first-stage", "second-stage"] as const).map((kind) => ({
    id: `large-page-becomes-present-${kind}`,
    title: `A page of 2 MiB that becomes present serves without an invalidation (${kind})`,
    needs: joined(needsOfWorld[kind], DMA, {
      capabilities: kind === "second-stage" ? ["!CM", { SSLPS: withBits(1) }] : [],
    }),
    async steps(bench) {
      const ram = bench.page();
      const [base, start] = [ram & ~0x1f_ffffn, IOVA & ~0x1f_ffffn];
      const world = bench.world(kind);
      world.map(IOVA + spanOf(2), bench.page());
      await bench.start(world);
      const condition = kind === "first-stage" ? "SFS.2" : "SSS.2";
      const address = start + (ram - base);
      await bench.expectFault.dma(condition, { address });
      world.map(start, base, { size: 0x20_0000 });
      await bench.expectRead(address, ram);
      await bench.expectFault.none();
    },
  })) satisfies Parameters<typeof casesOf>[1]),
]);

/** Cases of paging-structure caches. */
export const pagingStructureCaches: readonly ConformanceCase[] = [
  ...[...rights, ...fiveLevels, ...legacy, ...optional],
];
