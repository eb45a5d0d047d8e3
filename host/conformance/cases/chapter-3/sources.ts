import type { Bench } from "../../bench/bench.js";
import { needsOfWorld, WORLD_PASID, type World } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { atLeast, joined } from "../../needs.js";
import { FirstStageTable, SecondStageTable } from "../../../tables/index.js";
import { needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x789a_b000n;
const LEGACY = joined(needsOfWorld.legacy, needsOfRequest.dma);
const SCALABLE = joined(needsOfWorld["first-stage"], needsOfRequest.dma);
const PASIDS = joined(needsOfWorld["first-stage"], needsOfRequest["dma-with-pasid"]);
const ANY_SOURCE = { abilities: ["any-source-id"] } as const;

/** A second stage beside that of the world, which maps IOVA to a page of its own. */
function anotherSecondStage(bench: Bench, world: World): { table: SecondStageTable; page: bigint } {
  const { memory, frames, hostAddressWidth } = bench;
  const { levels } = world.second;
  const table = new SecondStageTable({ memory, frames, levels, hostAddressWidth });
  const page = bench.page();
  table.map(IOVA, page);
  return { table, page };
}

/** Likewise a first stage. */
function anotherFirstStage(bench: Bench): { table: FirstStageTable; page: bigint } {
  const { memory, frames } = bench;
  const table = new FirstStageTable({ memory, frames });
  const page = bench.page();
  table.map(IOVA, page);
  return { table, page };
}

const legacyMode = casesOf("3.4.2", [
  {
    id: "devices-have-entries-of-their-own",
    title: "Requests of two devices are translated by the context entry of each",
    needs: LEGACY,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, page);
      const { table, page: other } = anotherSecondStage(bench, world);
      const second = { kind: "second-stage", secondStage: table, domain: 2 } as const;
      world.legacy.context(bench.endpoint(1), second);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectRead(IOVA, other, { sourceId: bench.endpoint(1) });
      await bench.expectRead(IOVA, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "every-function-of-a-bus",
    title: "Device and function number select one of 256 context entries",
    needs: joined(LEGACY, ANY_SOURCE),
    async steps(bench) {
      const world = bench.world("legacy", { sourceId: 0x0700 }).map(IOVA, bench.page());
      const functions = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff];
      const pages = functions.map((devfn) => {
        const { table, page } = anotherSecondStage(bench, world);
        const context = { kind: "second-stage", secondStage: table, domain: 2 + devfn } as const;
        world.legacy.context(0x0700 | devfn, context);
        return page;
      });
      await bench.start(world);
      for (const [index, devfn] of functions.entries()) {
        await bench.expectRead(IOVA, pages[index]!, { sourceId: 0x0700 | devfn });
      }
      await bench.expectFault.dma("LCT.2", { sourceId: 0x0703, address: IOVA });
    },
  },
  {
    id: "every-bus",
    title: "The bus number selects one of 256 root entries",
    needs: joined(LEGACY, ANY_SOURCE),
    async steps(bench) {
      const world = bench.world("legacy", { sourceId: 0x0008 }).map(IOVA, bench.page());
      const buses = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff];
      const pages = buses.map((bus) => {
        const { table, page } = anotherSecondStage(bench, world);
        const context = { kind: "second-stage", secondStage: table, domain: 2 + bus } as const;
        world.legacy.context((bus << 8) | 0x08, context);
        return page;
      });
      await bench.start(world);
      for (const [index, bus] of buses.entries()) {
        await bench.expectRead(IOVA, pages[index]!, { sourceId: (bus << 8) | 0x08 });
      }
      await bench.expectFault.dma("LRT.2", { sourceId: 0x0308, address: IOVA });
    },
  },
  {
    id: "devices-share-a-domain",
    title: "Two devices may share tables and domain-id",
    needs: LEGACY,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, page);
      const { second: secondStage, domain } = world;
      const sourceId = bench.endpoint(1);
      world.legacy.context(sourceId, { kind: "second-stage", secondStage, domain });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectRead(IOVA, page, { sourceId });
      await bench.expectWrite(IOVA, page, { sourceId });
      await bench.expectFault.none();
    },
  },
  {
    id: "pass-through-beside-translation",
    title: "One device passes through while another is translated",
    needs: joined(LEGACY, needsOfWorld["legacy-pass-through"]),
    async steps(bench) {
      const [page, passed] = [bench.page(), bench.page()];
      const world = bench.world("legacy").map(IOVA, page);
      const widest = 31 - Math.clz32(bench.value("SAGAW"));
      const addressWidth = ([39, 48, 57] as const)[widest - 1]!;
      const sourceId = bench.endpoint(1);
      world.legacy.context(sourceId, { kind: "pass-through", domain: 2, addressWidth });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectRead(passed, passed, { sourceId });
      await bench.expectFault.none();
    },
  },
]);

