import { needsOfWorld, type World } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { joined, withBits } from "../../needs.js";
import type { Level } from "../../../tables/page-table.js";
import { AS_SUPERVISOR, needsOfRequest } from "../requests.js";

const IOVA = 0x7f00_1234_5000n;
/** Guest-physical address of the page, away from the host's. */
const GUEST = 0x12_3456_7000n;
const NEEDS = joined(needsOfWorld.nested, needsOfRequest.dma);
const FLAGS = joined(NEEDS, { capabilities: ["SMPWCS"] });

/** The second-stage leaf of the guest page that holds the first-stage table of a level. */
function leafOfTable(world: World, level: Level) {
  return world.second.entry(world.first.entryAddress(IOVA, level), 1);
}

const walks = casesOf("3.8", [
  {
    id: "guest-address-translated",
    title: "The output of the first stage is translated by the second",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("nested").map(IOVA, page, { guest: GUEST }));
      await bench.expectRead(IOVA + 0x18n, page + 0x18n);
      await bench.expectWrite(IOVA + 0x20n, page + 0x20n);
      await bench.expectFault.none();
    },
  },
  ...caseForEach(
    [
      ["4k-in-2m", 0x1000, 0x20_0000],
      ["2m-in-4k", 0x20_0000, 0x1000],
      ["2m-in-2m", 0x20_0000, 0x20_0000],
    ] as const,
    ([name, first, second]) => ({
      id: `page-sizes-${name}`,
      title: `A first-stage page of ${first / 1024} KiB nests in second-stage pages of ${second / 1024} KiB`,
      needs: joined(NEEDS, { capabilities: second > 0x1000 ? [{ SSLPS: withBits(1) }] : [] }),
      async steps(bench) {
        const page = bench.page();
        const host = page & ~BigInt(second - 1);
        const guest = 0x12_3460_0000n + (page & 0x1f_f000n);
        const iova = 0x7f00_1220_0000n + (page & 0x1f_f000n);
        const world = bench.world("nested");
        world.second.map(guest & ~BigInt(second - 1), host, { size: second });
        const alignment = BigInt(first - 1);
        world.first.map(iova & ~alignment, guest & ~alignment, { size: first });
        await bench.start(world);
        await bench.expectRead(iova + 0x88n, page + 0x88n);
        await bench.expectWrite(iova + 0x90n, page + 0x90n);
        await bench.expectFault.none();
      },
    }),
  ),
  {
    id: "three-levels-below",
    title: "A first stage nests in a second stage of 3 levels",
    needs: joined(NEEDS, { capabilities: [{ SAGAW: withBits(2) }] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("nested", { secondLevels: 3 });
      await bench.start(world.map(IOVA, page, { guest: 0x3_4567_8000n }));
      await bench.expectRead(IOVA, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "five-levels-each",
    title: "A first stage of 5 levels nests in a second stage of 5",
    needs: joined(NEEDS, { capabilities: ["FS5LP", { SAGAW: withBits(8) }] }),
    async steps(bench) {
      const page = bench.page();
      const iova = 0x00fe_dcba_9876_5000n;
      const world = bench.world("nested", { firstLevels: 5, secondLevels: 5 });
      await bench.start(world.map(iova, page, { guest: 0x7f_1234_5000n }));
      await bench.expectRead(iova, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "second-stage-changes-count",
    title: "A change of the second stage counts for nested requests after an invalidation",
    needs: NEEDS,
    async steps(bench) {
      const [before, after] = [bench.page(), bench.page()];
      const world = bench.world("nested").map(IOVA, before, { guest: GUEST });
      await bench.start(world);
      await bench.expectRead(IOVA, before);
      world.second.entry(GUEST, 1).set({ ADDR: after });
      await bench.invalidateAll();
      await bench.expectRead(IOVA, after);
    },
  },
]);

const rights = casesOf("3.8.1", [
  ...caseForEach(["first", "second"] as const, (stage) => ({
    id: `write-needs-${stage}-stage`,
    title: `A nested write needs permission of the ${stage} stage, and a read does not`,
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const mapping = { guest: GUEST, [stage]: { write: false } };
      await bench.start(bench.world("nested").map(IOVA, page, mapping));
      await bench.expectRead(IOVA, page);
      await bench.expectFault.dma("SGN.6", { address: IOVA, access: "write" });
    },
  })),
  {
    id: "read-needs-second-stage",
    title: "A nested read needs R of the second stage, and a write does not",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const mapping = { guest: GUEST, second: { read: false } };
      await bench.start(bench.world("nested").map(IOVA, page, mapping));
      await bench.expectFault.dma("SGN.7", { address: IOVA });
      await bench.expectWrite(IOVA, page);
    },
  },
  {
    id: "atomic-needs-both-of-second-stage",
    title: "A nested AtomicOp needs R and W of the second stage",
    needs: joined(NEEDS, { abilities: ["atomic"] }),
    async steps(bench) {
      const world = bench.world("nested");
      world.map(IOVA, bench.page(), { guest: GUEST, second: { read: false } });
      const other = IOVA + 0x1000n;
      world.map(other, bench.page(), { guest: GUEST + 0x1000n, second: { write: false } });
      await bench.start(world);
      await bench.expectFault.dma("SGN.7", { address: IOVA, access: "atomic" });
      await bench.expectFault.dma("SGN.6", { address: other, access: "atomic" });
    },
  },
  {
    id: "supervisor-write-needs-second-stage",
    title: "A supervisor write that needs no R/W still needs W of the second stage",
    needs: joined(needsOfWorld.nested, needsOfRequest.privileged),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("nested", { pasid: { sre: true } });
      world.map(IOVA, page, { guest: GUEST, first: { write: false } });
      const other = IOVA + 0x1000n;
      const bothReadOnly = { first: { write: false }, second: { write: false } };
      world.map(other, bench.page(), { guest: GUEST + 0x1000n, ...bothReadOnly });
      await bench.start(world);
      await bench.expectWrite(IOVA, page, AS_SUPERVISOR);
      const write = { ...AS_SUPERVISOR, address: other, access: "write" } as const;
      await bench.expectFault.dma("SGN.6", write);
    },
  },
  ...caseForEach([1, 2, 3, 4] as const, (level) => ({
    id: `table-of-level-${level}-needs-read`,
    title: `The first-stage table of level ${level} is read only with R of the second stage`,
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("nested").map(IOVA, bench.page(), { guest: GUEST });
      leafOfTable(world, level).set({ R: 0 });
      await bench.start(world);
      await bench.expectFault.dma(level === 4 ? "SFS.6" : "SFS.7", { address: IOVA });
    },
  })),
  ...caseForEach([1, 2, 3, 4] as const, (level) => ({
    id: `flags-of-level-${level}-need-write`,
    title: `A is set in a first-stage entry of level ${level} only with W of the second stage`,
    needs: FLAGS,
    async steps(bench) {
      const world = bench.world("nested").map(IOVA, bench.page(), { guest: GUEST });
      leafOfTable(world, level).set({ W: 0 });
      await bench.start(world);
      await bench.expectFault.dma("SFS.8", { address: IOVA });
    },
  })),
  {
    id: "read-only-tables-with-flags-set",
    title: "First-stage tables may be read-only where A and D are set and SSADE is clear",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("nested");
      world.map(IOVA, page, { guest: GUEST, first: { accessed: true, dirty: true } });
      for (const level of [4, 3, 2] as const) world.first.entry(IOVA, level).set({ A: 1 });
      for (const level of [4, 3, 2, 1] as const) leafOfTable(world, level).set({ W: 0 });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectWrite(IOVA, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "dirty-needs-write-of-table",
    title: "D is set in a first-stage leaf only with W of the second stage",
    needs: FLAGS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("nested");
      world.map(IOVA, page, { guest: GUEST, first: { accessed: true } });
      for (const level of [4, 3, 2] as const) world.first.entry(IOVA, level).set({ A: 1 });
      leafOfTable(world, 1).set({ W: 0 });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectFault.dma("SFS.8", { address: IOVA, access: "write" });
    },
  },
  {
    id: "second-stage-flags-make-reads-need-write",
    title: "With SSADE set first-stage tables are read only with R and W of the second stage",
    needs: joined(NEEDS, { capabilities: ["SSADS"] }),
    async steps(bench) {
      const world = bench.world("nested", { pasid: { ssade: true } });
      world.map(IOVA, bench.page(), { guest: GUEST, first: { accessed: true } });
      for (const level of [4, 3, 2] as const) world.first.entry(IOVA, level).set({ A: 1 });
      leafOfTable(world, 1).set({ W: 0 });
      await bench.start(world);
      // Which condition names a read that lacks W is left open.
      await bench.expectFault.dma(["SFS.7", "SFS.8", "SGN.6"], { address: IOVA });
    },
  },
]);

