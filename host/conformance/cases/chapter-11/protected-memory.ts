/** Protected memory regions (§11.4.8). */
import type { Bench } from "../../bench/bench.js";
import { needsOfWorld } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { atLeast, joined } from "../../needs.js";

const DMA = { abilities: ["dma"] } as const;
const IOVA = 0x7654_3000n;

/** Both regions: the names of their registers, and their widths. */
const regions = [
  { name: "low", prefix: "PLM", capability: "PLMR" },
  { name: "high", prefix: "PHM", capability: "PHMR" },
] as const;

type Region = (typeof regions)[number];

/** Bytes of the smallest region: software writes all ones, and finds N (§11.4.8.2). */
async function granuleOf(bench: Bench, { prefix }: Region): Promise<bigint> {
  await bench.registers.write(`${prefix}BASE`, 0xffff_ffff_ffff_ffffn);
  const found = await bench.registers.read(`${prefix}BASE`);
  await bench.registers.write(`${prefix}BASE`, 0n);
  let bit = 12n;
  while (bit < 32n && ((found >> bit) & 1n) === 0n) bit++;
  return 1n << bit;
}

interface Place {
  readonly granule: bigint;
  /** First byte of a granule of RAM. */
  readonly start: bigint;
  /** Pages within it: the first, the last, and what the case has allocated there. */
  readonly within: bigint;
  /** A page of RAM behind it. */
  readonly behind: bigint;
}

/** A whole granule of the suite's RAM, and a page behind it. */
async function granuleOfRam(bench: Bench, region: Region): Promise<Place> {
  const granule = await granuleOf(bench, region);
  if (granule > 0x80_0000n) bench.skip(`needs a granularity of 8 MiB at most; it is ${granule}`);
  const start = bench.aligned(Number(granule));
  const behind = bench.page();
  return { granule, start, within: start, behind };
}

async function protect(
  bench: Bench,
  { prefix }: Region,
  first: bigint,
  last: bigint,
): Promise<void> {
  await bench.registers.write(`${prefix}BASE`, first);
  await bench.registers.write(`${prefix}LIMIT`, last);
  // The other region is none: its limit lies below its base.
  for (const other of regions) {
    if (other.prefix === prefix || !bench.has(other.capability)) continue;
    await bench.registers.write(`${other.prefix}BASE`, 0xffff_ffff_ffff_ffffn);
    await bench.registers.write(`${other.prefix}LIMIT`, 0n);
  }
  await bench.registers.write("PMEN", { EPM: 1 });
  await bench.registers.waitFor("PMEN", { PRS: 1 });
}

async function unprotect(bench: Bench): Promise<void> {
  await bench.registers.write("PMEN", { EPM: 0 });
  await bench.registers.waitFor("PMEN", { PRS: 0 });
}

/** A request is blocked, and no fault is recorded. */
async function expectProtected(
  bench: Bench,
  address: bigint,
  request: { readonly access?: "read" | "write"; readonly length?: number } = {},
): Promise<void> {
  const answer = await bench.endpoints.dma({ address, ...request });
  bench.expect.equal(`DMA to 0x${address.toString(16)}`, answer.outcome, "blocked");
  await bench.expectFault.none();
}

