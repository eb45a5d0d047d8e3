import type { Bench } from "../../bench/bench.js";
import { needsOfWorld, type World, type WorldKind, type WorldOptions } from "../../bench/world.js";
import { caseForEach, casesOf, type SectionCase } from "../../case.js";
import { joined, withBits, type CapabilityNeed } from "../../needs.js";
import { needsOfRequest } from "../requests.js";

/** Levels of a walk: kind of translation, options of its tables, and what the unit must announce. */
interface Depth {
  readonly kind: "first-stage" | "second-stage" | "legacy";
  readonly levels: 3 | 4 | 5;
  readonly capabilities: readonly CapabilityNeed[];
}

const depths: readonly Depth[] = [
  { kind: "first-stage", levels: 4, capabilities: [] },
  { kind: "first-stage", levels: 5, capabilities: ["FS5LP"] },
  ...(["second-stage", "legacy"] as const).flatMap((kind) =>
    ([3, 4, 5] as const).map((levels) => ({
      kind,
      levels,
      capabilities: [{ SAGAW: withBits(1 << (levels - 2)) }],
    })),
  ),
];

const sectionOf = (kind: WorldKind) => (kind === "first-stage" ? "3.6" : "3.7");

function optionsOf({ kind, levels }: Depth): WorldOptions {
  const first = levels === 5 ? 5 : 4;
  return kind === "first-stage" ? { firstLevels: first } : { secondLevels: levels };
}

/** Bits of an input address that select entries, within what the unit lets through. */
function inputWidth(bench: Bench, { kind, levels }: Depth): number {
  const width = 12 + 9 * levels;
  // The upper half of canonical addresses has a case of its own.
  return kind === "first-stage" ? width - 1 : Math.min(width, bench.value("MGAW") + 1);
}

/** One page for each bit of the address above the offset: each selects another entry. */
function everyIndexBit(depth: Depth): SectionCase {
  const { kind, levels, capabilities } = depth;
  return {
    section: sectionOf(kind),
    id: `${kind}-${levels}-levels-every-index-bit`,
    title: `Each bit of the address selects entries of a ${kind} walk of ${levels} levels`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma, { capabilities }),
    async steps(bench) {
      const bits = Array.from({ length: inputWidth(bench, depth) - 12 }, (_, at) => 12 + at);
      const pages = bench.page(bits.length + 1);
      const world = bench.world(kind, optionsOf(depth)).map(0n, pages);
      const pageOf = (index: number) => pages + BigInt(0x1000 * (index + 1));
      for (const [index, bit] of bits.entries()) world.map(1n << BigInt(bit), pageOf(index));
      await bench.start(world);
      await bench.expectRead(0x8n, pages + 0x8n);
      for (const [index, bit] of bits.entries()) {
        await bench.expectRead((1n << BigInt(bit)) + 0x8n, pageOf(index) + 0x8n);
      }
      await bench.expectFault.none();
    },
  };
}

/** The last address that a walk translates. */
function lastPage(depth: Depth): SectionCase {
  const { kind, levels, capabilities } = depth;
  return {
    section: sectionOf(kind),
    id: `${kind}-${levels}-levels-last-page`,
    title: `The last page of a ${kind} address space of ${levels} levels is translated`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma, { capabilities }),
    async steps(bench) {
      const page = bench.page();
      const iova = (1n << BigInt(inputWidth(bench, depth))) - 0x1000n;
      await bench.start(bench.world(kind, optionsOf(depth)).map(iova, page));
      await bench.expectRead(iova + 0xff8n, page + 0xff8n, { length: 8 });
      await bench.expectWrite(iova, page);
      await bench.expectFault.none();
    },
  };
}

const LARGE = [
  ["2m", 0x20_0000],
  ["1g", 0x4000_0000],
] as const;

function needsOfSize(kind: Depth["kind"], size: "2m" | "1g"): readonly CapabilityNeed[] {
  if (kind === "first-stage") return size === "1g" ? ["FS1GP"] : [];
  return [{ SSLPS: withBits(size === "1g" ? 2 : 1) }];
}

/** A large page: every byte of RAM in it is reached through the one entry. */
function largePages(depth: Depth): SectionCase[] {
  const { kind, levels, capabilities } = depth;
  return caseForEach(LARGE, ([name, size]) => ({
    section: sectionOf(kind),
    id: `${kind}-${levels}-levels-${name}-page`,
    title: `A ${name === "2m" ? "2-MByte" : "1-GByte"} page of ${levels} ${kind} levels has one entry`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma, {
      capabilities: [...capabilities, ...needsOfSize(kind, name)],
    }),
    async steps(bench) {
      const inside = [bench.page(), bench.page(200), bench.page()];
      const base = inside[0]! & ~BigInt(size - 1);
      const same = inside.filter((page) => (page & ~BigInt(size - 1)) === base);
      const iova = 0x5_4000_0000n;
      await bench.start(bench.world(kind, optionsOf(depth)).map(iova, base, { size }));
      for (const page of same) {
        const address = iova + (page - base) + 0x7f8n;
        await bench.expectRead(address, page + 0x7f8n);
        await bench.expectWrite(address, page + 0x7f8n);
      }
      await bench.expectFault.none();
    },
  }));
}

