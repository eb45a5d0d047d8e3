/** Entries that fault (§6.1, §6.2.2 to §6.2.5.5, §6.4): not cached with CM clear, until invalidated with CM set. */
import { remappableMessage } from "../../../tables/interrupt-table.js";
import type { Bench } from "../../bench/bench.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld, WORLD_PASID, type World, type WorldKind } from "../../bench/world.js";
import { casesOf, type CaseNeeds, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import {
  expectBlocked,
  expectDelivered,
  REMAPPING,
  startRemapping,
} from "../chapter-5/remapping.js";
import { IOVA, iotlbPage } from "./stale.js";

const DMA = { abilities: ["dma"] } as const;
const NO_CACHING_MODE = { capabilities: ["!CM"] };

/** Something of a world that faults, and what undoes it; the fault is `condition`. */
interface Spoiled {
  readonly id: string;
  readonly what: string;
  readonly section: string;
  readonly kind: WorldKind;
  readonly condition: string;
  readonly pasid?: number;
  readonly needs?: CaseNeeds;
  readonly spoil: (world: World) => () => void;
}

/** Clears a field, and answers what sets it again. */
const cleared = (field: string, entryOf: (world: World) => World["contextEntry"]) =>
  function spoil(world: World) {
    const entry = entryOf(world);
    const before = entry.read();
    entry.set({ [field]: 0 });
    return () => void entry.write(before);
  };

/** Sets a reserved bit, and answers what clears it again. */
const damaged = (bit: number, entryOf: (world: World) => World["contextEntry"]) =>
  function spoil(world: World) {
    const entry = entryOf(world);
    const before = entry.read();
    entry.setBits(bit, bit, 1);
    return () => void entry.write(before);
  };

/** Clears R and W of a second-stage entry. */
const forbidden = (level: 1 | 2 | 3) =>
  function spoil(world: World) {
    const entry = world.second.entry(IOVA, level);
    const before = entry.read();
    entry.set({ R: 0, W: 0 });
    return () => void entry.write(before);
  };

const PASID = { capabilities: ["PASID"], abilities: ["pasid"] } as const;

const spoiled: readonly Spoiled[] = [
  {
    id: "legacy-root-entry",
    what: "a legacy root entry that is not present",
    section: "6.2.2",
    kind: "legacy",
    condition: "LRT.2",
    spoil: cleared("P", (world) => world.rootEntry),
  },
  {
    id: "legacy-context-entry",
    what: "a legacy context entry that is not present",
    section: "6.2.2",
    kind: "legacy",
    condition: "LCT.2",
    spoil: cleared("P", (world) => world.contextEntry),
  },
  {
    id: "legacy-context-reserved",
    what: "a legacy context entry with reserved bits",
    section: "6.2.2",
    kind: "legacy",
    condition: "LCT.3",
    spoil: damaged(127, (world) => world.contextEntry),
  },
  {
    id: "legacy-leaf",
    what: "a legacy second-stage leaf without rights",
    section: "6.2.4.1",
    kind: "legacy",
    condition: "LGN.3",
    spoil: forbidden(1),
  },
  {
    id: "legacy-table",
    what: "a legacy second-stage entry that points to a table, without rights",
    section: "6.2.5.5",
    kind: "legacy",
    condition: "LGN.3",
    spoil: forbidden(2),
  },
  {
    id: "scalable-context-entry",
    what: "a scalable-mode context entry that is not present",
    section: "6.2.2",
    kind: "first-stage",
    condition: "SCT.2",
    spoil: cleared("P", (world) => world.contextEntry),
  },
  {
    id: "directory-entry",
    what: "a PASID directory entry that is not present",
    section: "6.2.3",
    kind: "first-stage",
    condition: "SPD.2",
    spoil: cleared("P", (world) => world.directoryEntry),
  },
  {
    id: "pasid-entry",
    what: "a PASID table entry that is not present",
    section: "6.2.3",
    kind: "first-stage",
    condition: "SPT.2",
    pasid: WORLD_PASID,
    needs: PASID,
    spoil: cleared("P", (world) => world.pasidEntry(WORLD_PASID)),
  },
  {
    id: "pasid-entry-unsupported-type",
    what: "a PASID table entry with a reserved translation type",
    section: "6.2.3",
    kind: "first-stage",
    condition: "SPT.4.2",
    spoil(world) {
      const entry = world.pasidEntry();
      const before = entry.read();
      entry.set({ PGTT: 7 });
      return () => void entry.write(before);
    },
  },
  {
    id: "second-stage-leaf",
    what: "a second-stage leaf without rights",
    section: "6.2.4.1",
    kind: "second-stage",
    condition: "SSS.2",
    spoil: forbidden(1),
  },
  {
    id: "second-stage-table",
    what: "a second-stage entry that points to a table, without rights",
    section: "6.2.5.5",
    kind: "second-stage",
    condition: "SSS.2",
    spoil: forbidden(3),
  },
  {
    id: "second-stage-reserved",
    what: "a second-stage entry with reserved bits",
    section: "6.2.5.5",
    kind: "second-stage",
    condition: "SSS.3",
    spoil: damaged(51, (world) => world.second.entry(IOVA, 2)),
  },
];

/** First-stage entries: whatever CM says, what faulted was not cached. */
const firstStage: readonly Spoiled[] = (["first-stage", "nested"] as const).flatMap((kind) => [
  {
    id: `leaf-${kind}`,
    what: `a first-stage leaf that is not present (${kind})`,
    section: "6.2.4.1",
    kind,
    condition: "SFS.2",
    spoil: cleared("P", (world) => world.first.entry(IOVA, 1)),
  },
  {
    id: `table-${kind}`,
    what: `a first-stage entry that points to a table, and is not present (${kind})`,
    section: "6.2.5.5",
    kind,
    condition: "SFS.2",
    spoil: cleared("P", (world) => world.first.entry(IOVA, 3)),
  },
]);

/** The request faults; what was wrong is put right; it succeeds. */
async function expectMended(
  bench: Bench,
  { kind, condition, pasid, spoil }: Spoiled,
  invalidation: readonly (readonly bigint[])[] = [],
): Promise<void> {
  const page = bench.page();
  const world = bench.world(kind).map(IOVA, page);
  const mend = spoil(world);
  await bench.start(world);
  const request = pasid === undefined ? {} : { pasid };
  for (let time = 0; time < 2; time++) {
    await bench.expectFault.dma(condition, { ...request, address: IOVA });
  }
  mend();
  if (invalidation.length > 0) await bench.queue.run(...invalidation);
  await bench.expectRead(IOVA, page, request);
  await bench.expectFault.none("afterwards");
}

const without: readonly ConformanceCase[] = [
  ...spoiled.map((each) => ({ ...each, needs: joined(NO_CACHING_MODE, each.needs ?? {}) })),
  ...firstStage,
].flatMap((each) =>
  casesOf(each.section, [
    {
      id: `not-cached-${each.id}`,
      title: `What faulted for ${each.what} serves without an invalidation, once it is good`,
      needs: joined(needsOfWorld[each.kind], DMA, each.needs ?? {}),
      steps: (bench) => expectMended(bench, each),
    },
  ]),
);

const CM = { capabilities: { CM: 1 } };
const ofDevice = (bench: Bench, DID: number) =>
  descriptor("CC_INV", { G: 3, DID, SID: bench.endpoint() });

/** What Table 28 asks for with CM set; entries that faulted have domain-id 0 (§6.2.2, §6.2.3). */
const invalidations: Readonly<Record<string, (bench: Bench) => bigint[][]>> = {
  "legacy-root-entry": () => [descriptor("CC_INV", { G: 1 }), descriptor("IOTLB_INV", { G: 1 })],
  "legacy-context-entry": (bench) => [
    ofDevice(bench, 0),
    descriptor("IOTLB_INV", { G: 2, DID: 1 }),
  ],
  "legacy-context-reserved": () => [
    descriptor("CC_INV", { G: 2, DID: 0 }),
    descriptor("IOTLB_INV", { G: 2, DID: 1 }),
  ],
  "legacy-leaf": () => [iotlbPage({ ADDR: IOVA, IH: 1 })],
  "legacy-table": () => [iotlbPage({ ADDR: IOVA, IH: 0 })],
  "scalable-context-entry": (bench) => [
    ofDevice(bench, 0),
    descriptor("PASID_CACHE_INV", { G: 0, DID: 0 }),
    descriptor("IOTLB_INV", { G: 2, DID: 1 }),
  ],
  "directory-entry": () => [
    descriptor("PASID_CACHE_INV", { G: 1, DID: 0, PASID: 0 }),
    descriptor("IOTLB_INV", { G: 2, DID: 1 }),
  ],
  "pasid-entry": () => [
    descriptor("PASID_CACHE_INV", { G: 1, DID: 0, PASID: WORLD_PASID }),
    descriptor("PASID_IOTLB_INV", { G: 2, DID: 1, PASID: WORLD_PASID }),
  ],
  "pasid-entry-unsupported-type": () => [
    descriptor("PASID_CACHE_INV", { G: 0, DID: 0 }),
    descriptor("IOTLB_INV", { G: 2, DID: 1 }),
  ],
  "second-stage-leaf": () => [iotlbPage({ ADDR: IOVA, IH: 1 })],
  "second-stage-table": () => [iotlbPage({ ADDR: IOVA, IH: 0 })],
  "second-stage-reserved": () => [descriptor("IOTLB_INV", { G: 2, DID: 1 })],
};

const withCachingMode: readonly ConformanceCase[] = [
  ...spoiled.flatMap((each) =>
    casesOf(each.section, [
      {
        id: `caching-mode-${each.id}`,
        title: `With CM set ${each.what} serves after its invalidation, once it is good`,
        needs: joined(needsOfWorld[each.kind], DMA, each.needs ?? {}, {
          capabilities: each.id.includes("-leaf") || each.id.includes("-table") ? ["PSI"] : [],
        }),
        with: CM,
        steps: (bench) => expectMended(bench, each, invalidations[each.id]?.(bench)),
      },
    ]),
  ),
  ...firstStage.flatMap((each) =>
    casesOf(each.section, [
      {
        id: `caching-mode-${each.id}`,
        title: `With CM set too, what faulted for ${each.what} serves without an invalidation`,
        needs: joined(needsOfWorld[each.kind], DMA),
        with: CM,
        steps: (bench) => expectMended(bench, each),
      },
    ]),
  ),
];

const flags = casesOf("6.2.4.1", [
  {
    id: "caching-mode-sets-no-accessed-flag-of-absent-entries",
    title: "With CM set no accessed flag is set in an entry without rights that is cached",
    needs: joined(needsOfWorld["second-stage"], DMA, { capabilities: ["SSADS"] }),
    with: CM,
    async steps(bench) {
      const world = bench.world("second-stage", { pasid: { ssade: true } });
      world.map(IOVA, bench.page());
      forbidden(1)(world);
      await bench.start(world);
      await bench.expectFault.dma("SSS.2", { address: IOVA });
      await bench.expect.entry("the leaf", world.second.entry(IOVA, 1), { A: 0, D: 0 });
    },
  },
]);

const TARGET = { destination: 2, vector: 0x51 };

const interrupts = casesOf("6.4", [
  {
    id: "absent-interrupt-entry-is-not-cached",
    title: "An interrupt entry that becomes present serves without an invalidation",
    needs: joined(REMAPPING, NO_CACHING_MODE),
    async steps(bench) {
      const table = await startRemapping(bench);
      await expectBlocked(bench, 0x22, "absent", remappableMessage(7), { index: 7 });
      table.remapped(7, TARGET);
      await expectDelivered(bench, "present", remappableMessage(7), TARGET);
    },
  },
  {
    id: "wrong-interrupt-entry-is-not-cached",
    title: "An interrupt entry with reserved bits serves without an invalidation, once it is good",
    needs: joined(REMAPPING, NO_CACHING_MODE),
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(7, TARGET).setBits(24, 24, 1);
      await expectBlocked(bench, 0x24, "reserved bit", remappableMessage(7), { index: 7 });
      table.remapped(7, TARGET);
      await expectDelivered(bench, "without it", remappableMessage(7), TARGET);
    },
  },
  {
    id: "interrupt-entry-of-another-source-is-not-cached",
    title:
      "An interrupt entry whose source check failed serves without an invalidation, once it is good",
    needs: joined(REMAPPING, NO_CACHING_MODE),
    async steps(bench) {
      const table = await startRemapping(bench);
      const source = { SVT: 1, SQ: 0, SID: bench.endpoint() ^ 8 };
      table.remapped(7, TARGET).set(source);
      await expectBlocked(bench, 0x26, "another source", remappableMessage(7), { index: 7 });
      table.entry(7).set({ SID: bench.endpoint() });
      await expectDelivered(bench, "its source", remappableMessage(7), TARGET);
    },
  },
  {
    id: "caching-mode-interrupt-entry",
    title: "With CM set an interrupt entry that becomes present serves after its invalidation",
    needs: REMAPPING,
    with: { capabilities: { IR: 1, CM: 1 } },
    async steps(bench) {
      const table = await startRemapping(bench);
      await expectBlocked(bench, 0x22, "absent", remappableMessage(7), { index: 7 });
      table.remapped(7, TARGET);
      await bench.queue.run(descriptor("IEC_INV", { G: 1, IIDX: 7 }));
      await expectDelivered(bench, "present", remappableMessage(7), TARGET);
    },
  },
]);

/** Cases of what is cached of entries that fault. */
export const negativeCaching: readonly ConformanceCase[] = [
  ...[...without, ...withCachingMode, ...flags, ...interrupts],
];
