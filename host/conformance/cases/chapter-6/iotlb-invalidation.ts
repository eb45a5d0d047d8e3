/** IOTLB invalidation through the queue (§6.5.2.3): each row of Table 23 by each kind of translation. */
import type { Bench } from "../../bench/bench.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld, type World, type WorldKind } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { atLeast, joined, withBits } from "../../needs.js";
import { expectChange, IOVA, iotlbPage, neighbour, redirect, spanOf, twoPages } from "./stale.js";

const DMA = { capabilities: ["QI"], abilities: ["dma"] } as const;
const kinds = ["legacy", "second-stage", "first-stage", "nested"] as const;
const secondStageKinds = ["legacy", "second-stage"] as const;
const firstStageKinds = ["first-stage", "nested"] as const;

/** The stage that a request meets first. */
const stageOf = (world: World) =>
  world.kind === "first-stage" || world.kind === "nested" ? world.first : world.second;

const needs = (kind: WorldKind, ...capabilities: string[]) =>
  joined(needsOfWorld[kind], DMA, { capabilities });

const coarse = casesOf("6.5.2.3", [
  ...(kinds.flatMap((kind) =>
    (["global", "domain"] as const).flatMap((granularity) =>
      ([1, 2, 3] as const).map((level) => ({
        id: `${granularity}-drops-level-${level}-${kind}`,
        title: `A ${granularity} invalidation drops what is cached of a level ${level} entry of ${kind} tables`,
        needs: needs(kind),
        async steps(bench) {
          const world = bench.world(kind);
          const pages = twoPages(bench, world, level);
          await bench.start(world);
          const fields = granularity === "global" ? { G: 1 } : { G: 2, DID: world.domain };
          const invalidation = [descriptor("IOTLB_INV", fields)];
          await expectChange(bench, pages, () => redirect(stageOf(world), level), invalidation);
        },
      })),
    ),
  ) satisfies Parameters<typeof casesOf>[1]),
  ...((["global", "domain"] as const).map((granularity) => ({
    id: `${granularity}-drops-second-stage-of-nested`,
    title: `A ${granularity} invalidation drops nested translations whose second stage changed`,
    needs: needs("nested"),
    async steps(bench) {
      const world = bench.world("nested");
      const [before, after] = [bench.page(), bench.page()];
      world.map(IOVA, before, { guest: 0x40_5000n });
      await bench.start(world);
      const fields = granularity === "global" ? { G: 1 } : { G: 2, DID: world.domain };
      const change = () => void world.second.entry(0x40_5000n, 1).set({ ADDR: after });
      const invalidation = [descriptor("IOTLB_INV", fields)];
      await expectChange(bench, { before, after }, change, invalidation);
    },
  })) satisfies Parameters<typeof casesOf>[1]),
]);

