import type { Bench } from "../../bench/bench.js";
import { needsOfWorld, type World, type WorldKind } from "../../bench/world.js";
import { caseForEach, casesOf, type SectionCase } from "../../case.js";
import { joined, withBits, type CapabilityNeed } from "../../needs.js";
import type { Level, PageSize } from "../../../tables/page-table.js";
import { needsOfRequest } from "../requests.js";
import { bitsOf, expectIgnored, expectReserved } from "./entry-bits.js";

/** A multiple of every page size. */
const IOVA = 0x40_8000_0000n;

/** A form of entry: where it stands, what it maps, and its bits; `bits` may depend on the unit. */
interface EntryForm {
  readonly name: string;
  readonly title: string;
  readonly level: Level;
  readonly size?: PageSize;
  readonly levels?: 4 | 5;
  readonly capabilities?: readonly CapabilityNeed[];
  readonly reserved: (bench: Bench) => readonly number[];
  readonly ignored: readonly number[];
}

const beyondHost = (bench: Bench) => bitsOf(51, bench.hostAddressWidth);

const AVAILABLE = bitsOf(63, 52);
const firstStageForms: readonly EntryForm[] = [
  {
    name: "fs-pml5e",
    title: "PML5E of the first stage",
    level: 5,
    levels: 5,
    capabilities: ["FS5LP"],
    reserved: (bench) => [7, ...beyondHost(bench)],
    ignored: [3, 4, 6, 8, 9, 11, ...AVAILABLE],
  },
  {
    name: "fs-pml4e",
    title: "PML4E of the first stage",
    level: 4,
    reserved: (bench) => [7, ...beyondHost(bench)],
    ignored: [3, 4, 6, 8, 9, 11, ...AVAILABLE],
  },
  {
    name: "fs-pdpe-1g",
    title: "PDPE of the first stage that maps 1 GiB",
    level: 3,
    size: 0x4000_0000,
    capabilities: ["FS1GP"],
    reserved: (bench) => [...bitsOf(29, 13), ...beyondHost(bench)],
    ignored: [3, 4, 8, 9, 11, 12, ...AVAILABLE],
  },
  {
    name: "fs-pdpe",
    title: "PDPE of the first stage that references a page directory",
    level: 3,
    reserved: (bench) => [...(bench.has("FS1GP") ? [] : [7]), ...beyondHost(bench)],
    ignored: [3, 4, 6, 8, 9, 11, ...AVAILABLE],
  },
  {
    name: "fs-pde-2m",
    title: "PDE of the first stage that maps 2 MiB",
    level: 2,
    size: 0x20_0000,
    reserved: (bench) => [...bitsOf(20, 13), ...beyondHost(bench)],
    ignored: [3, 4, 8, 9, 11, 12, ...AVAILABLE],
  },
  {
    name: "fs-pde",
    title: "PDE of the first stage that references a page table",
    level: 2,
    reserved: beyondHost,
    ignored: [3, 4, 6, 8, 9, 11, ...AVAILABLE],
  },
  {
    name: "fs-pte",
    title: "PTE of the first stage",
    level: 1,
    reserved: beyondHost,
    ignored: [3, 4, 7, 8, 9, 11, ...AVAILABLE],
  },
];

/** SNP of a leaf, in a unit without snoop control. */
const snoop = (bench: Bench) => (bench.has("SC") ? [] : [11]);
const IW = 62;
const HIGH = [...bitsOf(60, 52), 61, 63];
const secondStageForms: readonly EntryForm[] = [
  {
    name: "ss-pml5e",
    title: "SS-PML5E",
    level: 5,
    levels: 5,
    capabilities: [{ SAGAW: withBits(8) }],
    reserved: (bench) => [7, 11, IW, ...beyondHost(bench)],
    ignored: [2, 3, 4, 5, 6, 8, 9, 10, ...HIGH],
  },
  {
    name: "ss-pml4e",
    title: "SS-PML4E",
    level: 4,
    levels: 4,
    capabilities: [{ SAGAW: withBits(4) }],
    reserved: (bench) => [7, 11, IW, ...beyondHost(bench)],
    ignored: [2, 3, 4, 5, 6, 8, 9, 10, ...HIGH],
  },
  {
    name: "ss-pdpe-1g",
    title: "SS-PDPE that maps 1 GiB",
    level: 3,
    size: 0x4000_0000,
    capabilities: [{ SSLPS: withBits(2) }],
    reserved: (bench) => [...bitsOf(29, 12), IW, ...snoop(bench), ...beyondHost(bench)],
    ignored: [2, 3, 4, 5, 6, 8, 9, 10, ...HIGH],
  },
  {
    name: "ss-pdpe",
    title: "SS-PDPE that references a page directory",
    level: 3,
    reserved: (bench) => [11, IW, ...beyondHost(bench)],
    ignored: [2, 3, 4, 5, 6, 8, 9, 10, ...HIGH],
  },
  {
    name: "ss-pde-2m",
    title: "SS-PDE that maps 2 MiB",
    level: 2,
    size: 0x20_0000,
    capabilities: [{ SSLPS: withBits(1) }],
    reserved: (bench) => [...bitsOf(20, 12), IW, ...snoop(bench), ...beyondHost(bench)],
    ignored: [2, 3, 4, 5, 6, 8, 9, 10, ...HIGH],
  },
  {
    name: "ss-pde",
    title: "SS-PDE that references a page table",
    level: 2,
    reserved: (bench) => [11, IW, ...beyondHost(bench)],
    ignored: [2, 3, 4, 5, 6, 8, 9, 10, ...HIGH],
  },
  {
    name: "ss-pte",
    title: "SS-PTE",
    level: 1,
    reserved: (bench) => [IW, ...snoop(bench), ...beyondHost(bench)],
    ignored: [2, 3, 4, 5, 6, 7, 8, 9, 10, ...HIGH],
  },
];