const tables: readonly SectionCase[] = [
  {
    section: "3.6",
    id: "first-stage-upper-half",
    title: "The first stage translates the upper half of canonical addresses",
    needs: joined(needsOfWorld["first-stage"], needsOfRequest.dma),
    async steps(bench) {
      const [first, last] = [bench.page(), bench.page()];
      const world = bench.world("first-stage");
      world.map(0xffff_8000_0000_0000n, first).map(0xffff_ffff_ffff_f000n, last);
      await bench.start(world);
      await bench.expectRead(0xffff_8000_0000_0010n, first + 0x10n);
      await bench.expectRead(0xffff_ffff_ffff_fff0n, last + 0xff0n);
      await bench.expectFault.none();
    },
  },
  {
    section: "3.6",
    id: "first-stage-5-levels-upper-half",
    title: "Five levels translate the upper half of addresses of 57 bits",
    needs: joined(needsOfWorld["first-stage"], needsOfRequest.dma, { capabilities: ["FS5LP"] }),
    async steps(bench) {
      const [first, last] = [bench.page(), bench.page()];
      const world = bench.world("first-stage", { firstLevels: 5 });
      world.map(0xff00_0000_0000_0000n, first).map(0xffff_7fff_ffff_f000n, last);
      await bench.start(world);
      await bench.expectRead(0xff00_0000_0000_0010n, first + 0x10n);
      await bench.expectRead(0xffff_7fff_ffff_fff0n, last + 0xff0n);
      await bench.expectFault.none();
    },
  },
  {
    section: "3.6",
    id: "first-stage-canonical-bounds",
    title: "The addresses between the canonical halves are refused at both ends",
    needs: joined(needsOfWorld["first-stage"], needsOfRequest.dma),
    async steps(bench) {
      await bench.start(bench.world("first-stage"));
      const hole = [0x8000_0000_0000n, 0xffff_7fff_ffff_f000n, 0x1_0000_0000_0000n, 1n << 63n];
      for (const address of hole) await bench.expectFault.dma("SGN.1", { address });
      for (const address of [0x7fff_ffff_f000n, 0xffff_8000_0000_0000n]) {
        await bench.expectFault.dma("SFS.2", { address });
      }
    },
  },
  {
    section: "3.6",
    id: "first-stage-pages-of-each-size",
    title: "Pages of 4 KiB and 2 MiB beside each other are each taken for what they are",
    needs: joined(needsOfWorld["first-stage"], needsOfRequest.dma),
    async steps(bench) {
      const [small, inLarge] = [bench.page(), bench.page()];
      const large = inLarge & ~0x1f_ffffn;
      const world = bench.world("first-stage").map(0x20_0000n, large, { size: 0x20_0000 });
      await bench.start(world.map(0x40_0000n, small).map(0x1f_f000n, small));
      const inside = 0x20_0000n + (inLarge - large);
      for (const [iova, page] of [
        [0x40_0000n, small],
        [0x1f_f000n, small],
        [inside, inLarge],
      ] as const) {
        await bench.expectRead(iova + 4n, page + 4n);
      }
      await bench.expectFault.dma("SFS.2", { address: 0x40_1000n });
    },
  },
  ...caseForEach(["legacy", "second-stage"] as const, (kind) => ({
    section: "3.7",
    id: `${kind}-beyond-narrow-table`,
    title: `A ${kind} translation refuses addresses beyond AW although MGAW has them`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma, {
      capabilities: [{ SAGAW: withBits(2), MGAW: { words: "above 38", holds: (v) => v > 38 } }],
    }),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world(kind, { secondLevels: 3 }).map(0n, page));
      const condition = kind === "legacy" ? "LGN.1.1" : "SGN.5";
      await bench.expectRead(0n, page);
      for (let bit = 39; bit <= bench.value("MGAW"); bit++) {
        await bench.expectFault.dma(condition, { address: 1n << BigInt(bit) });
      }
    },
  })),
  ...caseForEach(["legacy", "second-stage"] as const, (kind) => ({
    section: "3.7",
    id: `${kind}-beyond-mgaw`,
    title: `A ${kind} translation refuses addresses beyond MGAW although its tables have them`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma, {
      capabilities: [
        { SAGAW: withBits(4), MGAW: { words: "below 47", holds: (v: number) => v < 47 } },
      ],
    }),
    with: { capabilities: { MGAW: 46 }, hostAddressWidth: 39 },
    async steps(bench) {
      const page = bench.page();
      const beyond = 1n << BigInt(bench.value("MGAW") + 1);
      const world: World = bench.world(kind, { secondLevels: 4 });
      await bench.start(world.map(beyond, page).map(beyond - 0x1000n, page));
      await bench.expectRead(beyond - 0x1000n, page);
      const condition = kind === "legacy" ? "LGN.1.1" : "SGN.5";
      await bench.expectFault.dma(condition, { address: beyond });
    },
  })),
];

export const pageWalks = casesOf("3.6", [
  ...depths.flatMap((depth) => [everyIndexBit(depth), lastPage(depth), ...largePages(depth)]),
  ...tables,
]);