const each = regions.flatMap((region) =>
  casesOf("11.4.8.1", [
    {
      id: `${region.name}-blocks-reads-and-writes`,
      title: `With EPM reads and writes of the protected ${region.name} region are blocked, unrecorded`,
      needs: DMA,
      with: { capabilities: { [region.capability]: 1 } },
      async steps(bench) {
        const { start, granule, behind } = await granuleOfRam(bench, region);
        const before = bench.memory.readBytes(start, 64);
        await protect(bench, region, start, start + granule - 1n);
        await expectProtected(bench, start);
        await expectProtected(bench, start, { access: "write" });
        await bench.expect.memory("what was to be written", start, before);
        await bench.expectRead(behind, behind);
        await bench.expectWrite(behind, behind);
        await unprotect(bench);
        await bench.expectRead(start, start);
      },
    },
    {
      id: `${region.name}-ends`,
      title: `A ${region.name} region with equal base and limit is one granule, to its last byte`,
      needs: DMA,
      with: { capabilities: { [region.capability]: 1 } },
      async steps(bench) {
        const { start, granule, behind } = await granuleOfRam(bench, region);
        await protect(bench, region, start, start);
        for (const offset of [0n, granule / 2n, granule - 4n]) {
          await expectProtected(bench, start + offset);
        }
        await expectProtected(bench, start + granule - 1n, { length: 1 });
        bench.expect.equal("the page behind", behind, start + granule);
        await bench.expectRead(behind, behind);
      },
    },
    {
      id: `${region.name}-of-several-granules`,
      title: `A ${region.name} region reaches from the granule of its base to that of its limit`,
      needs: DMA,
      with: { capabilities: { [region.capability]: 1 } },
      async steps(bench) {
        const { start, granule } = await granuleOfRam(bench, region);
        const second = bench.aligned(Number(granule));
        const behind = bench.page();
        if (second - start > 4n * granule) bench.skip("needs granules of RAM beside each other");
        await protect(bench, region, start, second);
        await expectProtected(bench, start);
        await expectProtected(bench, second - 4n);
        await expectProtected(bench, second + granule - 4n);
        await bench.expectRead(behind, behind);
      },
    },
    {
      id: `${region.name}-limit-below-base`,
      title: `A limit below the base disables the ${region.name} region`,
      needs: DMA,
      with: { capabilities: { [region.capability]: 1 } },
      async steps(bench) {
        const { start, granule } = await granuleOfRam(bench, region);
        const second = bench.aligned(Number(granule));
        await protect(bench, region, second, start);
        await bench.expectRead(start, start);
        await bench.expectRead(second, second);
        await bench.expect.register("PMEN", { PRS: 1 });
      },
    },
    {
      id: `${region.name}-blocks-translated-dma`,
      title: `From version 2 on remapped requests that end in the protected ${region.name} region are blocked`,
      needs: joined(needsOfWorld.legacy, DMA, { capabilities: [{ MAJOR: atLeast(2) }] }),
      with: { capabilities: { [region.capability]: 1 } },
      async steps(bench) {
        const { start, behind } = await granuleOfRam(bench, region);
        const world = bench
          .world("legacy")
          .map(IOVA, start)
          .map(IOVA + 0x1000n, behind);
        await bench.start(world);
        await bench.expectRead(IOVA, start);
        await protect(bench, region, start, start);
        await expectProtected(bench, IOVA);
        await expectProtected(bench, IOVA, { access: "write" });
        await bench.expectRead(IOVA + 0x1000n, behind);
        await unprotect(bench);
        await bench.expectRead(IOVA, start);
      },
    },
    {
      id: `${region.name}-blocks-pass-through`,
      title: `Requests that pass through are blocked in the protected ${region.name} region`,
      needs: joined(needsOfWorld["legacy-pass-through"], DMA),
      with: { capabilities: { [region.capability]: 1 } },
      async steps(bench) {
        const { start, behind } = await granuleOfRam(bench, region);
        await bench.start(bench.world("legacy-pass-through"));
        await protect(bench, region, start, start);
        await expectProtected(bench, start);
        await bench.expectRead(behind, behind);
      },
    },
    {
      id: `${region.name}-holds-tables-of-the-unit`,
      title: `The unit reads its tables in the protected ${region.name} region`,
      needs: joined(needsOfWorld.legacy, DMA),
      with: { capabilities: { [region.capability]: 1 } },
      async steps(bench) {
        const granule = await granuleOf(bench, region);
        const world = bench.world("legacy").map(IOVA, bench.page());
        await bench.start(world);
        const tables = world.second.walk(IOVA).map(({ address }) => address);
        const all = [world.rootTableAddress, world.contextEntry.address, ...tables];
        const least = all.reduce((low, at) => (at < low ? at : low)) & ~(granule - 1n);
        const most = all.reduce((high, at) => (at > high ? at : high)) | (granule - 1n);
        let outside = bench.page();
        for (let tries = 0; tries < 4096 && outside <= most; tries++) outside = bench.page();
        if (outside <= most) bench.skip("needs RAM outside of the granules with the tables");
        world.map(IOVA + 0x1000n, outside);
        await protect(bench, region, least, most);
        await bench.invalidateAll();
        await bench.expectRead(IOVA + 0x1000n, outside);
      },
    },
    {
      id: `${region.name}-drains-before-prs`,
      title: `PRS is set after the requests have ended that were in flight (${region.name} region)`,
      needs: joined(needsOfWorld.legacy, DMA, {
        capabilities: ["DWD"],
        abilities: ["in-flight"],
      }),
      with: { capabilities: { [region.capability]: 1 } },
      async steps(bench) {
        const world = bench.world("legacy").map(IOVA, bench.page());
        await bench.start(world);
        const { outcome, token } = await bench.endpoints.begin({ address: IOVA, access: "write" });
        bench.expect.equal("the request in flight", outcome, "done");
        await bench.registers.write("PMEN", { EPM: 1 });
        await bench.expect.register("PMEN", { EPM: 1, PRS: 0 }, "with a request in flight");
        await bench.endpoints.end(token);
        await bench.registers.waitFor("PMEN", { PRS: 1 });
      },
    },
  ]),
);

const both = casesOf("11.4.8.1", [
  {
    id: "both-regions",
    title: "Both regions are protected at once",
    needs: DMA,
    with: { capabilities: { PLMR: 1, PHMR: 1 } },
    async steps(bench) {
      const [low, high] = regions;
      const first = await granuleOfRam(bench, low);
      const second = await granuleOfRam(bench, high);
      await bench.registers.write("PLMBASE", first.start);
      await bench.registers.write("PLMLIMIT", first.start);
      await bench.registers.write("PHMBASE", second.start);
      await bench.registers.write("PHMLIMIT", second.start);
      await bench.registers.write("PMEN", { EPM: 1 });
      await bench.registers.waitFor("PMEN", { PRS: 1 });
      await expectProtected(bench, first.start);
      await expectProtected(bench, second.start);
      await bench.expectRead(second.behind, second.behind);
    },
  },
]);

/** Cases of protected memory. */
export const protectedMemory: readonly ConformanceCase[] = [...each, ...both];
