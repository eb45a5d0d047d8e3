import { FIRST_STAGE_ENTRY, maskOf, SECOND_STAGE_ENTRY } from "../../tables/structures.js";
import type { PasidOptions } from "../../tables/pasid-entry.js";

/** Level of a table: 1 holds entries of 4 KiB pages. */
export type TableLevel = 1 | 2 | 3 | 4 | 5;

/** What a mapping lets a device do; at least one of them (IOMMU_READ, IOMMU_WRITE). */
export interface Protection {
  /** Default true. The first stage cannot refuse reads. */
  readonly read?: boolean;
  /** Default true. */
  readonly write?: boolean;
}

/** What the entries of a kind of table mean, as Linux's driver writes them. */
export interface TableFormat {
  /** Linux's name of the format. */
  readonly name: "vtdss" | "x86_64";
  readonly levels: 3 | 4 | 5;
  /** Bits of an input address. */
  readonly width: number;
  /** Upper half and lower half, as a processor has them; otherwise one range from 0 on. */
  readonly canonical: boolean;
  /** Sizes of pages, ascending; place 0 is that of level 1. */
  readonly pageSizes: readonly bigint[];
  /** A in an entry that is used. */
  readonly accessed: bigint;
  /** D in a leaf that was written through; 0 where Linux does not track it. */
  readonly dirty: bigint;
  isPresent(entry: bigint): boolean;
  /** A present entry maps a page. */
  isLeaf(entry: bigint, level: TableLevel): boolean;
  /** Where the table of an entry, or its page, lies. */
  addressIn(entry: bigint): bigint;
  tableEntry(table: bigint): bigint;
  leafEntry(physical: bigint, level: TableLevel, protection: Protection): bigint;
  /** The entry of the PASID table that such a table at `pointer` takes. */
  pasidEntry(pointer: bigint, domain: number, tracksDirty: boolean): PasidOptions;
}

const PAGE_SIZES = [1n << 12n, 1n << 21n, 1n << 30n] as const;
const ADDRESS = maskOf(SECOND_STAGE_ENTRY, "ADDR");
const PAGE_SIZE = maskOf(SECOND_STAGE_ENTRY, "PS");
const READ = maskOf(SECOND_STAGE_ENTRY, "R");
const WRITE = maskOf(SECOND_STAGE_ENTRY, "W");

/** Log2 of the bytes that one entry of a level covers. */
const shiftOf = (level: TableLevel): bigint => BigInt(12 + 9 * (level - 1));

/** Bytes that one entry of a level covers. */
export const spanOf = (level: TableLevel): bigint => 1n << shiftOf(level);

/** Which entry of its table an address selects at a level. */
export const indexAt = (level: TableLevel, iova: bigint): number =>
  Number((iova >> shiftOf(level)) & 0x1ffn);

export interface SecondStageFormatOptions {
  /** 3, 4 or 5 levels, as CAP.SAGAW allows. Default 4. */
  readonly levels?: 3 | 4 | 5;
  /** Page sizes that leaves may have besides 4 KiB: CAP.SSLPS. Default 2 MiB and 1 GiB. */
  readonly largePages?: readonly ("2M" | "1G")[];
}

/** Second stage (§3.7, §9.8): Linux's vtdss. It alone tracks dirty pages. */
export function secondStageFormat(options: SecondStageFormatOptions = {}): TableFormat {
  const { levels = 4, largePages } = options;
  if (![3, 4, 5].includes(levels)) throw new RangeError(`levels ${levels}: expected 3, 4 or 5`);
  return {
    name: "vtdss",
    levels,
    width: 12 + 9 * levels,
    canonical: false,
    pageSizes: pageSizesOf(largePages),
    accessed: maskOf(SECOND_STAGE_ENTRY, "A"),
    dirty: maskOf(SECOND_STAGE_ENTRY, "D"),
    isPresent: (entry) => (entry & (READ | WRITE)) !== 0n,
    isLeaf,
    addressIn: (entry) => entry & ADDRESS,
    tableEntry: (table) => table | READ | WRITE,
    leafEntry: (physical, level, { read = true, write = true }) =>
      physical | (read ? READ : 0n) | (write ? WRITE : 0n) | sizeBit(level),
    pasidEntry: (pointer, domain, ssade) => ({
      kind: "second-stage",
      domain,
      ssade,
      secondStage: { pointer, levels },
    }),
  };
}

export interface FirstStageFormatOptions {
  /** 4, or 5 with CAP.FS5LP. Default 4. */
  readonly levels?: 4 | 5;
  /** Page sizes that leaves may have besides 4 KiB; 1 GiB needs CAP.FS1GP. Default both. */
  readonly largePages?: readonly ("2M" | "1G")[];
}

const FIRST = {
  present: maskOf(FIRST_STAGE_ENTRY, "P"),
  write: maskOf(FIRST_STAGE_ENTRY, "RW"),
  user: maskOf(FIRST_STAGE_ENTRY, "US"),
  accessed: maskOf(FIRST_STAGE_ENTRY, "A"),
  dirty: maskOf(FIRST_STAGE_ENTRY, "D"),
} as const;

/** First stage (§3.6, §9.7): Linux's x86_64. Its leaves are made accessed and dirty. */
export function firstStageFormat(options: FirstStageFormatOptions = {}): TableFormat {
  const { levels = 4, largePages } = options;
  if (![4, 5].includes(levels)) throw new RangeError(`levels ${levels}: expected 4 or 5`);
  const { present, write, user, accessed, dirty } = FIRST;
  return {
    name: "x86_64",
    levels,
    width: 12 + 9 * levels,
    canonical: true,
    pageSizes: pageSizesOf(largePages),
    accessed,
    dirty: 0n,
    isPresent: (entry) => (entry & present) !== 0n,
    isLeaf,
    addressIn: (entry) => entry & ADDRESS,
    tableEntry: (table) => table | present | write | user | accessed,
    leafEntry: (physical, level, protection) =>
      physical |
      present |
      user |
      accessed |
      sizeBit(level) |
      ((protection.write ?? true) ? write | dirty : 0n),
    pasidEntry: (pointer, domain) => ({
      kind: "first-stage",
      domain,
      firstStage: { pointer, levels },
    }),
  };
}

function pageSizesOf(largePages: readonly ("2M" | "1G")[] = ["2M", "1G"]): bigint[] {
  const has = (name: "2M" | "1G") => largePages.includes(name);
  return PAGE_SIZES.filter((_, i) => i === 0 || has(i === 1 ? "2M" : "1G"));
}

function isLeaf(entry: bigint, level: TableLevel): boolean {
  return level === 1 || (level <= PAGE_SIZES.length && (entry & PAGE_SIZE) !== 0n);
}

function sizeBit(level: TableLevel): bigint {
  return level === 1 ? 0n : PAGE_SIZE;
}

/** The level whose entries cover pages of a size. */
export function levelOf(pageSize: bigint): TableLevel {
  return (PAGE_SIZES.findIndex((size) => size === pageSize) + 1) as TableLevel;
}

/** Whether every address from `first` to `last` is one that such a table translates. */
export function covers(format: TableFormat, first: bigint, last: bigint): boolean {
  const { width, canonical } = format;
  if (first < 0n || last < first || last >= 1n << 64n) return false;
  if (!canonical) return last >> BigInt(width) === 0n;
  const upper = (1n << BigInt(65 - width)) - 1n;
  const half = first >> BigInt(width - 1);
  return (half === 0n || half === upper) && last >> BigInt(width - 1) === half;
}
