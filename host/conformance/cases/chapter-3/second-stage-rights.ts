import { needsOfWorld, type World, type WorldKind } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import type { Level } from "../../../tables/page-table.js";
import { needsOfRequest } from "../requests.js";

const IOVA = 0x4567_8000n;
const kinds = ["legacy", "second-stage"] as const;
const levels: readonly Level[] = [1, 2, 3];
const ATOMIC = { abilities: ["atomic"] } as const;
/** Conditions of a lack of W, and of a lack of R. */
const LACKS = {
  legacy: { write: "LGN.2", read: "LGN.3" },
  "second-stage": { write: "SGN.6", read: "SGN.7" },
} as const;

const needsOf = (kind: WorldKind) => joined(needsOfWorld[kind], needsOfRequest.dma);

const rights = kinds.flatMap((kind) =>
  casesOf("3.7.1", [
    ...caseForEach(levels, (level) => ({
      id: `${kind}-read-needs-r-in-level-${level}`,
      title: `A read needs R in the ${kind} entry of level ${level}, and a write does not`,
      needs: needsOf(kind),
      async steps(bench) {
        const page = bench.page();
        const world = bench.world(kind).map(IOVA, page);
        world.second.entry(IOVA, level).set({ R: 0 });
        await bench.start(world);
        await bench.expectFault.dma(LACKS[kind].read, { address: IOVA });
        await bench.expectWrite(IOVA, page);
      },
    })),
    ...caseForEach(levels, (level) => ({
      id: `${kind}-write-needs-w-in-level-${level}`,
      title: `A write needs W in the ${kind} entry of level ${level}, and a read does not`,
      needs: needsOf(kind),
      async steps(bench) {
        const page = bench.page();
        const world = bench.world(kind).map(IOVA, page);
        world.second.entry(IOVA, level).set({ W: 0 });
        await bench.start(world);
        await bench.expectFault.dma(LACKS[kind].write, { address: IOVA, access: "write" });
        await bench.expectRead(IOVA, page);
      },
    })),
    {
      id: `${kind}-atomic-needs-both`,
      title: `An AtomicOp needs R and W of ${kind} entries`,
      needs: joined(needsOf(kind), ATOMIC),
      async steps(bench) {
        const world = bench.world(kind).map(IOVA, bench.page(2), { count: 2 });
        world.leaf(IOVA).set({ R: 0 });
        world.leaf(IOVA + 0x1000n).set({ W: 0 });
        await bench.start(world);
        const atomic = { access: "atomic" } as const;
        await bench.expectFault.dma(LACKS[kind].read, { ...atomic, address: IOVA });
        await bench.expectFault.dma(LACKS[kind].write, { ...atomic, address: IOVA + 0x1000n });
      },
    },
    {
      id: `${kind}-large-page-rights`,
      title: `Rights of a 2-MByte ${kind} page hold for all of it`,
      needs: joined(needsOf(kind), {
        capabilities: [{ SSLPS: { words: "with 2 MiB", holds: (v) => (v & 1) !== 0 } }],
      }),
      async steps(bench) {
        const page = bench.page();
        const base = page & ~0x1f_ffffn;
        const mapping = { size: 0x20_0000, second: { write: false } } as const;
        await bench.start(bench.world(kind).map(0x60_0000n, base, mapping));
        await bench.expectRead(0x60_0000n + (page - base), page);
        for (const address of [0x60_0000n, 0x7f_f000n]) {
          await bench.expectFault.dma(LACKS[kind].write, { address, access: "write" });
        }
      },
    },
  ]),
);