const flags = casesOf("3.8.1", [
  {
    id: "first-stage-flags-in-host-memory",
    title: "A and D of nested first-stage entries are set where the second stage has them",
    needs: FLAGS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("nested").map(IOVA, page, { guest: GUEST });
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      for (const level of [4, 3, 2, 1] as const) {
        const guest = world.first.entryAddress(IOVA, level);
        const { physical } = world.second.lookup(guest)!;
        const bytes = await bench.expect.fetch(physical, 8);
        const found = (bytes[0]! & 0x60) >> 5;
        bench.expect.equal(`A and D at level ${level}`, found, level === 1 ? 3 : 1);
      }
    },
  },
  {
    id: "second-stage-flags-of-final-page",
    title: "With SSADE set a nested write sets A and D in the second-stage leaf of its page",
    needs: joined(NEEDS, { capabilities: ["SSADS"] }),
    async steps(bench) {
      const [read, written] = [bench.page(), bench.page()];
      const world = bench.world("nested", { pasid: { ssade: true } });
      world.map(IOVA, read, { guest: GUEST });
      world.map(IOVA + 0x1000n, written, { guest: GUEST + 0x1000n });
      await bench.start(world);
      await bench.expectRead(IOVA, read);
      await bench.expectWrite(IOVA + 0x1000n, written);
      const leaf = (guest: bigint) => world.second.entry(guest, 1);
      await bench.expect.entry("the page read", leaf(GUEST), { A: 1, D: 0 });
      await bench.expect.entry("the page written", leaf(GUEST + 0x1000n), { A: 1, D: 1 });
    },
  },
  {
    id: "second-stage-flags-of-tables",
    title: "With SSADE set A is set in the second-stage leaves of first-stage tables",
    needs: joined(NEEDS, { capabilities: ["SSADS"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("nested", { pasid: { ssade: true } });
      await bench.start(world.map(IOVA, page, { guest: GUEST }));
      await bench.expectRead(IOVA, page);
      for (const level of [4, 3, 2, 1] as const) {
        await bench.expect.entry(`table of level ${level}`, leafOfTable(world, level), { A: 1 });
      }
    },
  },
]);

export const nested = [...walks, ...rights, ...flags];
