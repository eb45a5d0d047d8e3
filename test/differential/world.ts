/** Random tables, damage to them, and random requests: what the fast unit and the oracle both get. */
import fc from "fast-check";
import { resolveCapabilities, type CapabilityOptions } from "../../host/core/capabilities.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import type { PresetName } from "../../host/spec/presets.js";
import type { Access } from "../../host/spec/requests.js";
import {
  FirstStageTable,
  FrameAllocator,
  LegacyTables,
  PAGE_1G,
  PAGE_2M,
  PAGE_4K,
  ScalableTables,
  SecondStageTable,
  type PageSize,
  type PasidOptions,
} from "../../host/tables/index.js";

export const MEMORY_SIZE = 2 ** 20;
const FRAMES = { start: 0x1000n, end: BigInt(MEMORY_SIZE) };

export const DEVICES = [0x0010, 0x00f9, 0x0110] as const;
export const PASIDS = [0, 1, 5, 64, 200] as const;

/** Input addresses that are mapped with preference; bits above the table's width are cut off. */
const PLACES = [0x0n, 0x1000n, 0x20_0000n, 0x4000_0000n, 0x7f_ffff_f000n, 0x7fff_ffff_f000n];
const OUTPUTS = [0x0n, 0x8000_0000n, 0xfee0_0000n, 0xfec0_0000n, 0x1_4000_0000n];
const SIZES: readonly PageSize[] = [PAGE_4K, PAGE_2M, PAGE_1G];

const bool = fc.boolean();
/** True now and then. */
const seldom = fc.integer({ min: 0, max: 7 }).map((draw) => draw === 0);
/** False now and then. */
const mostly = seldom.map((draw) => !draw);

