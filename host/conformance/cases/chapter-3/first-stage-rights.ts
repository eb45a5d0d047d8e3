import { needsOfWorld, type World, type WorldOptions } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import { AS_SUPERVISOR, needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x2345_6000n;
const USER = joined(needsOfWorld["first-stage"], needsOfRequest.dma);
const SUPERVISOR = joined(needsOfWorld["first-stage"], needsOfRequest.privileged);
const RID_PRIV = joined(USER, { capabilities: ["RPRIVS"] });
const ATOMIC = { abilities: ["atomic"] } as const;
const levels = [
  [1, "PTE"],
  [2, "PDE"],
  [3, "PDPE"],
  [4, "PML4E"],
] as const;

const served: WorldOptions = { pasid: { sre: true } };
const writeProtected: WorldOptions = { pasid: { sre: true, wpe: true } };

/** Makes the leaf one of a read-only page for supervisors. */
function readOnlySupervisor(world: World): World {
  world.leaf(IOVA).set({ US: 0, RW: 0 });
  return world;
}

export const firstStageRights = casesOf("3.6.1", [
  ...caseForEach(levels, ([level, name]) => ({
    id: `user-needs-us-in-${name.toLowerCase()}`,
    title: `A request with user privilege needs U/S in the ${name}, for reads and for writes`,
    needs: USER,
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page());
      world.first.entry(IOVA, level).set({ US: 0 });
      await bench.start(world);
      await bench.expectFault.dma("SGN.2", { address: IOVA });
      await bench.expectFault.dma("SGN.2", { address: IOVA, access: "write" });
    },
  })),
  ...caseForEach(levels, ([level, name]) => ({
    id: `user-write-needs-rw-in-${name.toLowerCase()}`,
    title: `A write with user privilege needs R/W in the ${name}, and a read does not`,
    needs: USER,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      world.first.entry(IOVA, level).set({ RW: 0 });
      await bench.start(world);
      await bench.expectFault.dma("SGN.6", { address: IOVA, access: "write" });
      await bench.expectRead(IOVA, page);
    },
  })),
  {
    id: "user-write-refused-leaves-memory",
    title: "A write that is refused does not reach the page",
    needs: USER,
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("first-stage").map(IOVA, page, { first: { write: false } }));
      const before = bench.memory.readBytes(page, 16);
      await bench.expectFault.dma("SGN.6", { address: IOVA, data: new Uint8Array(16) });
      await bench.expect.memory("the page", page, before);
    },
  },
  {
    id: "user-atomic-needs-rw",
    title: "An AtomicOp with user privilege needs R/W",
    needs: joined(USER, ATOMIC),
    async steps(bench) {
      const world = bench.world("first-stage");
      await bench.start(world.map(IOVA, bench.page(), { first: { write: false } }));
      await bench.expectFault.dma("SGN.6", { address: IOVA, access: "atomic" });
    },
  },
  {
    id: "user-atomic-served",
    title: "An AtomicOp on a page that may be written is done",
    needs: joined(USER, ATOMIC),
    async steps(bench) {
      const page = bench.page();
      const before = bench.memory.readBytes(page, 4);
      await bench.start(bench.world("first-stage").map(IOVA, page));
      const data = Uint8Array.of(1, 2, 3, 4);
      const answer = await bench.endpoints.dma({ address: IOVA, access: "atomic", data });
      bench.expect.fields("the AtomicOp", { ...answer }, { outcome: "done", data: before });
      await bench.expect.memory("the page", page, data);
    },
  },
  {
    id: "supervisor-reads-supervisor-page",
    title: "A read with supervisor privilege may go to a page with U/S clear",
    needs: SUPERVISOR,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", served).map(IOVA, page, { first: { user: false } });
      await bench.start(world);
      await bench.expectRead(IOVA, page, AS_SUPERVISOR);
      await bench.expectFault.dma("SGN.2", { ...WITH_PASID, address: IOVA });
    },
  },
  {
    id: "supervisor-reads-user-page",
    title: "A read with supervisor privilege may go to a page with U/S set",
    needs: SUPERVISOR,
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("first-stage", served).map(IOVA, page));
      await bench.expectRead(IOVA, page, AS_SUPERVISOR);
      await bench.expectWrite(IOVA, page, AS_SUPERVISOR);
      await bench.expectFault.none();
    },
  },
  {
    id: "supervisor-writes-read-only-page",
    title: "With WPE clear a write with supervisor privilege needs no R/W",
    needs: SUPERVISOR,
    async steps(bench) {
      const page = bench.page();
      await bench.start(readOnlySupervisor(bench.world("first-stage", served).map(IOVA, page)));
      await bench.expectWrite(IOVA, page, AS_SUPERVISOR);
      await bench.expectFault.none();
    },
  },
  ...caseForEach(levels, ([level, name]) => ({
    id: `write-protect-needs-rw-in-${name.toLowerCase()}`,
    title: `With WPE set a write with supervisor privilege needs R/W in the ${name}`,
    needs: SUPERVISOR,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", writeProtected).map(IOVA, page);
      world.first.entry(IOVA, level).set({ RW: 0 });
      await bench.start(world);
      const write = { ...AS_SUPERVISOR, address: IOVA, access: "write" } as const;
      await bench.expectFault.dma("SGN.6", write);
      await bench.expectRead(IOVA, page, AS_SUPERVISOR);
    },
  })),
  {
    id: "write-protect-allows-writable-page",
    title: "With WPE set a write with supervisor privilege may go to a page with R/W set",
    needs: SUPERVISOR,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", writeProtected);
      await bench.start(world.map(IOVA, page, { first: { user: false } }));
      await bench.expectWrite(IOVA, page, AS_SUPERVISOR);
      await bench.expectFault.none();
    },
  },
  {
    id: "supervisor-atomic-write-protect",
    title: "WPE decides whether an AtomicOp with supervisor privilege needs R/W",
    needs: joined(SUPERVISOR, ATOMIC),
    async steps(bench) {
      const world = bench.world("first-stage", served).map(IOVA, bench.page());
      await bench.start(readOnlySupervisor(world));
      const request = { ...AS_SUPERVISOR, address: IOVA, access: "atomic" } as const;
      const answer = await bench.endpoints.dma(request);
      bench.expect.equal("the AtomicOp with WPE clear", answer.outcome, "done");
      world.pasidEntry(WITH_PASID.pasid).set({ WPE: 1 });
      await bench.invalidateAll();
      await bench.expectFault.dma("SGN.6", request);
    },
  },
  {
    id: "write-protect-without-meaning-for-users",
    title: "WPE changes nothing for requests with user privilege",
    needs: joined(USER),
    async steps(bench) {
      const [writable, readOnly] = [bench.page(), bench.page()];
      const world = bench.world("first-stage", { pasid: { wpe: true } }).map(IOVA, writable);
      world.map(IOVA + 0x1000n, readOnly, { first: { write: false } });
      await bench.start(world);
      await bench.expectWrite(IOVA, writable);
      await bench.expectRead(IOVA + 0x1000n, readOnly);
      await bench.expectFault.dma("SGN.6", { address: IOVA + 0x1000n, access: "write" });
    },
  },
  {
    id: "rid-priv-reads-supervisor-page",
    title: "RID_PRIV gives requests without PASID supervisor privilege",
    needs: RID_PRIV,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", { ...served, context: { ridPriv: true } });
      world.contextEntry.set({ PASIDE: 0, DTE: 0, PRE: 0, RID_PRIV: 1 });
      await bench.start(world.map(IOVA, page, { first: { user: false } }));
      await bench.expectRead(IOVA, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "rid-priv-clear-is-user",
    title: "With RID_PRIV clear requests without PASID have user privilege",
    needs: RID_PRIV,
    async steps(bench) {
      const world = bench.world("first-stage", served);
      await bench.start(world.map(IOVA, bench.page(), { first: { user: false } }));
      await bench.expectFault.dma("SGN.2", { address: IOVA });
    },
  },
  {
    id: "rid-priv-write-protect",
    title: "WPE holds for requests without PASID that RID_PRIV makes supervisor",
    needs: RID_PRIV,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", served).map(IOVA, page);
      world.contextEntry.set({ RID_PRIV: 1 });
      world.leaf(IOVA).set({ RW: 0 });
      await bench.start(world);
      await bench.expectWrite(IOVA, page);
      world.pasidEntry().set({ WPE: 1 });
      await bench.invalidateAll();
      await bench.expectFault.dma("SGN.6", { address: IOVA, access: "write" });
    },
  },
  {
    id: "rid-priv-without-meaning-for-pasids",
    title: "RID_PRIV does not make requests with PASID supervisor",
    needs: joined(RID_PRIV, needsOfRequest["dma-with-pasid"]),
    async steps(bench) {
      const world = bench.world("first-stage", served);
      world.contextEntry.set({ RID_PRIV: 1 });
      await bench.start(world.map(IOVA, bench.page(), { first: { user: false } }));
      await bench.expectFault.dma("SGN.2", { ...WITH_PASID, address: IOVA });
    },
  },
  {
    id: "large-page-rights",
    title: "Rights of a 2-MByte page hold for all of it",
    needs: USER,
    async steps(bench) {
      const page = bench.page();
      const base = page & ~0x1f_ffffn;
      const large = { size: 0x20_0000, first: { write: false } } as const;
      await bench.start(bench.world("first-stage").map(0x60_0000n, base, large));
      await bench.expectRead(0x60_0000n + (page - base), page);
      for (const address of [0x60_0000n, 0x7f_f000n]) {
        await bench.expectFault.dma("SGN.6", { address, access: "write" });
      }
    },
  },
]);
