import { needsOfWorld, WORLD_PASID } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import { needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x1357_9000n;
const NEEDS = joined(needsOfWorld["first-stage"], needsOfRequest.dma);
const PASIDS = joined(needsOfWorld["first-stage"], needsOfRequest["dma-with-pasid"]);
const NOT_RECORDED = { recorded: false } as const;

export const faultProcessingDisable = casesOf("7.1.1", [
  {
    id: "directory-entry-not-present",
    title: "FPD of a PASID directory entry counts although the entry is not present",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      world.directoryEntry.set({ P: 0, FPD: 1 });
      await bench.start(world);
      await bench.expectFault.dma("SPD.2", { address: IOVA }, NOT_RECORDED);
    },
  },
  {
    id: "directory-entry-walk",
    title: "FPD of a PASID directory entry keeps faults of the walk behind it out of the records",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      world.directoryEntry.set({ FPD: 1 });
      await bench.start(world);
      await bench.expectFault.dma("SFS.2", { address: IOVA }, NOT_RECORDED);
      await bench.expectFault.dma("SGN.1", { address: 1n << 60n }, NOT_RECORDED);
    },
  },
  {
    id: "directory-entry-unqualified",
    title: "FPD of a PASID directory entry does not keep SPT.1 out of the records",
    needs: joined(NEEDS, { abilities: ["poison"] }),
    async steps(bench) {
      const world = bench.world("first-stage");
      world.directoryEntry.set({ FPD: 1 });
      await bench.poison(world.pasidEntry().address, 64);
      await bench.start(world);
      await bench.expectFault.dma("SPT.1", { address: IOVA });
    },
  },
  {
    id: "pasid-entry-not-present",
    title: "FPD of a PASID table entry counts although the entry is not present",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      world.pasidEntry().set({ P: 0, FPD: 1 });
      await bench.start(world);
      await bench.expectFault.dma("SPT.2", { address: IOVA }, NOT_RECORDED);
    },
  },
  {
    id: "pasid-entry-reserved",
    title: "FPD of a PASID table entry keeps SPT.3 out of the records",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      world.pasidEntry().set({ FPD: 1 }).setBits(5, 5, 1);
      await bench.start(world);
      await bench.expectFault.dma("SPT.3", { address: IOVA }, NOT_RECORDED);
    },
  },
  {
    id: "pasid-entry-walk",
    title: "FPD of a PASID table entry keeps faults of its walk out of the records",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      world.map(IOVA, bench.page(), { first: { write: false } });
      world.pasidEntry().set({ FPD: 1 });
      await bench.start(world);
      const write = { address: IOVA, access: "write" } as const;
      await bench.expectFault.dma("SGN.6", write, NOT_RECORDED);
      await bench.expectFault.dma("SFS.2", { address: IOVA + 0x1000n }, NOT_RECORDED);
    },
  },
  {
    id: "of-another-pasid",
    title: "FPD of one PASID does not keep faults of another one out of the records",
    needs: PASIDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      world.pasidEntry(WORLD_PASID).set({ FPD: 1 });
      await bench.start(world);
      await bench.expectFault.dma("SFS.2", { ...WITH_PASID, address: IOVA }, NOT_RECORDED);
      await bench.expectFault.dma("SFS.2", { address: IOVA });
    },
  },
  {
    id: "of-another-device",
    title: "FPD of one device does not keep faults of another one out of the records",
    needs: joined(needsOfWorld.legacy, needsOfRequest.dma),
    async steps(bench) {
      const world = bench.world("legacy");
      world.contextEntry.set({ FPD: 1 });
      const { second: secondStage, domain } = world;
      const sourceId = bench.endpoint(1);
      world.legacy.context(sourceId, { kind: "second-stage", secondStage, domain });
      await bench.start(world);
      await bench.expectFault.dma("LGN.3", { address: IOVA }, NOT_RECORDED);
      await bench.expectFault.dma("LGN.3", { sourceId, address: IOVA });
    },
  },
  {
    id: "changes-no-answer",
    title: "With FPD set requests that do not fault are served as before",
    needs: NEEDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      for (const entry of [world.contextEntry, world.directoryEntry, world.pasidEntry()]) {
        entry.set({ FPD: 1 });
      }
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectWrite(IOVA, page);
    },
  },
  {
    id: "page-request-still-answered",
    title: "FPD keeps a refused page request out of the records, and it is answered all the same",
    needs: joined(needsOfWorld["first-stage"], needsOfRequest["page-request"]),
    async steps(bench) {
      await bench.pageRequests.start();
      const world = bench.world("first-stage");
      world.pasidEntry().set({ P: 0, FPD: 1 });
      await bench.start(world);
      const request = { address: IOVA, group: 4 };
      await bench.expectFault.pageRequest("SPT.2", request, NOT_RECORDED);
      const [response] = await bench.events.responses();
      bench.expect.fields("the response", { ...response }, { group: 4, code: 1 });
    },
  },
  {
    id: "no-event",
    title: "A fault that FPD keeps out of the records sets nothing in FSTS, and raises no event",
    needs: joined(NEEDS, { abilities: ["interrupts"] }),
    async steps(bench) {
      const world = bench.world("first-stage");
      world.contextEntry.set({ FPD: 1 });
      await bench.start(world);
      await bench.events.unmask("fault");
      await bench.endpoints.dma({ address: IOVA });
      await bench.expect.register("FSTS", { PPF: 0, PFO: 0 });
      bench.expect.equal("interrupts", await bench.events.interrupts(), []);
    },
  },
]);
