/** Random tables, damage to them, and random requests: what the fast unit and the oracle both get. */
import fc from "fast-check";
import type { Access } from "../../host/spec/requests.js";
import { encodeEntry, type EntryFields } from "../../host/tables/entry.js";
import { pasidFields, type PasidOptions } from "../../host/tables/pasid-entry.js";
import {
  FIRST_STAGE_ENTRY,
  LEGACY_CONTEXT,
  PASID_TABLE,
  SCALABLE_CONTEXT,
  SECOND_STAGE_ENTRY,
} from "../../host/tables/structures.js";
import type { Structure } from "../../host/spec/fields.js";
import type { Poison } from "./ground.js";
import { MEMORY_SIZE, type TableImage, type TableKind } from "./table-image.js";

export const DEVICES = [0x0010, 0x00f9, 0x0110] as const;
const PASIDS = [0, 1, 5, 64, 200] as const;

/** Input addresses that are mapped with preference; bits above the table's width are cut off. */
const PLACES = [0x0n, 0x1000n, 0x20_0000n, 0x4000_0000n, 0x7f_ffff_f000n, 0x7fff_ffff_f000n];
const OUTPUTS = [0x0n, 0x8000_0000n, 0xfee0_0000n, 0xfec0_0000n, 0x1_4000_0000n];
const ODDITIES = ["interrupt-range", "high", "bit-63"] as const;
const ADDRESS = 0x000f_ffff_ffff_f000n;

export const bool = fc.boolean();
/** True now and then. */
export const seldom = fc.integer({ min: 0, max: 7 }).map((draw) => draw === 0);
/** False now and then. */
export const mostly = seldom.map((draw) => !draw);

/** Null most of the time. */
export function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ arbitrary: fc.constant(null), weight: 7 }, { arbitrary, weight: 1 });
}

const pageDraw = fc.record({
  place: fc.nat({ max: PLACES.length - 1 }),
  output: fc.nat({ max: OUTPUTS.length - 1 }),
  /** Level of the leaf: 4 KiB, 2 MiB, 1 GiB. */
  level: fc.constantFrom(1, 1, 1, 2, 3),
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
  kind: fc.constantFrom("first-stage", "second-stage", "nested", "nested", "pass-through"),
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
  eptr: seldom,
  pdts: fc.constantFrom(0, 7),
  ridPasid: fc.constantFrom(0, 1, 64),
  ridPriv: seldom,
  translationType: fc.constantFrom("second-stage", "second-stage", "pass-through"),
  deviceTlb: bool,
});

/** Damage to a word of some table: bits turned over, pointers turned elsewhere, accesses that fail. */
const damageDraw = fc.record({
  word: fc.nat({ max: 0xffff }),
  /** Bytes behind the chosen word. */
  step: fc.constantFrom(0, 0, 0, 8, 16, 24),
  kind: fc.constantFrom(
    "flip",
    "flip",
    "flip",
    "pointer",
    "garbage",
    "poison-reads",
    "poison-writes",
    "poison-both",
  ),
  bit: fc.nat({ max: 63 }),
  garbage: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
});

export const requestDraw = fc.record({
  kind: fc.constantFrom(
    "translate",
    "translate",
    "translate",
    "translation-request",
    "translated",
    "page-request",
  ),
  /** Of a device and a PASID that have an entry, the one of this number; or of others. */
  entry: fc.nat({ max: 15 }),
  stranger: rarely(
    fc.record({
      device: fc.nat({ max: DEVICES.length }),
      pasid: fc.option(fc.constantFrom(...PASIDS, 0xfffff)),
    }),
  ),
  /** Near the page of this number. */
  page: fc.nat({ max: 15 }),
  offset: fc.constantFrom(0n, 0n, 8n, 0xff0n, 0x1008n, 0x2000n, 0x20_0000n, 0xe0_0000n),
  oddity: fc.integer({ min: 0, max: 15 }).map((odd) => ODDITIES[odd] ?? "none"),
  access: fc.constantFrom<Access>("read", "write", "atomic"),
  size: fc.constantFrom(8, 8, 4, 0),
  privileged: bool,
  execute: seldom,
  noWrite: bool,
  last: bool,
});
export type DrawnRequest = typeof requestDraw extends fc.Arbitrary<infer T> ? T : never;