const secondStage = casesOf("6.5.2.3", [
  ...(secondStageKinds.flatMap((kind) => [
    {
      id: `page-drops-leaf-${kind}`,
      title: `A page-selective invalidation with IH drops a changed leaf entry of ${kind} tables`,
      needs: needs(kind, "PSI"),
      async steps(bench) {
        const world = bench.world(kind);
        const pages = twoPages(bench, world, 1);
        await bench.start(world);
        const invalidation = [iotlbPage({ ADDR: IOVA, IH: 1 })];
        await expectChange(bench, pages, () => redirect(world.second, 1), invalidation);
      },
    },
    ...([2, 3] as const).map((level) => ({
      id: `page-drops-level-${level}-${kind}`,
      title: `A page-selective invalidation without IH drops a changed level ${level} entry of ${kind} tables`,
      needs: needs(kind, "PSI"),
      async steps(bench: Bench) {
        const world = bench.world(kind);
        const pages = twoPages(bench, world, level);
        await bench.start(world);
        const invalidation = [iotlbPage({ ADDR: IOVA, IH: 0 })];
        await expectChange(bench, pages, () => redirect(world.second, level), invalidation);
      },
    })),
    {
      id: `page-drops-level-4-${kind}`,
      title: `A page-selective invalidation without IH drops a changed level 4 entry of ${kind} tables`,
      needs: joined(needs(kind, "PSI"), { capabilities: [{ SAGAW: withBits(4) }] }),
      async steps(bench) {
        const world = bench.world(kind, { secondLevels: 4 });
        const pages = twoPages(bench, world, 4);
        await bench.start(world);
        const invalidation = [iotlbPage({ ADDR: IOVA, IH: 0 })];
        await expectChange(bench, pages, () => redirect(world.second, 4), invalidation);
      },
    },
    {
      id: `page-range-${kind}`,
      title: `An address mask of 3 drops eight pages of ${kind} tables, whichever of them ADDR names`,
      needs: joined(needs(kind, "PSI"), { capabilities: [{ MAMV: atLeast(3) }] }),
      async steps(bench) {
        const [before, after] = [bench.page(8), bench.page(8)];
        const start = IOVA & ~0x7fffn;
        const world = bench.world(kind).map(start, before, { count: 8 });
        await bench.start(world);
        for (let page = 0n; page < 8n; page++) {
          await bench.expectRead(start + 0x1000n * page, before + 0x1000n * page);
        }
        for (let page = 0n; page < 8n; page++) {
          world.second.entry(start + 0x1000n * page, 1).set({ ADDR: after + 0x1000n * page });
        }
        await bench.queue.run(iotlbPage({ ADDR: start + 0x5000n, AM: 3, IH: 1 }));
        for (let page = 0n; page < 8n; page++) {
          await bench.expectRead(start + 0x1000n * page, after + 0x1000n * page);
        }
      },
    },
  ]) satisfies Parameters<typeof casesOf>[1]),
  ...(secondStageKinds.map((kind) => ({
    id: `page-ignores-address-beyond-mgaw-${kind}`,
    title: `Address bits from MGAW up are ignored by a page-selective invalidation (${kind})`,
    needs: needs(kind, "PSI"),
    async steps(bench) {
      const world = bench.world(kind);
      const pages = twoPages(bench, world, 1);
      await bench.start(world);
      const beyond = ~((1n << BigInt(bench.value("MGAW") + 1)) - 1n) & 0xffff_ffff_ffff_f000n;
      const invalidation = [iotlbPage({ ADDR: IOVA | beyond, IH: 1 })];
      await expectChange(bench, pages, () => redirect(world.second, 1), invalidation);
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "domain-bits-beyond-nd-ignored",
    title: "Domain-id bits that the unit does not have are ignored",
    needs: needs("second-stage"),
    with: { capabilities: { ND: 2 } },
    async steps(bench) {
      const world = bench.world("second-stage");
      const pages = twoPages(bench, world, 1);
      await bench.start(world);
      const invalidation = [descriptor("IOTLB_INV", { G: 2, DID: 0xa501 })];
      await expectChange(bench, pages, () => redirect(world.second, 1), invalidation);
    },
  },
  {
    id: "page-with-largest-mask",
    title: "A page-selective invalidation takes the largest mask that MAMV announces",
    needs: needs("second-stage", "PSI"),
    async steps(bench) {
      const world = bench.world("second-stage");
      const pages = twoPages(bench, world, 1);
      await bench.start(world);
      const invalidation = [iotlbPage({ ADDR: IOVA, AM: bench.value("MAMV"), IH: 1 })];
      await expectChange(bench, pages, () => redirect(world.second, 1), invalidation);
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  },
  {
    id: "device-of-two-in-a-domain",
    title: "A domain-selective invalidation drops what every device of the domain has cached",
    needs: needs("second-stage"),
    async steps(bench) {
      const world = bench.world("second-stage");
      const pages = twoPages(bench, world, 1);
      const other = bench.endpoint(1);
      world.scalable.context(other);
      const stage = { kind: "second-stage", secondStage: world.second } as const;
      world.scalable.pasid(other, 0, { ...stage, domain: 1, pwsnp: bench.has("SMPWCS") });
      await bench.start(world);
      await bench.expectRead(IOVA, pages.before, { sourceId: other });
      const invalidation = [descriptor("IOTLB_INV", { G: 2, DID: 1 })];
      await expectChange(bench, pages, () => redirect(world.second, 1), invalidation);
      await bench.expectRead(IOVA, pages.after, { sourceId: other });
    },
  },
]);

/** Table 23: first-stage and nested entries, and first-stage structures, go by domain-id alone. */
const byDomainAlone = casesOf("6.5.2.3", [
  ...(firstStageKinds.flatMap((kind) =>
    ([1, 2, 3] as const).map((level) => ({
      id: `page-elsewhere-drops-level-${level}-${kind}`,
      title: `A page-selective invalidation of any address drops a level ${level} first-stage entry of a ${kind} domain`,
      needs: needs(kind, "PSI"),
      async steps(bench) {
        const world = bench.world(kind);
        const pages = twoPages(bench, world, level);
        await bench.start(world);
        const invalidation = [iotlbPage({ ADDR: 0x7000n, IH: 1 })];
        await expectChange(bench, pages, () => redirect(world.first, level), invalidation);
      },
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "page-drops-nested-leaf-of-second-stage",
    title:
      "A page-selective invalidation drops nested translations through a changed second-stage page",
    needs: needs("nested", "PSI"),
    async steps(bench) {
      const world = bench.world("nested");
      const [before, after] = [bench.page(), bench.page()];
      const guest = 0x40_5000n;
      world.map(IOVA, before, { guest });
      await bench.start(world);
      const change = () => void world.second.entry(guest, 1).set({ ADDR: after });
      const invalidation = [iotlbPage({ ADDR: guest, IH: 1 })];
      await expectChange(bench, { before, after }, change, invalidation);
    },
  },
  {
    id: "page-drops-second-stage-of-first-stage-tables",
    title:
      "A page-selective invalidation counts for the second-stage page that holds a first-stage table",
    needs: needs("nested", "PSI"),
    async steps(bench) {
      const world = bench.world("nested");
      const [before, after] = [bench.page(), bench.page()];
      world.map(IOVA, before).map(IOVA + 0x4000n, after);
      await bench.start(world);
      const steps = world.first.walk(IOVA);
      const leafTable = steps.at(-1).address & ~0xfffn;
      const old = world.second.entry(leafTable, 1).get("ADDR");
      const change = () => {
        // The page of PTEs moves to another host frame, in which IOVA leads elsewhere.
        const frame = bench.frames.allocate(1);
        bench.memory.writeBytes(frame, bench.memory.readBytes(old, 4096));
        const slot = steps.at(-1).address & 0xfffn;
        const other = bench.memory.read64(old + ((slot + 8n * 4n) & 0xfffn));
        bench.memory.write64(frame + slot, other);
        world.second.entry(leafTable, 1).set({ ADDR: frame });
      };
      const invalidation = [iotlbPage({ ADDR: leafTable, IH: 1 })];
      await expectChange(bench, { before, after }, change, invalidation);
    },
  },
]);

/** Large pages with the mask that the manual asks for, and what was cached of their parts (§6.5.3.2). */
const large = casesOf("6.5.3.2", [
  ...((
    [
      [0x20_0000, 9, 1, 2],
      [0x4000_0000, 18, 2, 3],
    ] as const
  ).flatMap(([size, AM, bit, level]) =>
    secondStageKinds.map((kind) => ({
      id: `mask-${AM}-drops-all-parts-${kind}`,
      title: `A mask of ${AM} drops all that was cached of a page of ${size / 0x10_0000} MiB of ${kind} tables`,
      needs: joined(needs(kind, "PSI"), {
        capabilities: [{ SSLPS: withBits(bit) }, { MAMV: atLeast(AM) }],
      }),
      async steps(bench) {
        const start = IOVA & ~(BigInt(size) - 1n);
        // The page covers RAM of the suite; what it maps to afterwards does so with 4 KiB pages.
        const ram = bench.page(2);
        const base = ram & ~(BigInt(size) - 1n);
        const world = bench.world(kind).map(start, base, { size });
        await bench.start(world);
        const offset = ram - base;
        for (const part of [0n, 0x1000n]) {
          await bench.expectRead(start + offset + part, ram + part);
        }
        const other = bench.world(kind);
        const after = bench.page(2);
        other.map(start + offset, after, { count: 2 });
        const entry = world.second.entry(start, level);
        entry.write([0n]);
        await bench.queue.run(iotlbPage({ ADDR: start, AM, IH: 0 }));
        entry.write(other.second.entry(start, level).read());
        await bench.queue.run(iotlbPage({ ADDR: start, AM, IH: 0 }));
        for (const part of [0n, 0x1000n]) {
          await bench.expectRead(start + offset + part, after + part);
        }
        await bench.expectFault.none();
      },
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
]);

const shared = casesOf("6.2.8", [
  {
    id: "one-table-reached-twice",
    title: "An entry that two input addresses reach is dropped for both by an invalidation of each",
    needs: needs("second-stage", "PSI"),
    async steps(bench) {
      const world = bench.world("second-stage");
      const pages = twoPages(bench, world, 2);
      // Both addresses come to share a table of leaf entries.
      redirect(world.second, 2);
      await bench.start(world);
      const twin = neighbour(2);
      const moved = bench.page();
      await bench.expectRead(IOVA, pages.after);
      await bench.expectRead(twin, pages.after);
      world.second.entry(twin, 1).set({ ADDR: moved });
      const each = [IOVA, twin].map((ADDR) => iotlbPage({ ADDR, IH: 0 }));
      await bench.queue.run(...each);
      await bench.expectRead(IOVA, moved);
      await bench.expectRead(twin, moved);
      bench.expect.equal("the distance", twin - IOVA, spanOf(2));
    },
  },
]);

/** Cases of IOTLB invalidation. */
export const iotlbInvalidation: readonly ConformanceCase[] = [
  ...[...coarse, ...secondStage, ...byDomainAlone, ...large, ...shared],
];
