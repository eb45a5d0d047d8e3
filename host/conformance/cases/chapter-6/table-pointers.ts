/** What SRTP, TE, SIRTP and IRE do to caches (§6.6, §6.7, §11.4.4.1), and the interrupt entry cache. */
import { remappableMessage } from "../../../tables/interrupt-table.js";
import type { Bench } from "../../bench/bench.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld, worldKinds, type WorldKind } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { atLeast, joined } from "../../needs.js";
import {
  expectBlocked,
  expectDelivered,
  invalidateIndex,
  newTable,
  REMAPPING,
  startRemapping,
} from "../chapter-5/remapping.js";
import { IOVA } from "./stale.js";

const DMA = { abilities: ["dma"] } as const;
const ESRTPS = { capabilities: ["ESRTPS"] };
const translated = worldKinds.filter((kind) => !kind.endsWith("pass-through"));

/** Two worlds that differ in everything behind the root pointer. */
async function expectOtherRoot(
  bench: Bench,
  kind: WorldKind,
  change: (rootTableAddress: bigint) => Promise<void>,
): Promise<void> {
  const [before, after] = [bench.page(), bench.page()];
  const old = bench.world(kind).map(IOVA, before);
  const other = bench.world(kind).map(IOVA, after);
  await bench.start(old);
  await bench.expectRead(IOVA, before);
  await change(other.rootTableAddress);
  await bench.expectRead(IOVA, after);
  await bench.expectFault.none();
}