export const capabilityDraw = fc.oneof(
  fc.record({
    preset: fc.constant<PresetName>("full"),
    version: fc.constantFrom(0x60, 0x60, 0x80),
    hostAddressWidth: fc.constantFrom(39, 46, 52),
    capabilities: fc.record(
      {
        ZLR: fc.constantFrom(0, 1),
        FS1GP: fc.constantFrom(0, 1),
        SSLPS: fc.constantFrom(0, 1, 3),
        NWFS: fc.constantFrom(0, 1),
        SC: fc.constantFrom(0, 1),
        EAFS: fc.constantFrom(0, 1),
        ND: fc.constantFrom(4, 6),
        NFR: fc.constantFrom(0, 3, 7),
        PSS: fc.constantFrom(6, 19),
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    preset: fc.constantFrom<PresetName>("legacy", "first-stage", "second-stage", "linux"),
  }),
);

const pageDraw = fc.record({
  place: fc.nat({ max: PLACES.length - 1 }),
  output: fc.nat({ max: OUTPUTS.length - 1 }),
  size: fc.constantFrom(...SIZES, PAGE_4K, PAGE_4K),
  count: fc.integer({ min: 1, max: 3 }),
  read: mostly,
  write: bool,
  user: mostly,
  accessed: bool,
  dirty: bool,
  snoop: seldom,
});

const pasidDraw = fc.record({
  device: fc.nat({ max: DEVICES.length - 1 }),
  pasid: fc.constantFrom(...PASIDS),
  kind: fc.constantFrom("first-stage", "second-stage", "nested", "pass-through"),
  table: fc.nat({ max: 1 }),
  sre: bool,
  wpe: bool,
  eafe: bool,
  ssade: bool,
  pwsnp: mostly,
  pgsnp: seldom,
  fpd: seldom,
});

const contextDraw = fc.record({
  fpd: seldom,
  dte: mostly,
  paside: mostly,
  pre: mostly,
  pdts: fc.constantFrom(0, 7),
  ridPasid: fc.constantFrom(0, 1, 64),
  ridPriv: seldom,
  translationType: fc.constantFrom("second-stage", "second-stage", "pass-through"),
  deviceTlb: bool,
});

/** Damage: bits that are turned over, or accesses that fail, in a word of some table. */
const damageDraw = fc.record({
  word: fc.nat(),
  /** Bytes behind the chosen word. */
  step: fc.constantFrom(0, 0, 0, 8, 16, 24),
  kind: fc.constantFrom("flip", "flip", "poison-reads", "poison-writes", "poison-both"),
  bit: fc.nat({ max: 63 }),
});

const requestDraw = fc.record({
  kind: fc.constantFrom(
    "translate",
    "translate",
    "translate",
    "translation-request",
    "translated",
    "page-request",
  ),
  device: fc.nat({ max: DEVICES.length }),
  pasid: fc.option(fc.constantFrom(...PASIDS, 0xfffff), { freq: 2 }),
  place: fc.nat({ max: PLACES.length - 1 }),
  offset: fc.constantFrom(0n, 8n, 0xff0n, 0x1008n, 0x2000n, 0x20_0000n, 0xe0_0000n),
  oddity: fc.constantFrom("none", "none", "none", "none", "interrupt-range", "high", "bit-63"),
  access: fc.constantFrom<Access>("read", "write", "atomic"),
  size: fc.constantFrom(8, 8, 4, 0),
  privileged: bool,
  execute: seldom,
  noWrite: bool,
  last: bool,
});
export type DrawnRequest = typeof requestDraw extends fc.Arbitrary<infer T> ? T : never;

export const worldDraw = fc.record({
  capabilities: capabilityDraw,
  mode: fc.constantFrom(
    "scalable",
    "scalable",
    "scalable",
    "scalable",
    "legacy",
    "abort",
    "reserved",
  ),
  levels: fc.record({ first: fc.constantFrom(4, 4, 5), second: fc.constantFrom(3, 4, 5) }),
  firstPages: fc.array(pageDraw, { minLength: 1, maxLength: 6 }),
  secondPages: fc.array(pageDraw, { minLength: 1, maxLength: 6 }),
  contexts: fc.tuple(contextDraw, contextDraw, contextDraw),
  pasids: fc.array(pasidDraw, { minLength: 2, maxLength: 8 }),
  damages: fc.array(damageDraw, { maxLength: 4 }),
  requests: fc.array(requestDraw, { minLength: 1, maxLength: 14 }),
});
export type World = typeof worldDraw extends fc.Arbitrary<infer T> ? T : never;

/** Guest memory with the tables of a world, and the value for RTADDR. */
export interface BuiltWorld {
  readonly memory: GuestMemory;
  readonly rootTableAddress: bigint;
}

const isOdd = (index: number) => index % 2 === 1;

function mapAll(
  table: FirstStageTable | SecondStageTable,
  pages: World["firstPages"],
  bits: number,
): void {
  const limit = (1n << BigInt(bits)) - 1n;
  for (const page of pages) {
    const size = BigInt(page.size);
    const iova = ((PLACES[page.place]! & limit) / size) * size;
    const output = (OUTPUTS[page.output]! / size) * size;
    const { count, read, write, user, accessed, dirty, snoop } = page;
    const run = { size: page.size, count };
    try {
      if (table instanceof FirstStageTable) {
        table.map(iova, output, { ...run, write, user, accessed, dirty });
      } else {
        table.map(iova, output, { ...run, read, write: write || !read, accessed, dirty, snoop });
      }
    } catch (error) {
      // Pages that overlap, or that leave the table's range, are simply not mapped.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

/** A guest-physical identity for the first-stage tables of nested PASIDs, besides the drawn pages. */
function mapGuestTables(table: SecondStageTable, writable: boolean): void {
  for (let page = 0n; page < BigInt(MEMORY_SIZE); page += 0x1000n) {
    if (table.lookup(page) === undefined) {
      table.map(page, page, { size: 4096, read: true, write: writable });
    }
  }
}

export function build(world: World, options: CapabilityOptions): BuiltWorld {
  const memory = GuestMemory.create({ size: MEMORY_SIZE });
  const frames = new FrameAllocator(FRAMES);
  const { hostAddressWidth } = resolveCapabilities(options);
  const second = [true, false].map((writable) => {
    const levels = world.levels.second;
    const table = new SecondStageTable({ memory, frames, levels, hostAddressWidth });
    mapGuestTables(table, writable);
    return table;
  });
  mapAll(second[0]!, world.secondPages, 12 + 9 * world.levels.second);
  const levels = world.levels.first;
  const first = [0, 1].map((index) => {
    const table = new FirstStageTable({ memory, frames, levels, hostAddressWidth });
    mapAll(table, isOdd(index) ? world.firstPages.slice(1) : world.firstPages, 12 + 9 * levels - 1);
    return table;
  });
  const rootTableAddress =
    world.mode === "legacy"
      ? buildLegacy(world, { memory, frames }, second)
      : buildScalable(world, { memory, frames }, first, second);
  const modes = { scalable: 1n, legacy: 0n, abort: 3n, reserved: 2n } as const;
  const root = (rootTableAddress & ~0xfffn) | (modes[world.mode] << 10n);
  damage(world, memory);
  return { memory, rootTableAddress: root };
}

interface Ground {
  readonly memory: GuestMemory;
  readonly frames: FrameAllocator;
}

function buildLegacy(world: World, ground: Ground, second: readonly SecondStageTable[]): bigint {
  const tables = LegacyTables.create(ground);
  world.contexts.forEach((context, index) => {
    const common = { domain: 1 + index, fpd: context.fpd };
    if (context.translationType === "pass-through") {
      tables.context(DEVICES[index]!, { kind: "pass-through", addressWidth: 48, ...common });
    } else {
      const secondStage = second[index % 2]!;
      const { deviceTlb } = context;
      tables.context(DEVICES[index]!, { kind: "second-stage", secondStage, deviceTlb, ...common });
    }
  });
  return tables.rootTableAddress;
}

/**
 * Software gives entries with one domain id the same tables and the same attributes (§6.2, Table
 * 17): caches are shared by domain. So what differs gets a domain of its own.
 */
function domainOf({ kind, table, ssade, pwsnp, eafe }: World["pasids"][number]): number {
  const kinds = ["first-stage", "second-stage", "nested", "pass-through"];
  const flags = [table === 1, ssade, pwsnp, eafe].map(Number);
  return flags.reduce((number, flag) => 2 * number + flag, 1 + kinds.indexOf(kind));
}

function buildScalable(
  world: World,
  ground: Ground,
  first: readonly FirstStageTable[],
  second: readonly SecondStageTable[],
): bigint {
  const tables = ScalableTables.create(ground);
  world.contexts.forEach(({ fpd, dte, paside, pre, pdts, ridPasid, ridPriv }, index) => {
    tables.context(DEVICES[index]!, { fpd, dte, paside, pre, pdts, ridPasid, ridPriv });
  });
  for (const entry of world.pasids) {
    const { sre, wpe, eafe, ssade, pwsnp, pgsnp, fpd } = entry;
    const domain = domainOf(entry);
    const firstStage = first[entry.table]!;
    const secondStage = second[entry.table]!;
    const common = { domain, pwsnp, pgsnp, fpd };
    const options: Record<string, PasidOptions> = {
      "first-stage": { kind: "first-stage", firstStage, sre, wpe, eafe, ...common },
      "second-stage": { kind: "second-stage", secondStage, sre, ssade, ...common },
      nested: { kind: "nested", firstStage, secondStage, sre, wpe, eafe, ssade, ...common },
      "pass-through": { kind: "pass-through", sre, ...common },
    };
    tables.pasid(DEVICES[entry.device]!, entry.pasid, options[entry.kind]!);
  }
  return tables.rootTableAddress;
}

function damage(world: World, memory: GuestMemory): void {
  if (world.damages.length === 0) return;
  const all = new BigUint64Array(memory.readBytes(0n, MEMORY_SIZE).slice().buffer);
  const words = [...all.keys()]
    .filter((index) => all[index] !== 0n)
    .map((index) => 8n * BigInt(index));
  for (const { word, step, kind, bit } of world.damages) {
    const address = words[word % words.length]! + BigInt(step);
    if (!memory.contains(address, 8)) continue;
    if (kind === "flip") {
      memory.write64(address, (memory.read64(address) ?? 0n) ^ (1n << BigInt(bit)));
    } else {
      const reads = kind !== "poison-writes";
      const writes = kind !== "poison-reads";
      memory.poison(address, 8, { reads, writes });
    }
  }
}

/** The input address of a drawn request. */
export function addressOf(request: DrawnRequest, levels: number): bigint {
  const limit = (1n << BigInt(12 + 9 * levels - 1)) - 1n;
  const address = ((PLACES[request.place]! & limit) + request.offset) & ~7n;
  switch (request.oddity) {
    case "interrupt-range":
      return 0xfee0_0000n + (request.offset & 0xfff8n);
    case "high":
      return address | (1n << 57n);
    case "bit-63":
      return address | (0xffffn << 48n);
    default:
      return address;
  }
}
