/** Context-cache and PASID-cache invalidation (§6.5.2.1, §6.5.2.2), as Table 28 has software do it. */
import { FirstStageTable } from "../../../tables/first-stage.js";
import { SecondStageTable } from "../../../tables/second-stage.js";
import { LegacyTables } from "../../../tables/legacy.js";
import type { Bench } from "../../bench/bench.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld, WORLD_PASID, type World } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { expectChange, IOVA, pasidIotlb } from "./stale.js";

const DMA = { capabilities: ["QI"], abilities: ["dma"] } as const;
const PASID = { capabilities: ["PASID"], abilities: ["dma", "pasid"] } as const;

/** A second-stage table of the levels of the world's, in which IOVA leads to `page`. */
function otherSecondStage(bench: Bench, world: World, page: bigint): SecondStageTable {
  const { memory, frames, hostAddressWidth } = bench;
  const { levels } = world.second;
  const table = new SecondStageTable({ memory, frames, levels, hostAddressWidth });
  table.map(IOVA, page);
  return table;
}

function otherFirstStage({ memory, frames }: Bench, page: bigint): FirstStageTable {
  // Flags that a unit without snooped walks does not set.
  const table = new FirstStageTable({ memory, frames, accessed: true });
  table.map(IOVA, page, { accessed: true, dirty: true });
  return table;
}

/** A legacy world whose context entry comes to point to other tables, in a domain of their own. */
async function changedContext(
  bench: Bench,
  invalidation: readonly (readonly bigint[])[],
): Promise<void> {
  const world = bench.world("legacy");
  const [before, after] = [bench.page(), bench.page()];
  world.map(IOVA, before);
  const other = otherSecondStage(bench, world, after);
  await bench.start(world);
  const change = () => void world.contextEntry.set({ SSPTPTR: other.pointer, DID: 2 });
  await expectChange(bench, { before, after }, change, invalidation);
}

const iotlbDomain = descriptor("IOTLB_INV", { G: 2, DID: 1 });
const iotlbGlobal = descriptor("IOTLB_INV", { G: 1 });
const LEGACY = joined(needsOfWorld.legacy, DMA);

const legacy = casesOf("6.5.2.1", [
  {
    id: "global-legacy",
    title: "A global context-cache invalidation makes a changed legacy context entry count",
    needs: LEGACY,
    steps: (bench) => changedContext(bench, [descriptor("CC_INV", { G: 1 }), iotlbGlobal]),
  },
  {
    id: "domain-legacy",
    title: "A domain-selective one makes the changed context entries of its domain count",
    needs: LEGACY,
    steps: (bench) => changedContext(bench, [descriptor("CC_INV", { G: 2, DID: 1 }), iotlbDomain]),
  },
  {
    id: "device-legacy",
    title: "A device-selective one makes the changed context entry of its device count",
    needs: LEGACY,
    steps: (bench) => {
      const fields = { G: 3, DID: 1, SID: bench.endpoint() };
      return changedContext(bench, [descriptor("CC_INV", fields), iotlbDomain]);
    },
  },
  ...[
    [1, 0b100, "bit 2"],
    [2, 0b110, "bits 2:1"],
    [3, 0b111, "bits 2:0"],
  ].map(([FM, mask, words]) => ({
    id: `function-mask-${FM}`,
    title: `Function mask ${FM} leaves ${words} of the source-id out of account`,
    needs: LEGACY,
    steps: (bench: Bench) => {
      const SID = bench.endpoint() ^ (mask as number);
      const fields = { G: 3, DID: 1, SID, FM: FM as number };
      return changedContext(bench, [descriptor("CC_INV", fields), iotlbDomain]);
    },
  })),
  {
    id: "context-entry-becomes-absent",
    title: "After the invalidation of a context entry that is not present any more, requests fault",
    needs: LEGACY,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      world.contextEntry.set({ P: 0 });
      const fields = { G: 3, DID: 1, SID: bench.endpoint() };
      await bench.queue.run(descriptor("CC_INV", fields), iotlbDomain);
      await bench.expectFault.dma("LCT.2", { address: IOVA });
    },
  },
  {
    id: "root-entry-changes",
    title: "A global invalidation makes a root entry that points to another context table count",
    needs: LEGACY,
    async steps(bench) {
      const world = bench.world("legacy");
      const [before, after] = [bench.page(), bench.page()];
      world.map(IOVA, before);
      const { memory, frames } = bench;
      const others = LegacyTables.create({ memory, frames });
      const secondStage = otherSecondStage(bench, world, after);
      others.context(bench.endpoint(), { kind: "second-stage", secondStage, domain: 2 });
      await bench.start(world);
      const CTP = others.rootEntry(bench.endpoint()).get("CTP");
      const change = () => void world.rootEntry.set({ CTP });
      const invalidation = [descriptor("CC_INV", { G: 1 }), iotlbGlobal];
      await expectChange(bench, { before, after }, change, invalidation);
    },
  },
]);