export const worldDraw = fc.record({
  /** Which combination of capabilities, and cache sizes. */
  unit: fc.nat({ max: 0xff }),
  /** Nothing is set that the unit takes for reserved or not supported, but for the damages. */
  lawful: mostly,
  /** Every cache is flushed before every request, so that only memory decides. */
  flush: bool,
  mode: fc.constantFrom(
    ...new Array<"scalable">(24).fill("scalable"),
    ...new Array<"legacy">(6).fill("legacy"),
    "abort",
    "reserved",
  ),
  /** RTADDR.SSIRWE, and second-stage entries with IR and IW in place of R and W. */
  ssirwe: seldom,
  levels: fc.record({ first: fc.constantFrom(4, 4, 5), second: fc.constantFrom(4, 3, 5) }),
  firstPages: fc.array(pageDraw, { minLength: 1, maxLength: 5 }),
  secondPages: fc.array(pageDraw, { minLength: 1, maxLength: 5 }),
  contexts: fc.tuple(contextDraw, contextDraw, contextDraw),
  pasids: fc.array(pasidDraw, { minLength: 1, maxLength: 6 }),
  damages: fc.oneof(fc.constant([]), fc.array(damageDraw, { maxLength: 4 })),
  requests: fc.array(requestDraw, { minLength: 1, maxLength: 10 }),
});
export type World = typeof worldDraw extends fc.Arbitrary<infer T> ? T : never;

/** What stands in memory besides words. */
export interface BuiltWorld {
  /** Value for RTADDR. */
  readonly rootTableAddress: bigint;
  readonly poison: readonly Poison[];
}

const FIRST: TableKind = {
  name: "first-stage table",
  pointer: encoded(FIRST_STAGE_ENTRY, { P: 1, RW: 1, US: 1 }),
};
const SECOND: TableKind = {
  name: "second-stage table",
  pointer: encoded(SECOND_STAGE_ENTRY, { R: 1, W: 1 }),
};
const SECOND_WITH_IO_PERMISSIONS: TableKind = {
  name: "second-stage table",
  pointer: encoded(SECOND_STAGE_ENTRY, { IR: 1, IW: 1 }),
};
const SSIRWE = 1n << 7n;

function encoded(structure: Structure, fields: EntryFields): bigint {
  return encodeEntry(structure, fields)[0]!;
}

type Page = World["firstPages"][number];

function firstStageLeaf({ read, write, user, accessed, dirty }: Page): bigint {
  return encoded(FIRST_STAGE_ENTRY, { P: read, RW: write, US: user, A: accessed, D: dirty });
}

function secondStageLeaf({ read, write, accessed, dirty, snoop }: Page, io: boolean): bigint {
  const rights = secondStageRights(read, write || !read, io);
  return encoded(SECOND_STAGE_ENTRY, { ...rights, A: accessed, D: dirty, SNP: snoop });
}

function secondStageRights(read: boolean, write: boolean, io: boolean): EntryFields {
  return io ? { IR: read, IW: write } : { R: read, W: write };
}

interface Root {
  readonly pointer: bigint;
  readonly levels: number;
}

function tree(
  image: TableImage,
  kind: TableKind,
  levels: number,
  width: number,
  pages: readonly Page[],
): Root {
  const root = image.frame(kind.name, levels);
  const limit = (1n << BigInt(width)) - 1n;
  for (const page of pages) {
    const shift = BigInt(12 + 9 * (page.level - 1));
    const output = (OUTPUTS[page.output]! >> shift) << shift;
    const io = kind === SECOND_WITH_IO_PERMISSIONS;
    const leaf = kind === FIRST ? firstStageLeaf(page) : secondStageLeaf(page, io);
    const size = page.level > 1 ? 0x80n : 0n;
    for (let step = 0n; step < BigInt(page.count); step++) {
      const iova = (PLACES[page.place]! + (step << shift)) & limit;
      const slot = image.entry(kind, root, levels, iova, page.level);
      if (slot !== undefined) image.write(slot, [leaf | size | (output + (step << shift))]);
    }
  }
  return { pointer: BigInt(root), levels };
}