const scalableMode = casesOf("3.4.3", [
  {
    id: "lower-and-upper-context-table",
    title: "Devices 0 to 15 use the lower context table, devices 16 to 31 the upper one",
    needs: joined(SCALABLE, ANY_SOURCE),
    async steps(bench) {
      const world = bench.world("first-stage", { sourceId: 0x0900 }).map(IOVA, bench.page());
      const functions = [0x01, 0x08, 0x40, 0x7f, 0x80, 0x81, 0xc0, 0xff];
      const pages = functions.map((devfn) => {
        const { table, page } = anotherFirstStage(bench);
        world.scalable.context(0x0900 | devfn);
        const pasid = { kind: "first-stage", firstStage: table, domain: 2 + devfn } as const;
        world.scalable.pasid(0x0900 | devfn, 0, { ...pasid, pwsnp: bench.has("SMPWCS") });
        return page;
      });
      await bench.start(world);
      for (const [index, devfn] of functions.entries()) {
        await bench.expectRead(IOVA, pages[index]!, { sourceId: 0x0900 | devfn });
      }
      await bench.expectFault.dma("SCT.2", { sourceId: 0x0902, address: IOVA });
    },
  },
  {
    id: "rid-pasid-of-requests-without-pasid",
    title: "Requests without PASID are translated as RID_PASID says",
    needs: joined(SCALABLE, { capabilities: ["RPS"] }),
    async steps(bench) {
      const { table, page } = anotherFirstStage(bench);
      const world = bench.world("first-stage");
      world.contextEntry.set({ RID_PASID: 0x1234 });
      const pasid = { kind: "first-stage", firstStage: table, domain: 7 } as const;
      world.scalable.pasid(world.sourceId, 0x1234, { ...pasid, pwsnp: bench.has("SMPWCS") });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expectFault.none();
    },
  },
  {
    id: "pasid-0-without-rid-pasid",
    title: "A unit without RID_PASID uses PASID 0 for requests without PASID",
    needs: joined(SCALABLE, { capabilities: ["!RPS"] }),
    with: { capabilities: { RPS: 0 } },
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      if (bench.has("PASID")) world.pasidEntry(WORLD_PASID).set({ P: 0 });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      world.pasidEntry(0).set({ P: 0 });
      await bench.invalidateAll();
      await bench.expectFault.dma("SPT.2", { address: IOVA });
    },
  },
  {
    id: "pasid-selects-entry",
    title: "PASIDs of one device select entries of the PASID directory and its tables",
    needs: joined(PASIDS, { capabilities: [{ PSS: atLeast(12) }] }),
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page());
      const pasids = [1, 2, 4, 8, 16, 32, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x1fff];
      const pages = pasids.map((pasid) => {
        const { table, page } = anotherFirstStage(bench);
        const entry = { kind: "first-stage", firstStage: table, domain: 3 } as const;
        const pwsnp = bench.has("SMPWCS");
        world.scalable.pasid(world.sourceId, pasid, { ...entry, pwsnp });
        return page;
      });
      await bench.start(world);
      for (const [index, pasid] of pasids.entries()) {
        await bench.expectRead(IOVA, pages[index]!, { pasid });
      }
      await bench.expectFault.dma("SPT.2", { pasid: 3, address: IOVA });
      await bench.expectFault.dma("SPD.2", { pasid: 0x0c00, address: IOVA });
    },
  },
  ...caseForEach([0, 1, 3, 6], (pdts) => ({
    id: `directory-size-${pdts}`,
    title: `A PASID directory of size ${pdts} has ${2 ** (pdts + 7)} entries`,
    needs: joined(PASIDS, { capabilities: [{ PSS: atLeast(pdts + 13) }] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", {
        context: {
          ...{ pdts, paside: true, dte: bench.has("DT"), pre: bench.has("PRS") },
        },
      });
      const last = 2 ** (pdts + 13) - 1;
      world.map(IOVA, page).addPasid(last);
      await bench.start(world);
      await bench.expectRead(IOVA, page, { pasid: last });
      await bench.expectFault.dma("SCT.7", { pasid: last + 1, address: IOVA });
    },
  })),
  {
    id: "largest-pasid",
    title: "The largest PASID of 20 bits is translated",
    needs: joined(PASIDS, { capabilities: [{ PSS: 19 }] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", { context: { pdts: 7, paside: true } });
      world.map(IOVA, page).addPasid(0xf_ffff);
      await bench.start(world);
      await bench.expectRead(IOVA, page, { pasid: 0xf_ffff });
      await bench.expectFault.none();
    },
  },
  {
    id: "pasids-of-two-devices",
    title: "The same PASID of two devices has an entry for each",
    needs: PASIDS,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      const { table, page: other } = anotherFirstStage(bench);
      const sourceId = bench.endpoint(1);
      world.scalable.context(sourceId, { paside: true });
      const entry = { kind: "first-stage", firstStage: table, domain: 3 } as const;
      world.scalable.pasid(sourceId, WORLD_PASID, { ...entry, pwsnp: bench.has("SMPWCS") });
      await bench.start(world);
      await bench.expectRead(IOVA, page, WITH_PASID);
      await bench.expectRead(IOVA, other, { ...WITH_PASID, sourceId });
      await bench.expectFault.none();
    },
  },
  {
    id: "stages-by-pasid",
    title: "One PASID uses the first stage and another one the second",
    needs: joined(PASIDS, needsOfWorld["second-stage"]),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage").map(IOVA, page);
      const { table, page: other } = anotherFirstStage(bench);
      const entry = { kind: "first-stage", firstStage: table, domain: 3 } as const;
      world.scalable.pasid(world.sourceId, 9, { ...entry, pwsnp: bench.has("SMPWCS") });
      await bench.start(world);
      await bench.expectRead(IOVA, page, WITH_PASID);
      await bench.expectRead(IOVA, other, { pasid: 9 });
      await bench.expectRead(IOVA, page);
      await bench.expectFault.none();
    },
  },
]);