/** A scalable-mode context entry that comes to point to another PASID directory. */
async function changedDirectory(
  bench: Bench,
  contextCache: readonly bigint[],
  pasidCache: readonly bigint[] = descriptor("PASID_CACHE_INV", { G: 0, DID: 1 }),
): Promise<void> {
  const world = bench.world("first-stage");
  const [before, after] = [bench.page(), bench.page()];
  world.map(IOVA, before);
  const other = bench.world("first-stage", { domain: 2 }).map(IOVA, after);
  await bench.start(world);
  const PASIDDIRPTR = other.contextEntry.get("PASIDDIRPTR");
  const change = () => void world.contextEntry.set({ PASIDDIRPTR });
  const invalidation = [contextCache, pasidCache, iotlbDomain];
  await expectChange(bench, { before, after }, change, invalidation);
}

const FIRST_STAGE = joined(needsOfWorld["first-stage"], DMA);

const scalable = casesOf("6.5.2.1", [
  {
    id: "global-scalable",
    title: "A global context-cache invalidation makes a changed scalable-mode context entry count",
    needs: FIRST_STAGE,
    steps: (bench) => changedDirectory(bench, descriptor("CC_INV", { G: 1 })),
  },
  {
    id: "domain-is-global-in-scalable-mode",
    title: "In scalable mode a domain-selective context-cache invalidation is a global one",
    needs: FIRST_STAGE,
    steps: (bench) => changedDirectory(bench, descriptor("CC_INV", { G: 2, DID: 0x77 })),
  },
  {
    id: "device-ignores-domain-in-scalable-mode",
    title: "In scalable mode a device-selective context-cache invalidation ignores its domain-id",
    needs: FIRST_STAGE,
    steps: (bench) => {
      const fields = { G: 3, DID: 0x77, SID: bench.endpoint() };
      return changedDirectory(bench, descriptor("CC_INV", fields));
    },
  },
  {
    id: "scalable-root-entry-changes",
    title: "Global invalidations make a scalable-mode root entry that points elsewhere count",
    needs: FIRST_STAGE,
    async steps(bench) {
      const world = bench.world("first-stage");
      const [before, after] = [bench.page(), bench.page()];
      world.map(IOVA, before);
      const other = bench.world("first-stage", { domain: 2 }).map(IOVA, after);
      await bench.start(world);
      const half = (bench.endpoint() & 0x80) === 0 ? "LCTP" : "UCTP";
      const change = () => void world.rootEntry.set({ [half]: other.rootEntry.get(half) });
      const invalidation = [
        descriptor("CC_INV", { G: 1 }),
        descriptor("PASID_CACHE_INV", { G: 3 }),
        iotlbGlobal,
      ];
      await expectChange(bench, { before, after }, change, invalidation);
    },
  },
]);

/** A PASID table entry that comes to point to another first-stage table. */
async function changedPasidEntry(
  bench: Bench,
  pasid: number | undefined,
  pasidCache: readonly bigint[],
  iotlb: readonly bigint[],
): Promise<void> {
  const world = bench.world("first-stage");
  const [before, after] = [bench.page(), bench.page()];
  world.map(IOVA, before);
  const FSPTPTR = otherFirstStage(bench, after).pointer;
  await bench.start(world);
  const change = () => void world.pasidEntry(pasid).set({ FSPTPTR });
  const request = pasid === undefined ? {} : { pasid };
  await expectChange(bench, { before, after }, change, [pasidCache, iotlb], request);
}

const pasidCaches = casesOf("6.5.2.2", [
  {
    id: "global",
    title: "A global PASID-cache invalidation makes a changed PASID table entry count",
    needs: joined(needsOfWorld["first-stage"], PASID),
    steps: (bench) =>
      changedPasidEntry(bench, WORLD_PASID, descriptor("PASID_CACHE_INV", { G: 3 }), iotlbGlobal),
  },
  {
    id: "domain",
    title: "A domain-selective one makes the changed PASID table entries of its domain count",
    needs: joined(needsOfWorld["first-stage"], PASID),
    steps: (bench) => {
      const invalidation = descriptor("PASID_CACHE_INV", { G: 0, DID: 1 });
      return changedPasidEntry(bench, WORLD_PASID, invalidation, iotlbDomain);
    },
  },
  {
    id: "domain-ignores-pasid",
    title: "A domain-selective PASID-cache invalidation ignores its PASID",
    needs: joined(needsOfWorld["first-stage"], PASID),
    steps: (bench) => {
      const invalidation = descriptor("PASID_CACHE_INV", { G: 0, DID: 1, PASID: 0x7_7777 });
      return changedPasidEntry(bench, WORLD_PASID, invalidation, iotlbDomain);
    },
  },
  {
    id: "pasid",
    title: "A PASID-selective one makes the changed entry of its PASID count",
    needs: joined(needsOfWorld["first-stage"], PASID),
    steps: (bench) => {
      const fields = { G: 1, DID: 1, PASID: WORLD_PASID };
      const invalidation = descriptor("PASID_CACHE_INV", fields);
      return changedPasidEntry(bench, WORLD_PASID, invalidation, pasidIotlb(WORLD_PASID));
    },
  },
  {
    id: "rid-pasid",
    title: "A PASID-selective one of RID_PASID makes the entry of requests without PASID count",
    needs: FIRST_STAGE,
    steps: (bench) => {
      const invalidation = descriptor("PASID_CACHE_INV", { G: 1, DID: 1, PASID: 0 });
      return changedPasidEntry(bench, undefined, invalidation, pasidIotlb(0));
    },
  },
  {
    id: "domain-bits-beyond-nd-ignored",
    title: "Domain-id bits that the unit does not have are ignored by PASID-cache invalidations",
    needs: FIRST_STAGE,
    with: { capabilities: { ND: 2 } },
    steps: (bench) => {
      const invalidation = descriptor("PASID_CACHE_INV", { G: 0, DID: 0xff01 });
      return changedPasidEntry(bench, undefined, invalidation, iotlbDomain);
    },
  },
]);