/** Maps every frame up to `end` to itself where no page was drawn: first-stage tables lie there. */
function mapGuestTables(
  image: TableImage,
  kind: TableKind,
  { pointer, levels }: Root,
  end: number,
  write: boolean,
) {
  const io = kind === SECOND_WITH_IO_PERMISSIONS;
  const leaf = encoded(SECOND_STAGE_ENTRY, secondStageRights(true, write, io));
  for (let page = 0; page < end; page += 0x1000) {
    const slot = image.entry(kind, Number(pointer), levels, BigInt(page), 1);
    if (slot !== undefined && image.words[slot / 8] === 0n)
      image.write(slot, [leaf | BigInt(page)]);
  }
}

/** Writes the tables of a world into the image. */
export function build(world: World, image: TableImage): BuiltWorld {
  image.clear();
  const root = image.frame("root table");
  const legacy = world.mode === "legacy";
  const { levels } = world;
  const secondKind = world.ssirwe ? SECOND_WITH_IO_PERMISSIONS : SECOND;
  const secondStage = (pages: readonly Page[]) =>
    tree(image, secondKind, levels.second, 12 + 9 * levels.second, pages);
  const second = () => secondStage(world.secondPages);
  if (legacy) {
    buildLegacy(world, image, root, second());
  } else {
    const kinds = new Set(world.pasids.map(({ kind }) => kind));
    // First-stage tables lie where few guest pages are drawn, so that nested walks find them.
    for (let skipped = 0; skipped < 3; skipped++) image.frame("nothing");
    const first = [0, 1].map((index) => {
      const pages = index === 1 ? world.firstPages.slice(1) : world.firstPages;
      return tree(image, FIRST, levels.first, 12 + 9 * levels.first - 1, pages);
    });
    const end = image.end;
    const seconds = [second(), secondStage([])];
    if (kinds.has("nested")) {
      seconds.forEach((table, index) => mapGuestTables(image, secondKind, table, end, index === 0));
    }
    buildScalable(world, image, { root, first, second: seconds });
  }
  const modes = { scalable: 1n, legacy: 0n, abort: 3n, reserved: 2n } as const;
  const rootTableAddress = BigInt(root) | (modes[world.mode] << 10n) | (world.ssirwe ? SSIRWE : 0n);
  return { rootTableAddress, poison: damage(world, image) };
}

function buildLegacy(world: World, image: TableImage, root: number, second: Root): void {
  world.contexts.forEach((context, index) => {
    const source = DEVICES[index]!;
    const slot = root + 16 * (source >> 8);
    if (image.words[slot / 8] === 0n)
      image.write(slot, [BigInt(image.frame("context table")) | 1n]);
    const table = Number(image.words[slot / 8]! & ADDRESS);
    const passThrough = context.translationType === "pass-through";
    const fields = {
      P: 1,
      FPD: context.fpd,
      TT: passThrough ? 2 : context.deviceTlb ? 1 : 0,
      AW: second.levels - 2,
      SSPTPTR: second.pointer,
      DID: 1 + (index % 2),
    };
    image.write(table + 16 * (source & 0xff), encodeEntry(LEGACY_CONTEXT, fields));
  });
}

interface Tables {
  readonly root: number;
  readonly first: readonly Root[];
  readonly second: readonly Root[];
}

function buildScalable(world: World, image: TableImage, { root, first, second }: Tables): void {
  const directories = world.contexts.map((context, index) => {
    const source = DEVICES[index]!;
    const slot = root + 16 * (source >> 8) + (source & 0x80 ? 8 : 0);
    if (image.words[slot / 8] === 0n)
      image.write(slot, [BigInt(image.frame("context table")) | 1n]);
    const table = Number(image.words[slot / 8]! & ADDRESS);
    const directory = image.frame("PASID directory");
    const fields = {
      P: 1,
      FPD: context.fpd,
      DTE: context.dte,
      PASIDE: context.paside,
      PRE: context.pre,
      EPTR: context.eptr,
      PDTS: context.pdts,
      PASIDDIRPTR: BigInt(directory),
      RID_PASID: context.ridPasid,
      RID_PRIV: context.ridPriv,
    };
    image.write(table + 32 * (source & 0x7f), encodeEntry(SCALABLE_CONTEXT, fields));
    return directory;
  });
  for (const drawn of world.pasids) {
    const slot = directories[drawn.device]! + 8 * (drawn.pasid >> 6);
    if (image.words[slot / 8] === 0n) image.write(slot, [BigInt(image.frame("PASID table")) | 1n]);
    const table = Number(image.words[slot / 8]! & ADDRESS);
    const options = pasidOptions(drawn, first, second);
    const words = encodeEntry(PASID_TABLE, pasidFields(options));
    image.write(table + 64 * (drawn.pasid & 0x3f), words);
  }
}

