/** What a cached translation is good for: its tags (§6.2.1) and its contents (§6.2.4). */
import { FirstStageTable } from "../../../tables/first-stage.js";
import { SecondStageTable } from "../../../tables/second-stage.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld, WORLD_PASID, worldKinds } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { TINY_CACHES } from "../../configuration.js";
import { joined, withBits } from "../../needs.js";
import { emptyTables, hostEntry, IOVA, spanOf } from "./stale.js";

const DMA = { abilities: ["dma"] } as const;
const PASID = { capabilities: ["PASID"], abilities: ["dma", "pasid"] } as const;
const translated = ["legacy", "first-stage", "second-stage", "nested"] as const;

const tags = casesOf("6.2.1", [
  {
    id: "source-id-legacy",
    title: "Two devices of different domains have their own translations of one address",
    needs: joined(needsOfWorld.legacy, DMA),
    async steps(bench) {
      const { memory, frames, hostAddressWidth } = bench;
      const [own, foreign] = [bench.page(), bench.page()];
      const world = bench.world("legacy").map(IOVA, own);
      const { levels } = world.second;
      const secondStage = new SecondStageTable({ memory, frames, levels, hostAddressWidth });
      secondStage.map(IOVA, foreign);
      const other = bench.endpoint(1);
      world.legacy.context(other, { kind: "second-stage", secondStage, domain: 2 });
      await bench.start(world);
      for (let time = 0; time < 2; time++) {
        await bench.expectRead(IOVA, own);
        await bench.expectRead(IOVA, foreign, { sourceId: other });
      }
    },
  },
  {
    id: "source-id-without-context",
    title: "A cached translation of one device is not for a device without context entry",
    needs: joined(needsOfWorld.legacy, DMA),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("legacy").map(IOVA, page));
      await bench.expectRead(IOVA, page);
      const other = { sourceId: bench.endpoint(1), address: IOVA };
      const answer = await bench.endpoints.dma(other);
      bench.expect.equal("the other device", answer.outcome, "blocked");
      await bench.expectRead(IOVA, page);
    },
  },
  {
    id: "pasid-of-a-device",
    title: "Two PASIDs of a device have their own translations of one address",
    needs: joined(needsOfWorld["first-stage"], PASID),
    async steps(bench) {
      const { memory, frames } = bench;
      const [one, two, none] = [bench.page(), bench.page(), bench.page()];
      const tables = emptyTables(bench);
      const sourceId = bench.endpoint();
      tables.context(sourceId, { paside: true });
      for (const [pasid, page] of [
        [0, none],
        [1, one],
        [2, two],
      ] as const) {
        const firstStage = new FirstStageTable({ memory, frames });
        firstStage.map(IOVA, page);
        const common = { domain: 1, pwsnp: bench.has("SMPWCS") };
        tables.pasid(sourceId, pasid, { kind: "first-stage", firstStage, ...common });
      }
      await bench.start(tables);
      for (let time = 0; time < 2; time++) {
        await bench.expectRead(IOVA, one, { pasid: 1 });
        await bench.expectRead(IOVA, two, { pasid: 2 });
        await bench.expectRead(IOVA, none);
      }
      await bench.expectFault.none();
    },
  },
  {
    id: "pasid-of-two-devices",
    title: "One PASID of two devices with different domain-ids has two translations of one address",
    needs: joined(needsOfWorld["first-stage"], PASID),
    async steps(bench) {
      const { memory, frames } = bench;
      const tables = emptyTables(bench);
      const pages = [bench.page(), bench.page()];
      for (const [index, page] of pages.entries()) {
        const sourceId = bench.endpoint(index);
        const firstStage = new FirstStageTable({ memory, frames });
        firstStage.map(IOVA, page);
        tables.context(sourceId, { paside: true });
        const common = { domain: 1 + index, pwsnp: bench.has("SMPWCS") };
        tables.pasid(sourceId, 7, { kind: "first-stage", firstStage, ...common });
      }
      await bench.start(tables);
      for (const index of [0, 1, 0, 1]) {
        const request = { pasid: 7, sourceId: bench.endpoint(index) };
        await bench.expectRead(IOVA, pages[index]!, request);
      }
    },
  },
  {
    id: "domain-of-second-stage-structures",
    title: "Second-stage structures of two domains are kept apart, at the same addresses",
    needs: joined(needsOfWorld["second-stage"], DMA),
    async steps(bench) {
      const { memory, frames, hostAddressWidth } = bench;
      const [own, foreign] = [bench.page(2), bench.page(2)];
      const world = bench.world("second-stage").map(IOVA, own, { count: 2 });
      const { levels } = world.second;
      const secondStage = new SecondStageTable({ memory, frames, levels, hostAddressWidth });
      secondStage.map(IOVA, foreign, { count: 2 });
      const other = bench.endpoint(1);
      world.scalable.context(other);
      const common = { domain: 2, pwsnp: bench.has("SMPWCS") };
      world.scalable.pasid(other, 0, { kind: "second-stage", secondStage, ...common });
      await bench.start(world);
      await bench.expectRead(IOVA, own);
      // The second page needs the structures alone: those of its own domain.
      await bench.expectRead(IOVA + 0x1000n, foreign + 0x1000n, { sourceId: other });
      await bench.expectRead(IOVA + 0x1000n, own + 0x1000n);
      await bench.expectRead(IOVA, foreign, { sourceId: other });
    },
  },
  ...(translated.flatMap((kind) =>
    ([1, 2, 3] as const).map((level) => ({
      id: `address-bits-of-level-${level}-${kind}`,
      title: `Addresses that differ in the highest and lowest index bit of level ${level} are told apart (${kind})`,
      needs: joined(needsOfWorld[kind], DMA),
      async steps(bench) {
        const addresses = [IOVA, IOVA + spanOf(level), IOVA ^ (256n * spanOf(level))];
        const world = bench.world(kind);
        const pages = addresses.map((address) => {
          const page = bench.page();
          world.map(address, page);
          return page;
        });
        await bench.start(world);
        for (let time = 0; time < 2; time++) {
          for (const [index, address] of addresses.entries()) {
            await bench.expectRead(address, pages[index]!);
          }
        }
      },
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
]);

const contents = casesOf("6.2.4", [
  ...(translated.map((kind) => ({
    id: `rights-of-a-cached-page-${kind}`,
    title: `A write to a page that allows reads alone faults, although a read has cached it (${kind})`,
    needs: joined(needsOfWorld[kind], DMA),
    async steps(bench) {
      const page = bench.page();
      const [first, second] = [{ write: kind !== "first-stage" }, { write: false }];
      const world = bench.world(kind).map(IOVA, page, { first, second });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      const condition = kind === "legacy" ? "LGN.2" : "SGN.6";
      await bench.expectFault.dma(condition, { address: IOVA, access: "write" });
      await bench.expectRead(IOVA, page);
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "rights-of-both-stages",
    title: "The write right of a nested page is that of both stages, also when it is cached",
    needs: joined(needsOfWorld.nested, DMA),
    async steps(bench) {
      const pages = [bench.page(), bench.page(), bench.page(), bench.page()];
      const world = bench.world("nested");
      for (const [index, page] of pages.entries()) {
        const address = IOVA + BigInt(index) * 0x1000n;
        const [first, second] = [{ write: index % 2 === 1 }, { write: index >= 2 }];
        world.map(address, page, { first, second });
      }
      await bench.start(world);
      for (const [index, page] of pages.entries()) {
        const address = IOVA + BigInt(index) * 0x1000n;
        await bench.expectRead(address, page);
        if (index === 3) await bench.expectWrite(address, page);
        else await bench.expectFault.dma("SGN.6", { address, access: "write" });
      }
    },
  },
  {
    id: "privilege-of-a-cached-page",
    title: "A user request to a supervisor page faults, although a privileged one has cached it",
    needs: joined(needsOfWorld["first-stage"], PASID, {
      capabilities: ["SRS"],
      abilities: ["privileged"],
    }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage", { pasid: { sre: true } });
      world.map(IOVA, page, { first: { user: false } });
      await bench.start(world);
      const request = { pasid: WORLD_PASID };
      await bench.expectRead(IOVA, page, { ...request, privileged: true });
      await bench.expectFault.dma("SGN.2", { ...request, address: IOVA });
      await bench.expectRead(IOVA, page, { ...request, privileged: true });
    },
  },
  ...((["first-stage", "nested"] as const).map((kind) => ({
    id: `dirty-flag-behind-a-cached-page-${kind}`,
    title: `The first write to a page that a read has cached sets its dirty flag (${kind})`,
    needs: joined(needsOfWorld[kind], DMA, { capabilities: ["SMPWCS"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world(kind).map(IOVA, page);
      await bench.start(world);
      const leaf = hostEntry(bench, world, world.leaf(IOVA));
      await bench.expectRead(IOVA, page);
      await bench.expect.entry("after a read", leaf, { A: 1, D: 0 });
      await bench.expectWrite(IOVA, page);
      await bench.expect.entry("after a write", leaf, { A: 1, D: 1 });
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "dirty-flag-behind-a-cached-second-stage-page",
    title: "With SSADE the first write to a page that a read has cached sets the second-stage D",
    needs: joined(needsOfWorld["second-stage"], DMA, { capabilities: ["SSADS"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("second-stage", { pasid: { ssade: true } }).map(IOVA, page);
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      await bench.expect.entry("after a read", world.leaf(IOVA), { A: 1, D: 0 });
      await bench.expectWrite(IOVA, page);
      await bench.expect.entry("after a write", world.leaf(IOVA), { A: 1, D: 1 });
    },
  },
  {
    id: "accessed-flags-before-caching",
    title: "Accessed flags are set in every first-stage entry of a translation before it is cached",
    needs: joined(needsOfWorld["first-stage"], DMA, { capabilities: ["SMPWCS"] }),
    async steps(bench) {
      const page = bench.page(2);
      const world = bench.world("first-stage").map(IOVA, page, { count: 2 });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      for (const level of [1, 2, 3, 4] as const) {
        const entry = world.first.entry(IOVA, level);
        await bench.expect.entry(`level ${level}`, entry, { A: 1 });
      }
      const beside = world.first.entry(IOVA + 0x1000n, 1);
      await bench.expectRead(IOVA + 0x1000n, page + 0x1000n);
      await bench.expect.entry("the leaf beside it", beside, { A: 1 });
    },
  },
]);

const sizes = casesOf("6.2.1", [
  ...((
    [
      [0x20_0000, "2-mib"],
      [0x4000_0000, "1-gib"],
    ] as const
  ).map(([size, words]) => ({
    id: `page-offset-${words}`,
    title: `A cached ${words.replace("-", " ").replace("mib", "MiB").replace("gib", "GiB")} page keeps every address bit of its offset`,
    needs: joined(needsOfWorld["second-stage"], DMA, {
      capabilities: [{ SSLPS: withBits(size === 0x20_0000 ? 1 : 2) }],
    }),
    async steps(bench) {
      const ram = bench.page(64);
      const base = ram & ~(BigInt(size) - 1n);
      const start = IOVA & ~(BigInt(size) - 1n);
      await bench.start(bench.world("second-stage").map(start, base, { size }));
      for (const offset of [0n, 0x3_f000n, 0x1000n, 0x1_0000n, 0xabcn, 0n]) {
        await bench.expectRead(start + (ram - base) + offset, ram + offset);
      }
    },
  })) satisfies Parameters<typeof casesOf>[1]),
]);

const replaced = casesOf("6.2.5.5", [
  ...(worldKinds
    .filter((kind) => !kind.endsWith("pass-through"))
    .map((kind) => ({
      id: `replaced-entries-${kind}`,
      title: `Translations stay right while every cache entry is replaced over and over (${kind})`,
      with: { caches: TINY_CACHES },
      needs: joined(needsOfWorld[kind], DMA),
      async steps(bench) {
        const world = bench.world(kind);
        const addresses = [1, 2, 3].flatMap((level) => [IOVA, IOVA + spanOf(level)]);
        const pages = new Map(addresses.map((address) => [address, bench.page()]));
        for (const [address, page] of pages) world.map(address, page);
        await bench.start(world);
        for (const index of [0, 1, 0, 3, 5, 2, 1, 5, 3, 0, 1]) {
          const address = addresses[index]!;
          await bench.expectRead(address + 0x20n, pages.get(address)! + 0x20n);
          await bench.expectWrite(address + 0x80n, pages.get(address)! + 0x80n);
        }
        await bench.expectFault.none();
      },
    })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "other-domains-stay-right",
    title: "After the invalidation of one domain the translations of another one are right",
    needs: joined(needsOfWorld["second-stage"], DMA, { capabilities: ["QI"] }),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("second-stage").map(IOVA, page));
      await bench.expectRead(IOVA, page);
      await bench.queue.run(descriptor("IOTLB_INV", { G: 2, DID: 2 }));
      await bench.expectRead(IOVA, page);
    },
  },
]);

/** Cases of what caches hold. */
export const cachedTranslations: readonly ConformanceCase[] = [
  ...[...tags, ...contents, ...sizes, ...replaced],
];
