import type { Bench } from "../../bench/bench.js";
import { needsOfWorld } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { atLeast, joined } from "../../needs.js";
import { AS_SUPERVISOR, needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x2468_a000n;
const NEEDS = joined(needsOfWorld.legacy, needsOfRequest.dma);
const SEVERAL = joined(NEEDS, { capabilities: [{ NFR: atLeast(1) }] });
const PASIDS = joined(needsOfWorld["first-stage"], needsOfRequest["dma-with-pasid"]);
/** Each fault has a record of its own, also of one device. */
const APART = { faultCollapse: false } as const;

/** Legacy mode without any entry: every request faults. */
async function startEmpty(bench: Bench): Promise<void> {
  const world = bench.world("legacy");
  world.rootEntry.clear();
  await bench.start(world);
}

/** A fault of the endpoint of that number. */
async function fault(bench: Bench, endpoint: number): Promise<void> {
  await bench.endpoints.dma({ sourceId: bench.endpoint(endpoint), address: IOVA });
}

const indices = async (bench: Bench) => (await bench.faults.pending()).map(({ index }) => index);

const order = casesOf("7.2.1", [
  {
    id: "records-used-in-turn",
    title: "Faults use the records in turn, from the first to the last and on with the first",
    needs: joined(NEEDS, { abilities: ["exact-requests"] }),
    async steps(bench) {
      await startEmpty(bench);
      const { count } = bench.faults;
      for (let number = 0; number < 2 * count + 1; number++) {
        await fault(bench, 0);
        bench.expect.equal(`record of fault ${number}`, await indices(bench), [number % count]);
        await bench.expect.register("FSTS", { PPF: 1, PFO: 0, FRI: number % count });
        await bench.faults.clear();
      }
    },
  },
  {
    id: "second-fault-next-record",
    title: "A fault of another device while one is pending uses the next record, and FRI stays",
    needs: SEVERAL,
    async steps(bench) {
      await startEmpty(bench);
      await fault(bench, 0);
      await fault(bench, 1);
      bench.expect.equal("records", await indices(bench), [0, 1]);
      await bench.expect.register("FSTS", { PPF: 1, PFO: 0, FRI: 0 });
    },
  },
  {
    id: "ppf-is-or-of-all",
    title: "PPF is set until the last record is cleared",
    needs: SEVERAL,
    async steps(bench) {
      await startEmpty(bench);
      await fault(bench, 0);
      await fault(bench, 1);
      await bench.faults.clearRecord(0);
      await bench.expect.register("FSTS", { PPF: 1 }, "with one cleared");
      await bench.faults.clearRecord(1);
      await bench.expect.register("FSTS", { PPF: 0 }, "with both cleared");
    },
  },
  {
    id: "collapse-or-not",
    title: "A second fault of one device is recorded behind the first, or collapsed with it",
    needs: SEVERAL,
    async steps(bench) {
      await startEmpty(bench);
      await fault(bench, 0);
      const [first] = await bench.faults.pending();
      await bench.endpoints.dma({ address: IOVA + 0x5000n, access: "write" });
      const found = await bench.faults.pending();
      bench.expect.that("one or two records", found.length <= 2, found.length);
      bench.expect.equal("the first record", found[0]?.value, first?.value);
      await bench.expect.register("FSTS", { PFO: 0 });
    },
  },
  {
    id: "index-starts-over",
    title: "The index returns to 0 when translation of addresses and interrupts is disabled",
    needs: SEVERAL,
    async steps(bench) {
      await startEmpty(bench);
      await fault(bench, 0);
      await bench.faults.clear();
      await bench.commands.command("TE", false);
      await startEmpty(bench);
      await fault(bench, 0);
      bench.expect.equal("records", await indices(bench), [0]);
    },
  },
  {
    id: "index-kept-by-interrupt-remapping",
    title: "The index stays when address translation alone is disabled",
    needs: joined(SEVERAL, { capabilities: ["IR"] }),
    async steps(bench) {
      await bench.commands.setInterruptTable(bench.frames.allocate(1));
      await bench.commands.command("IRE");
      await startEmpty(bench);
      await fault(bench, 0);
      await bench.faults.clear();
      await bench.commands.command("TE", false);
      await startEmpty(bench);
      await fault(bench, 0);
      bench.expect.equal("records", await indices(bench), [1]);
    },
  },
]);

const overflow = casesOf("7.2.1", [
  {
    id: "overflow-keeps-records",
    title: "A fault that overflows changes no record, and its request is blocked",
    needs: NEEDS,
    with: APART,
    async steps(bench) {
      await startEmpty(bench);
      for (let index = 0; index < bench.faults.count; index++) await fault(bench, index);
      const before = await bench.faults.pending();
      const last = { sourceId: bench.endpoint(bench.faults.count), address: IOVA + 0x7000n };
      const { outcome } = await bench.endpoints.dma(last);
      bench.expect.equal("the request", outcome, "blocked");
      bench.expect.equal("the records", await bench.faults.pending(), before);
      await bench.expect.register("FSTS", { PFO: 1 });
    },
  },
  {
    id: "nothing-recorded-until-pfo-cleared",
    title: "While PFO is set no fault is recorded, although the records are free",
    needs: NEEDS,
    with: APART,
    async steps(bench) {
      await startEmpty(bench);
      for (let index = 0; index <= bench.faults.count; index++) await fault(bench, index);
      await bench.expect.register("FSTS", { PFO: 1 });
      for (const { index } of await bench.faults.pending()) await bench.faults.clearRecord(index);
      await bench.expect.register("FSTS", { PPF: 0, PFO: 1 }, "with the records cleared");
      await fault(bench, 0);
      bench.expect.equal("records while PFO is set", await indices(bench), []);
      await bench.registers.write("FSTS", { PFO: 1 });
      await bench.expect.register("FSTS", { PFO: 0 }, "when it is cleared");
      await fault(bench, 0);
      bench.expect.equal("records afterwards", (await indices(bench)).length, 1);
    },
  },
  {
    id: "goes-on-at-the-index",
    title: "After an overflow recording goes on at the current index",
    needs: SEVERAL,
    with: APART,
    async steps(bench) {
      await startEmpty(bench);
      await fault(bench, 0);
      await bench.faults.clear();
      // Records 1 to the last and 0 are used, then the next fault finds record 1.
      for (let index = 0; index <= bench.faults.count; index++) await fault(bench, index);
      await bench.expect.register("FSTS", { PFO: 1, FRI: 1 });
      await bench.faults.clear();
      await fault(bench, 0);
      bench.expect.equal("records", await indices(bench), [1]);
      await bench.expect.register("FSTS", { PPF: 1, PFO: 0, FRI: 1 });
    },
  },
]);

const contents = casesOf("7.2.1", [
  {
    id: "record-of-each-access",
    title: "A record tells reads, writes and AtomicOps apart",
    needs: joined(NEEDS, { abilities: ["atomic"] }),
    async steps(bench) {
      await startEmpty(bench);
      for (const access of ["read", "write", "atomic"] as const) {
        await bench.expectFault.dma("LRT.2", { address: IOVA, access });
      }
    },
  },
  {
    id: "record-of-each-address-type",
    title: "A record tells untranslated, translation and translated requests apart",
    needs: joined(NEEDS, needsOfRequest.translation, needsOfRequest.translated),
    async steps(bench) {
      await startEmpty(bench);
      await bench.expectFault.dma("LRT.2", { address: IOVA });
      await bench.expectFault.translation("LRT.2", { address: IOVA });
      await bench.expectFault.dma("LRT.2", { address: IOVA, translated: true });
    },
  },
  {
    id: "record-has-page-and-device",
    title: "A record has the page of the address and the source-id of the requester",
    needs: NEEDS,
    async steps(bench) {
      await startEmpty(bench);
      for (const address of [0x1ffcn, 0x7_fedc_bff8n, 0n]) {
        await bench.expectFault.dma("LRT.2", { address, sourceId: bench.endpoint(1) });
        await bench.expectFault.dma("LRT.2", { address });
      }
    },
  },
  {
    id: "record-of-pasid",
    title: "A record of a request with PASID has the PASID and the privilege",
    needs: joined(PASIDS, { capabilities: [{ PSS: 19 }] }),
    async steps(bench) {
      const world = bench.world("first-stage", { context: { pdts: 7, paside: true } });
      await bench.start(world);
      for (const pasid of [1, 0xf_ffff, 0x8_0000]) {
        const condition = pasid === 1 ? "SPT.2" : "SPD.2";
        await bench.expectFault.dma(condition, { pasid, address: IOVA });
      }
    },
  },
  {
    id: "record-of-privilege",
    title: "A record has the privilege that a request with PASID asked for",
    needs: joined(needsOfWorld["first-stage"], needsOfRequest.privileged),
    async steps(bench) {
      await bench.start(bench.world("first-stage", { pasid: { sre: true } }));
      await bench.expectFault.dma("SFS.2", { ...AS_SUPERVISOR, address: IOVA });
      await bench.expectFault.dma("SFS.2", { ...WITH_PASID, address: IOVA });
    },
  },
  {
    id: "record-without-pasid",
    title: "A record of a request without PASID has PP clear although RID_PASID was used",
    needs: joined(needsOfWorld["first-stage"], needsOfRequest.dma, { capabilities: ["RPS"] }),
    async steps(bench) {
      const world = bench.world("first-stage");
      world.contextEntry.set({ RID_PASID: 0x21 });
      await bench.start(world);
      await bench.expectFault.dma("SPT.2", { address: IOVA });
    },
  },
  {
    id: "record-kept-until-cleared",
    title: "F is cleared by writing 1 to it, and by nothing else",
    needs: NEEDS,
    async steps(bench) {
      await startEmpty(bench);
      await fault(bench, 0);
      const [before] = await bench.faults.pending();
      await bench.registers.writeDwords("FRCD0", 0n, [3, 0, 1, 2]);
      const [kept] = await bench.faults.pending();
      bench.expect.equal("the record after zeros", kept?.value, before?.value);
      await bench.faults.clearRecord(0);
      bench.expect.equal("records after the one", await indices(bench), []);
    },
  },
]);

export const faultRecording = [...order, ...overflow, ...contents];