type DrawnPasid = World["pasids"][number];

function pasidOptions(drawn: DrawnPasid, first: readonly Root[], second: readonly Root[]) {
  const { table, sre, wpe, eafe, ssade, pwsnp, pgsnp, fpd } = drawn;
  return {
    kind: drawn.kind,
    domain: domainOf(drawn),
    firstStage: first[table]!,
    secondStage: second[table]!,
    ...{ sre, wpe, eafe, ssade, pwsnp, pgsnp, fpd },
  } as PasidOptions;
}

/**
 * Software gives entries with one domain id the same tables and the same attributes (§6.2, Table
 * 17): caches are shared by domain. So what differs gets a domain of its own.
 */
function domainOf({ kind, table, ssade, pwsnp, eafe }: DrawnPasid): number {
  const kinds = ["first-stage", "second-stage", "nested", "pass-through"];
  const flags = [table === 1, ssade, pwsnp, eafe].map(Number);
  return flags.reduce((number, flag) => 2 * number + flag, 1 + kinds.indexOf(kind));
}

function damage(world: World, image: TableImage): Poison[] {
  if (world.damages.length === 0) return [];
  const used = image.used();
  const poison: Poison[] = [];
  for (const { word, step, kind, bit, garbage } of world.damages) {
    const index = used[word % used.length]! + step / 8;
    if (index >= MEMORY_SIZE / 8) continue;
    const value = image.words[index]!;
    switch (kind) {
      case "flip":
        image.words[index] = value ^ (1n << BigInt(bit));
        break;
      case "pointer": {
        const frame = garbage % BigInt(image.end / 0x1000 + 1);
        image.words[index] = (value & ~ADDRESS) | (frame << 12n);
        break;
      }
      case "garbage":
        image.words[index] = garbage;
        break;
      default: {
        const reads = kind !== "poison-writes";
        const writes = kind !== "poison-reads";
        poison.push({ address: BigInt(8 * index), length: 8, reads, writes });
      }
    }
  }
  return poison;
}

/** Who asks for which address. */
export interface Aim {
  readonly sourceId: number;
  readonly pasid: number | undefined;
  readonly address: bigint;
}

/** What a drawn request aims at in a world. */
export function aimOf(request: DrawnRequest, world: World): Aim {
  const { device, pasid, isFirst } = requesterOf(request, world);
  const { levels } = world;
  const pages = isFirst ? world.firstPages : world.secondPages;
  const { place } = pages[request.page % pages.length]!;
  const limit = (1n << BigInt(12 + 9 * (isFirst ? levels.first : levels.second) - 1)) - 1n;
  const address = ((PLACES[place]! & limit) + request.offset) & ~7n;
  // Most units know no translated requests with PASID.
  const named =
    pasid === null || (request.kind === "translated" && !request.last) ? undefined : pasid;
  return {
    sourceId: DEVICES[device] ?? 0x0218,
    pasid: named,
    address: oddAddress(request, address),
  };
}

interface Requester {
  readonly device: number;
  readonly pasid: number | null;
  /** The address is one of the first stage. */
  readonly isFirst: boolean;
}

function requesterOf({ stranger, entry }: DrawnRequest, world: World): Requester {
  if (stranger !== null) return { ...stranger, isFirst: true };
  if (world.mode === "legacy") return { device: entry % 3, pasid: null, isFirst: false };
  const { device, pasid, kind } = world.pasids[entry % world.pasids.length]!;
  const isOfRequestsWithout = world.contexts[device]!.ridPasid === pasid;
  return {
    device,
    pasid: isOfRequestsWithout ? null : pasid,
    isFirst: kind === "first-stage" || kind === "nested",
  };
}

function oddAddress({ oddity, offset }: DrawnRequest, address: bigint): bigint {
  switch (oddity) {
    case "interrupt-range":
      return 0xfee0_0000n + (offset & 0xfff8n);
    case "high":
      return address | (1n << 57n);
    case "bit-63":
      return address | (0xffffn << 48n);
    default:
      return address;
  }
}