const ABORT = 3n << 10n;
const ADMS = { capabilities: ["ADMS"], abilities: ["dma"] } as const;

const abortMode = casesOf("3.4.4", [
  {
    id: "abort-mode-needs-no-root-table",
    title: "In abort-DMA mode every request is blocked without a look at the root table",
    needs: joined(ADMS, { abilities: ["poison"] }),
    async steps(bench) {
      const nowhere = bench.page();
      await bench.poison(nowhere, 4096);
      await bench.start({ rootTableAddress: nowhere | ABORT });
      await bench.expectFault.dma("RTA.4", { address: IOVA });
      await bench.expectFault.dma("RTA.4", { address: 0n, access: "write" });
    },
  },
  {
    id: "abort-mode-to-translation",
    title: "SRTP leads from abort-DMA mode to translation while translation is enabled",
    needs: joined(SCALABLE, ADMS, { capabilities: ["ESRTPS"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      await bench.start({ rootTableAddress: ABORT });
      await bench.expectFault.dma("RTA.4", { address: IOVA });
      await bench.commands.setRoot(world.rootTableAddress);
      await bench.expect.register("GSTS", { TES: 1, RTPS: 1 });
      await bench.expectRead(IOVA, page);
    },
  },
  {
    id: "abort-mode-off",
    title: "In abort-DMA mode requests pass again once translation is disabled",
    needs: ADMS,
    async steps(bench) {
      const page = bench.page();
      await bench.start({ rootTableAddress: ABORT });
      await bench.expectFault.dma("RTA.4", { address: page });
      await bench.commands.command("TE", false);
      await bench.expectRead(page, page);
      await bench.expectFault.none();
    },
  },
]);

export const sources = [...legacyMode, ...scalableMode, ...abortMode];