/** A world whose walk meets the form of entry, and where its request reads. */
function worldOf(bench: Bench, kind: WorldKind, form: EntryForm) {
  const { size = 0x1000, levels } = form;
  const page = bench.page();
  const output = size === 0x1000 ? page : page & ~BigInt(size - 1);
  const offset = page - output;
  const options = kind === "first-stage" ? { firstLevels: levels } : { secondLevels: levels };
  const world = bench.world(kind, options as object).map(IOVA, output, { size });
  return { world, read: { address: IOVA + offset, output: page } };
}

function entryOf(world: World, kind: WorldKind, level: Level) {
  return (kind === "first-stage" ? world.first : world.second).entry(IOVA, level);
}

function casesOfForm(kind: WorldKind, condition: string): (form: EntryForm) => SectionCase[] {
  return (form) => {
    const needs = joined(needsOfWorld[kind], needsOfRequest.dma, {
      capabilities: form.capabilities ?? [],
    });
    const id = `${kind === "legacy" ? "legacy-" : ""}${form.name}`;
    const mode = kind === "legacy" ? "In legacy mode r" : "R";
    return [
      {
        id: `${id}-reserved-bits`,
        title: `${mode}eserved bits of a present ${form.title} are ${condition}`,
        needs,
        async steps(bench) {
          const bits = form.reserved(bench).filter((bit) => bit <= 63);
          if (bits.length === 0) bench.skip("no bit is reserved in such a unit");
          const { world, read } = worldOf(bench, kind, form);
          await bench.start(world);
          const fault = { condition, request: { address: read.address } };
          await expectReserved(bench, entryOf(world, kind, form.level), bits, fault);
        },
      },
      {
        id: `${id}-ignored-bits`,
        title: `${kind === "legacy" ? "In legacy mode i" : "I"}gnored bits of a ${form.title} change nothing`,
        needs,
        async steps(bench) {
          const { world, read } = worldOf(bench, kind, form);
          await bench.start(world);
          await expectIgnored(bench, entryOf(world, kind, form.level), form.ignored, read);
        },
      },
    ];
  };
}

const unsupportedSizes = [
  ["first-stage", 3, "FS1GP", { FS1GP: 0 }, "SFS.3", "9.7"],
  ["second-stage", 3, "SSLPS", { SSLPS: 1 }, "SSS.3", "9.8"],
  ["second-stage", 2, "SSLPS", { SSLPS: 0 }, "SSS.3", "9.8"],
  ["legacy", 3, "SSLPS", { SSLPS: 1 }, "LSS.2", "9.8"],
  ["legacy", 2, "SSLPS", { SSLPS: 0 }, "LSS.2", "9.8"],
] as const;

export const pagingEntries = [
  ...casesOf("9.7", [
    ...firstStageForms.flatMap(casesOfForm("first-stage", "SFS.3")),
    {
      id: "fs-not-present-ignores-rest",
      title: "A first-stage entry that is not present is not looked at for reserved bits",
      needs: joined(needsOfWorld["first-stage"], needsOfRequest.dma),
      async steps(bench) {
        const world = bench.world("first-stage").map(IOVA, bench.page());
        world.first.entry(IOVA, 4).write([0xffff_ffff_ffff_fffen]);
        await bench.start(world);
        await bench.expectFault.dma("SFS.2", { address: IOVA });
      },
    },
  ]),
  ...casesOf("9.8", [
    ...secondStageForms.flatMap(casesOfForm("second-stage", "SSS.3")),
    ...secondStageForms.flatMap(casesOfForm("legacy", "LSS.2")),
    ...caseForEach(["legacy", "second-stage"] as const, (kind) => ({
      id: `ss-not-present-ignores-rest-${kind}`,
      title: `A second-stage entry without R and W is not looked at for reserved bits (${kind})`,
      needs: joined(needsOfWorld[kind], needsOfRequest.dma),
      async steps(bench) {
        const world = bench.world(kind).map(IOVA, bench.page());
        world.second.entry(IOVA, 3).write([0xffff_ffff_ffff_fffcn]);
        await bench.start(world);
        const condition = kind === "legacy" ? "LGN.3" : "SSS.2";
        await bench.expectFault.dma(condition, { address: IOVA });
      },
    })),
  ]),
  ...unsupportedSizes.flatMap(([kind, level, capability, capabilities, condition, section]) =>
    casesOf(section, [
      {
        id: `${kind}-${level === 3 ? "1g" : "2m"}-page-reserved`,
        title: `PS of a ${kind} entry of level ${level} is reserved in a unit without such pages`,
        needs: joined(needsOfWorld[kind], needsOfRequest.dma, {
          capabilities: [
            {
              [capability]: {
                words: `without pages of level ${level}`,
                holds: (v) => v < (capability === "FS1GP" ? 1 : 2 ** (level - 2)),
              },
            },
          ],
        }),
        with: { capabilities },
        async steps(bench) {
          const world = bench.world(kind).map(IOVA, bench.page());
          entryOf(world, kind, level).set({ PS: 1, ADDR: 0 });
          await bench.start(world);
          await bench.expectFault.dma(condition, { address: IOVA });
        },
      },
    ]),
  ),
];