const guidance = casesOf("6.5.3.3", [
  {
    id: "pasid-entry-becomes-absent",
    title: "After the invalidations of Table 28 a PASID that is not present any more faults",
    needs: joined(needsOfWorld["first-stage"], PASID),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page, { pasid: WORLD_PASID });
      world.pasidEntry(WORLD_PASID).set({ P: 0 });
      const cache = descriptor("PASID_CACHE_INV", { G: 1, DID: 1, PASID: WORLD_PASID });
      await bench.queue.run(cache, pasidIotlb(WORLD_PASID));
      await bench.expectFault.dma("SPT.2", { address: IOVA, pasid: WORLD_PASID });
    },
  },
  {
    id: "second-stage-pasid-becomes-absent",
    title:
      "After the invalidations of Table 28 a second-stage PASID that is not present any more faults",
    needs: joined(needsOfWorld["second-stage"], DMA),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage").map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      world.pasidEntry().set({ P: 0 });
      const cache = descriptor("PASID_CACHE_INV", { G: 1, DID: 1, PASID: 0 });
      await bench.queue.run(cache, iotlbDomain);
      await bench.expectFault.dma("SPT.2", { address: IOVA });
    },
  },
  {
    id: "pass-through-becomes-translated",
    title: "A PASID that changes from pass-through to the first stage is translated afterwards",
    needs: joined(needsOfWorld["pass-through"], needsOfWorld["first-stage"], DMA),
    async steps(bench) {
      const [page, after] = [bench.page(), bench.page()];
      const world = bench.world("pass-through");
      const { memory, frames } = bench;
      const firstStage = new FirstStageTable({ memory, frames, accessed: true });
      firstStage.map(page, after, { accessed: true, dirty: true });
      await bench.start(world);
      await bench.expectRead(page, page);
      const common = { domain: 1, pwsnp: bench.has("SMPWCS") };
      world.scalable.pasid(bench.endpoint(), 0, { kind: "first-stage", firstStage, ...common });
      const cache = descriptor("PASID_CACHE_INV", { G: 1, DID: 1, PASID: 0 });
      await bench.queue.run(cache, pasidIotlb(0));
      await bench.expectRead(page, after);
    },
  },
  {
    id: "directory-entry-changes",
    title:
      "A PASID directory entry that points to another PASID table counts after the invalidations",
    needs: joined(needsOfWorld["first-stage"], PASID),
    async steps(bench) {
      const world = bench.world("first-stage");
      const [before, after] = [bench.page(), bench.page()];
      world.map(IOVA, before);
      const other = bench.world("first-stage", { domain: 2 }).map(IOVA, after);
      await bench.start(world);
      const SMPTBLPTR = other.directoryEntry.get("SMPTBLPTR");
      const change = () => void world.directoryEntry.set({ SMPTBLPTR });
      const cache = descriptor("PASID_CACHE_INV", { G: 1, DID: 1, PASID: WORLD_PASID });
      const request = { pasid: WORLD_PASID };
      await expectChange(bench, { before, after }, change, [cache, iotlbDomain], request);
    },
  },
  {
    id: "domain-id-used-again",
    title: "A domain-id that is used again for other tables has nothing of the old ones",
    needs: joined(needsOfWorld["second-stage"], DMA),
    async steps(bench) {
      const world = bench.world("second-stage");
      const [before, after] = [bench.page(), bench.page()];
      world.map(IOVA, before);
      const other = otherSecondStage(bench, world, after);
      await bench.start(world);
      const change = () => void world.pasidEntry().set({ SSPTPTR: other.pointer });
      const cache = descriptor("PASID_CACHE_INV", { G: 0, DID: 1 });
      await expectChange(bench, { before, after }, change, [cache, iotlbDomain]);
    },
  },
]);

/** Cases of context-cache and PASID-cache invalidation. */
export const contextAndPasidCaches: readonly ConformanceCase[] = [
  ...[...legacy, ...scalable, ...pasidCaches, ...guidance],
];
