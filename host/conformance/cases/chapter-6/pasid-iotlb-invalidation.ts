/** PASID-based IOTLB invalidation (§6.5.2.4): each row of Table 24. */
import { FirstStageTable } from "../../../tables/first-stage.js";
import { needsOfWorld, WORLD_PASID } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { emptyTables, expectChange, IOVA, pasidIotlb, redirect, twoPages } from "./stale.js";

const DMA = { abilities: ["dma"] } as const;
const PASID = { capabilities: ["PASID"], abilities: ["dma", "pasid"] } as const;
const kinds = ["first-stage", "nested"] as const;

const selective = casesOf("6.5.2.4", [
  ...(kinds.flatMap((kind) =>
    ([1, 2, 3, 4] as const).map((level) => ({
      id: `pasid-drops-level-${level}-${kind}`,
      title: `A PASID-selective invalidation drops a changed level ${level} first-stage entry of a ${kind} PASID`,
      needs: joined(needsOfWorld[kind], PASID),
      async steps(bench) {
        const world = bench.world(kind);
        const pages = twoPages(bench, world, level);
        await bench.start(world);
        const invalidation = [pasidIotlb(WORLD_PASID)];
        const request = { pasid: WORLD_PASID };
        await expectChange(bench, pages, () => redirect(world.first, level), invalidation, request);
      },
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
  ...(kinds.flatMap((kind) =>
    ([1, 2, 3, 4] as const).map((level) => ({
      id: `page-drops-level-${level}-${kind}`,
      title: `A page-selective invalidation ${level === 1 ? "with" : "without"} IH drops a changed level ${level} first-stage entry of a ${kind} PASID`,
      needs: joined(needsOfWorld[kind], PASID),
      async steps(bench) {
        const world = bench.world(kind);
        const pages = twoPages(bench, world, level);
        await bench.start(world);
        const IH = level === 1 ? 1 : 0;
        const invalidation = [pasidIotlb(WORLD_PASID, { G: 3, ADDR: IOVA, IH })];
        const request = { pasid: WORLD_PASID };
        await expectChange(bench, pages, () => redirect(world.first, level), invalidation, request);
      },
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "pasid-drops-second-stage-leaf",
    title: "A PASID-selective invalidation drops IOTLB entries of a second-stage PASID too",
    needs: joined(needsOfWorld["second-stage"], PASID),
    async steps(bench) {
      const world = bench.world("second-stage");
      const pages = twoPages(bench, world, 1);
      await bench.start(world);
      const invalidation = [pasidIotlb(WORLD_PASID)];
      const request = { pasid: WORLD_PASID };
      await expectChange(bench, pages, () => redirect(world.second, 1), invalidation, request);
    },
  },
  {
    id: "pasid-range",
    title: "An address mask of 4 drops sixteen first-stage pages, without regard to MAMV",
    needs: joined(needsOfWorld["first-stage"], PASID),
    async steps(bench) {
      const [before, after] = [bench.page(16), bench.page(16)];
      const start = IOVA & ~0xffffn;
      const world = bench.world("first-stage").map(start, before, { count: 16 });
      await bench.start(world);
      const request = { pasid: WORLD_PASID };
      const offsets = Array.from({ length: 16 }, (_, index) => BigInt(index) << 12n);
      for (const at of offsets) await bench.expectRead(start + at, before + at, request);
      for (const at of offsets) world.first.entry(start + at, 1).set({ ADDR: after + at });
      const fields = { G: 3, ADDR: start + 0xa000n, AM: 4, IH: 1 };
      await bench.queue.run(pasidIotlb(WORLD_PASID, fields));
      for (const at of offsets) await bench.expectRead(start + at, after + at, request);
    },
  },
  ...([20, 36, 52, 63].map((AM) => ({
    id: `every-mask-is-taken-${AM}`,
    title: `An address mask of ${AM} is taken, and drops what lies in the range`,
    needs: joined(needsOfWorld["first-stage"], PASID),
    async steps(bench) {
      const world = bench.world("first-stage");
      const pages = twoPages(bench, world, 1);
      await bench.start(world);
      const invalidation = [pasidIotlb(WORLD_PASID, { G: 3, ADDR: IOVA, AM, IH: 0 })];
      const request = { pasid: WORLD_PASID };
      await expectChange(bench, pages, () => redirect(world.first, 1), invalidation, request);
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "large-first-stage-page",
    title: "A mask of 9 drops a 2 MiB page of the first stage, when it becomes a table",
    needs: joined(needsOfWorld["first-stage"], PASID),
    async steps(bench) {
      const start = IOVA & ~0x1f_ffffn;
      const ram = bench.page(2);
      const base = ram & ~0x1f_ffffn;
      const world = bench.world("first-stage").map(start, base, { size: 0x20_0000 });
      await bench.start(world);
      const offset = ram - base;
      const request = { pasid: WORLD_PASID };
      for (const part of [0n, 0x1000n]) {
        await bench.expectRead(start + offset + part, ram + part, request);
      }
      const { memory, frames } = bench;
      const other = new FirstStageTable({ memory, frames });
      const after = bench.page(2);
      other.map(start + offset, after, { count: 2 });
      const entry = world.first.entry(start, 2);
      // The order of §6.5.3.3: not present, invalidated, present with the new page size.
      entry.write([0n]);
      await bench.queue.run(pasidIotlb(WORLD_PASID, { G: 3, ADDR: start, AM: 9, IH: 0 }));
      entry.write(other.entry(start, 2).read());
      for (const part of [0n, 0x1000n]) {
        await bench.expectRead(start + offset + part, after + part, request);
      }
      await bench.expectFault.none();
    },
  },
]);

/** Entries of requests without PASID are tagged with RID_PASID (§6.2.1). */
const tagged = casesOf("6.2.1", [
  ...(kinds.map((kind) => ({
    id: `entries-without-pasid-${kind}`,
    title: `A PASID-selective invalidation of RID_PASID drops what requests without PASID have cached (${kind})`,
    needs: joined(needsOfWorld[kind], DMA),
    async steps(bench) {
      const world = bench.world(kind);
      const pages = twoPages(bench, world, 1);
      await bench.start(world);
      const invalidation = [pasidIotlb(world.ridPasid)];
      await expectChange(bench, pages, () => redirect(world.first, 1), invalidation);
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "entries-without-pasid-of-another-rid-pasid",
    title:
      "With ECAP.RPS requests without PASID are cached under the RID_PASID of their context entry",
    needs: joined(needsOfWorld["first-stage"], DMA, { capabilities: ["RPS"] }),
    async steps(bench) {
      const { memory, frames } = bench;
      const tables = emptyTables(bench);
      const firstStage = new FirstStageTable({ memory, frames });
      const [before, after] = [bench.page(), bench.page()];
      firstStage.map(IOVA, before);
      firstStage.map(IOVA + 0x1000n, after);
      tables.context(bench.endpoint(), { ridPasid: 0x123 });
      const common = { domain: 1, pwsnp: bench.has("SMPWCS") };
      tables.pasid(bench.endpoint(), 0x123, { kind: "first-stage", firstStage, ...common });
      await bench.start(tables);
      const invalidation = [pasidIotlb(0x123, { G: 3, ADDR: IOVA, IH: 1 })];
      const change = () => redirect(firstStage, 1);
      await expectChange(bench, { before, after }, change, invalidation);
    },
  },
]);

/** Cases of PASID-based IOTLB invalidation. */
export const pasidIotlbInvalidation: readonly ConformanceCase[] = [...selective, ...tagged];