const nothingLeft = casesOf("3.7.1", [
  {
    id: "legacy-nothing-left",
    title: "Where no permission is left in legacy mode the access decides between LGN.2 and LGN.3",
    needs: needsOf("legacy"),
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      world.second.entry(IOVA, 2).set({ W: 0 });
      world.leaf(IOVA).set({ R: 0 });
      await bench.start(world);
      await bench.expectFault.dma("LGN.3", { address: IOVA });
      await bench.expectFault.dma("LGN.2", { address: IOVA, access: "write" });
    },
  },
  {
    id: "legacy-not-mapped",
    title: "Where nothing is mapped in legacy mode the access decides between LGN.2 and LGN.3",
    needs: needsOf("legacy"),
    async steps(bench) {
      await bench.start(bench.world("legacy"));
      await bench.expectFault.dma("LGN.3", { address: IOVA });
      await bench.expectFault.dma("LGN.2", { address: IOVA, access: "write" });
    },
  },
  {
    id: "second-stage-not-mapped",
    title: "Where nothing is mapped in scalable mode reads and writes are SSS.2",
    needs: needsOf("second-stage"),
    async steps(bench) {
      await bench.start(bench.world("second-stage"));
      await bench.expectFault.dma("SSS.2", { address: IOVA });
      await bench.expectFault.dma("SSS.2", { address: IOVA, access: "write" });
    },
  },
  {
    id: "second-stage-knows-no-privilege",
    title:
      "A second stage asks for no privilege: supervisor and user requests have the same rights",
    needs: joined(needsOfWorld["second-stage"], needsOfRequest.privileged),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage", { pasid: { sre: true } });
      await bench.start(world.map(IOVA, page, { second: { write: false } }));
      for (const privileged of [true, false]) {
        await bench.expectRead(IOVA, page, { pasid: 5, privileged });
        const write = { pasid: 5, privileged, access: "write" } as const;
        await bench.expectFault.dma("SGN.6", { ...write, address: IOVA });
      }
    },
  },
]);

const IO_RIGHTS = joined(needsOf("second-stage"), { capabilities: ["SSIRWS"] });
const SSIRWE = 0x80n;

/** Sets IR and IW in every entry of the walk. */
function withIoRights(world: World): World {
  for (const { level } of world.second.walk(IOVA)) {
    world.second.entry(IOVA, level).set({ IR: 1, IW: 1 });
  }
  return world;
}

const ioRights = casesOf("3.7.1", [
  {
    id: "io-permissions-count-alone",
    title: "With SSIRWE set IR and IW give the permissions, and R and W none",
    needs: IO_RIGHTS,
    async steps(bench) {
      const page = bench.page();
      const world = withIoRights(bench.world("second-stage").map(IOVA, page));
      const entries = world.second.walk(IOVA).map(({ level }) => world.second.entry(IOVA, level));
      for (const entry of entries) entry.set({ R: 0, W: 0 });
      await bench.start({ rootTableAddress: world.rootTableAddress | SSIRWE });
      await bench.expectRead(IOVA, page);
      await bench.expectWrite(IOVA, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "io-read-permission",
    title: "With SSIRWE set a read needs IR in the leaf",
    needs: IO_RIGHTS,
    async steps(bench) {
      const page = bench.page();
      const world = withIoRights(bench.world("second-stage").map(IOVA, page));
      world.leaf(IOVA).set({ IR: 0 });
      await bench.start({ rootTableAddress: world.rootTableAddress | SSIRWE });
      await bench.expectFault.dma("SGN.7", { address: IOVA });
      await bench.expectWrite(IOVA, page);
    },
  },
  {
    id: "io-write-permission",
    title: "With SSIRWE set a write needs IW in every entry of the walk",
    needs: IO_RIGHTS,
    async steps(bench) {
      const page = bench.page();
      const world = withIoRights(bench.world("second-stage").map(IOVA, page));
      world.second.entry(IOVA, 3).set({ IW: 0 });
      await bench.start({ rootTableAddress: world.rootTableAddress | SSIRWE });
      await bench.expectFault.dma("SGN.6", { address: IOVA, access: "write" });
      await bench.expectRead(IOVA, page);
    },
  },
  {
    id: "io-permissions-absent",
    title: "With SSIRWE set an entry that has R and W alone allows nothing",
    needs: IO_RIGHTS,
    async steps(bench) {
      const world = bench.world("second-stage").map(IOVA, bench.page());
      await bench.start({ rootTableAddress: world.rootTableAddress | SSIRWE });
      await bench.expectFault.dma("SSS.2", { address: IOVA });
    },
  },
]);

export const secondStageRights = [...rights, ...nothingLeft, ...ioRights];