const roots = casesOf("6.6", [
  ...(translated.map((kind) => ({
    id: `srtp-drops-everything-${kind}`,
    title: `With CAP.ESRTPS a new root table counts after SRTP alone (${kind})`,
    needs: joined(needsOfWorld[kind], DMA, ESRTPS),
    steps: (bench) => expectOtherRoot(bench, kind, (root) => bench.commands.setRoot(root)),
  })) satisfies Parameters<typeof casesOf>[1]),
  ...(translated.map((kind) => ({
    id: `srtp-and-invalidation-${kind}`,
    title: `Without CAP.ESRTPS a new root table counts after SRTP and global invalidations (${kind})`,
    needs: joined(needsOfWorld[kind], DMA),
    with: { capabilities: { ESRTPS: 0 } },
    steps: (bench) =>
      expectOtherRoot(bench, kind, async (root) => {
        await bench.commands.setRoot(root);
        await bench.invalidateAll();
      }),
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "root-waits-for-srtp",
    title: "RTADDR written without SRTP changes nothing, invalidated or not",
    needs: joined(needsOfWorld.legacy, DMA),
    async steps(bench) {
      const [before, after] = [bench.page(), bench.page()];
      const world = bench.world("legacy").map(IOVA, before);
      const other = bench.world("legacy").map(IOVA, after);
      await bench.start(world);
      await bench.registers.write("RTADDR", other.rootTableAddress);
      await bench.expectRead(IOVA, before);
      await bench.invalidateAll();
      await bench.expectRead(IOVA, before);
    },
  },
  {
    id: "mode-changes-with-srtp",
    title: "With CAP.ESRTPS the table mode may change from legacy to scalable while TES is set",
    needs: joined(needsOfWorld.legacy, needsOfWorld["first-stage"], DMA, ESRTPS),
    async steps(bench) {
      const [before, after] = [bench.page(), bench.page()];
      const old = bench.world("legacy").map(IOVA, before);
      const other = bench.world("first-stage").map(IOVA, after);
      await bench.start(old);
      await bench.expectRead(IOVA, before);
      await bench.commands.setRoot(other.rootTableAddress);
      await bench.expectRead(IOVA, after);
      await bench.commands.setRoot(old.rootTableAddress);
      await bench.expectRead(IOVA, before);
      await bench.expect.register("GSTS", { TES: 1, RTPS: 1 });
    },
  },
]);

const disabling = casesOf("11.4.4.1", [
  ...(translated.map((kind) => ({
    id: `translation-disable-drops-everything-${kind}`,
    title: `On a unit with scalable mode disabling translation drops all its caches (${kind})`,
    needs: joined(needsOfWorld[kind], DMA, { capabilities: ["SMTS"] }),
    async steps(bench) {
      const [before, after] = [bench.page(), bench.page()];
      const world = bench.world(kind).map(IOVA, before, { guest: 0x40_5000n });
      await bench.start(world);
      await bench.expectRead(IOVA, before);
      await bench.commands.command("TE", false);
      const table = kind === "first-stage" ? world.first : world.second;
      table.entry(kind === "nested" ? 0x40_5000n : IOVA, 1).set({ ADDR: after });
      await bench.commands.setRoot(world.rootTableAddress);
      await bench.commands.command("TE");
      await bench.expectRead(IOVA, after);
      await bench.expectFault.none();
    },
  })) satisfies Parameters<typeof casesOf>[1]),
]);

const TARGET = { destination: 2, vector: 0x51 };
const CHANGED = { destination: 3, vector: 0x62 };

const entryCache = casesOf("6.5.2.8", [
  {
    id: "index-selective",
    title: "An index-selective invalidation makes the changed entry of its index count",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      for (const index of [0, 1, 0x80, 0xff]) {
        table.remapped(index, TARGET);
        await expectDelivered(bench, `entry ${index}`, remappableMessage(index), TARGET);
        table.remapped(index, CHANGED);
        await invalidateIndex(bench, index);
        await expectDelivered(bench, `entry ${index}`, remappableMessage(index), CHANGED);
      }
    },
  },
  {
    id: "global",
    title: "A global invalidation makes every changed entry count, whatever IIDX and IM say",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const indices = [0, 5, 0x7f, 0x80, 0xff];
      for (const index of indices) {
        table.remapped(index, TARGET);
        await expectDelivered(bench, `entry ${index}`, remappableMessage(index), TARGET);
      }
      for (const index of indices) table.remapped(index, CHANGED);
      await bench.queue.run(descriptor("IEC_INV", { G: 0, IIDX: 5 }));
      for (const index of indices) {
        await expectDelivered(bench, `entry ${index}`, remappableMessage(index), CHANGED);
      }
    },
  },
  ...([1, 2, 4].map((mask) => ({
    id: `index-mask-${mask}`,
    title: `An index mask of ${mask} makes ${2 ** mask} changed entries count, whichever IIDX names`,
    needs: joined(REMAPPING, { capabilities: [{ MHMV: atLeast(mask) }] }),
    async steps(bench) {
      const table = await startRemapping(bench);
      const indices = Array.from({ length: 2 ** mask }, (_, index) => 0x40 + index);
      for (const index of indices) {
        table.remapped(index, TARGET);
        await expectDelivered(bench, `entry ${index}`, remappableMessage(index), TARGET);
      }
      for (const index of indices) table.remapped(index, CHANGED);
      await invalidateIndex(bench, 0x40 + 2 ** mask - 1, mask);
      for (const index of indices) {
        await expectDelivered(bench, `entry ${index}`, remappableMessage(index), CHANGED);
      }
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "largest-index-mask",
    title: "An index-selective invalidation takes the largest mask that MHMV announces",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(3, TARGET);
      await expectDelivered(bench, "before", remappableMessage(3), TARGET);
      table.remapped(3, CHANGED);
      await invalidateIndex(bench, 0, bench.value("MHMV"));
      if (2 ** bench.value("MHMV") > 3) {
        await expectDelivered(bench, "afterwards", remappableMessage(3), CHANGED);
      }
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  },
  {
    id: "entry-becomes-absent",
    title: "After its invalidation an entry that is not present any more blocks (22h)",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(3, TARGET);
      await expectDelivered(bench, "before", remappableMessage(3), TARGET);
      table.entry(3).set({ P: 0 });
      await invalidateIndex(bench, 3);
      await expectBlocked(bench, 0x22, "afterwards", remappableMessage(3), { index: 3 });
    },
  },
]);

const interruptTables = casesOf("6.7", [
  {
    id: "sirtp-drops-entries",
    title: "With CAP.ESIRTPS a new interrupt table counts after SIRTP alone",
    needs: joined(REMAPPING, { capabilities: ["ESIRTPS"] }),
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(3, TARGET);
      await expectDelivered(bench, "the old table", remappableMessage(3), TARGET);
      const other = newTable(bench);
      other.remapped(3, CHANGED);
      await bench.commands.setInterruptTable(other.tableAddress);
      await expectDelivered(bench, "the new table", remappableMessage(3), CHANGED);
    },
  },
  {
    id: "sirtp-and-invalidation",
    title: "Without CAP.ESIRTPS a new interrupt table counts after SIRTP and a global invalidation",
    needs: REMAPPING,
    with: { capabilities: { IR: 1, ESIRTPS: 0 } },
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(3, TARGET);
      await expectDelivered(bench, "the old table", remappableMessage(3), TARGET);
      const other = newTable(bench);
      other.remapped(3, CHANGED);
      await bench.commands.setInterruptTable(other.tableAddress);
      await bench.queue.run(descriptor("IEC_INV"));
      await expectDelivered(bench, "the new table", remappableMessage(3), CHANGED);
    },
  },
  {
    id: "disabling-drops-entries",
    title: "With CAP.ESIRTPS disabling remapping drops the cached entries",
    needs: joined(REMAPPING, { capabilities: ["ESIRTPS"] }),
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(3, TARGET);
      await expectDelivered(bench, "before", remappableMessage(3), TARGET);
      await bench.commands.command("IRE", false);
      table.remapped(3, CHANGED);
      await bench.commands.setInterruptTable(table.tableAddress);
      await bench.commands.command("IRE");
      await expectDelivered(bench, "afterwards", remappableMessage(3), CHANGED);
    },
  },
  {
    id: "irta-waits-for-sirtp",
    title: "IRTA written without SIRTP changes neither table nor size",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench, { entries: 256 });
      table.remapped(3, TARGET);
      table.remapped(0xff, TARGET);
      const other = newTable(bench, { entries: 2 });
      await bench.registers.write("IRTA", other.tableAddress);
      await bench.queue.run(descriptor("IEC_INV"));
      await expectDelivered(bench, "entry 3", remappableMessage(3), TARGET);
      await expectDelivered(bench, "entry ff", remappableMessage(0xff), TARGET);
      await bench.commands.command("SIRTP");
      await bench.queue.run(descriptor("IEC_INV"));
      await expectBlocked(bench, 0x21, "after SIRTP", remappableMessage(3), { index: 3 });
    },
  },
]);

/** Cases of commands that invalidate, and of the interrupt entry cache. */
export const tablePointers: readonly ConformanceCase[] = [
  ...[...roots, ...disabling, ...entryCache, ...interruptTables],
];
