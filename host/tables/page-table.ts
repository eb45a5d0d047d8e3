import type { Structure } from "../spec/fields.js";
import { TableEntry } from "./entry.js";
import { allocateTable, type FrameSource } from "./frames.js";
import { FIRST_STAGE_ENTRY, SECOND_STAGE_ENTRY, maskOf } from "./structures.js";
import { hex, readWord, writeWord, type TableMemory } from "./table-memory.js";

/** Bytes of a page. */
export type PageSize = 0x1000 | 0x20_0000 | 0x4000_0000;

export const PAGE_4K = 0x1000 as const;
export const PAGE_2M = 0x20_0000 as const;
export const PAGE_1G = 0x4000_0000 as const;

/** Level of a paging structure: 1 for the table of PTEs, 2 PDEs, 3 PDPEs, 4 PML4Es, 5 PML5Es. */
export type Level = 1 | 2 | 3 | 4 | 5;

export interface PageTableOptions {
  /** Where the tables are written. */
  readonly memory: TableMemory;
  /** Where they get their frames from; addresses as `memory` understands them. */
  readonly frames: FrameSource;
  /** Bits of an address that an entry may hold, 12 to 52. Default 52. */
  readonly hostAddressWidth?: number;
  /** Sets the accessed flag in entries that point to tables. Default false. */
  readonly accessed?: boolean;
}

/** How many pages of which size. */
export interface PageRun {
  /** Bytes of one page. Default 4096. */
  readonly size?: PageSize;
  /** Pages, one after the other in both address spaces. Default 1. */
  readonly count?: number;
}

/** What a walk met at one level. */
export interface WalkStep {
  readonly level: Level;
  /** Address of the entry. */
  readonly address: bigint;
  readonly value: bigint;
  readonly present: boolean;
  /** The entry maps a page. */
  readonly leaf: boolean;
}

/** A page found by its input address. */
export interface MappedPage {
  /** Output address of the byte that was looked up. */
  readonly physical: bigint;
  /** Bytes of the page. */
  readonly size: PageSize;
  /** The raw leaf entry. */
  readonly entry: bigint;
}

/** Both stages have the address and the page size bit in the same places (§9.7, §9.8). */
const ADDRESS = maskOf(FIRST_STAGE_ENTRY, "ADDR") & maskOf(SECOND_STAGE_ENTRY, "ADDR");
const PAGE_SIZE_BIT = maskOf(FIRST_STAGE_ENTRY, "PS") & maskOf(SECOND_STAGE_ENTRY, "PS");

/** Page sizes by the level of their leaf, from level 1 on. */
const PAGE_SIZES: readonly PageSize[] = [PAGE_4K, PAGE_2M, PAGE_1G];

/** Log2 of the bytes that one entry of a level covers. */
const shiftOf = (level: number) => BigInt(12 + 9 * (level - 1));

/**
 * A radix tree of tables with 512 entries (§3.6, §3.7), as software keeps it. Guest memory is the only
 * copy: entries changed behind its back, by hardware or by hand, are what it goes on with.
 * Changed entries take effect when the unit's caches are invalidated, which is the caller's part.
 */
export abstract class PageTable<Attributes> {
  /** Address of the root table: what FSPTPTR or SSPTPTR points to. */
  readonly pointer: bigint;
  readonly #memory: TableMemory;
  readonly #frames: FrameSource;
  readonly #levels: Level;
  readonly #outputEnd: bigint;
  /** Tables that a large page took the place of. */
  readonly #replaced: bigint[] = [];

  protected constructor(options: PageTableOptions, levels: Level) {
    const width = options.hostAddressWidth ?? 52;
    if (!Number.isInteger(width) || width < 12 || width > 52) {
      throw new RangeError(`hostAddressWidth ${width}: expected 12 to 52`);
    }
    this.#memory = options.memory;
    this.#frames = options.frames;
    this.#levels = levels;
    this.#outputEnd = 1n << BigInt(width);
    this.pointer = allocateTable(this.#memory, this.#frames);
  }

  protected abstract readonly structure: Structure;
  protected abstract isPresent(entry: bigint): boolean;
  /** An entry without address that points to a table. */
  protected abstract tableEntry(): bigint;
  /** An entry without address that maps a page. */
  protected abstract pageEntry(attributes: Attributes): bigint;
  /** Throws if an input address from `first` to `last` is outside what the table can map. */
  protected abstract checkInput(first: bigint, last: bigint): void;

  /**
   * Maps `count` pages of `size` bytes from `iova` on to `physical` on.
   * @throws {RangeError} if an address is not a multiple of the size or out of range, or if a page
   * there is mapped already; nothing is mapped then. Also if frames run out or memory fails on the
   * way; the first pages of the run may be mapped then.
   */
  map(iova: bigint, physical: bigint, options: PageRun & Attributes): void {
    const size = options.size ?? PAGE_4K;
    const pages = this.#pages(iova, size, options.count ?? 1);
    this.#checkOutput(physical, size, pages.length);
    const entry = this.pageEntry(options) | physical;
    const level = (PAGE_SIZES.indexOf(size) + 1) as Level;
    const leaf = level === 1 ? entry : entry | PAGE_SIZE_BIT;
    for (const page of pages) this.#checkFree(page, level);
    for (const [i, page] of pages.entries()) {
      const slot = this.#slot(page, level);
      const old = readWord(this.#memory, slot);
      if (this.isPresent(old)) this.#detach(old & ADDRESS, (level - 1) as Level);
      writeWord(this.#memory, slot, leaf + BigInt(i) * BigInt(size));
    }
  }

  /**
   * Removes `count` pages from `iova` on; `size` is that of the page at `iova` if left out. The tables
   * stay, also empty ones: see `prune`.
   * @throws {RangeError} if one of them is not mapped with this size; nothing is removed then.
   */
  unmap(iova: bigint, options: PageRun = {}): void {
    const size = options.size ?? this.lookup(iova)?.size ?? PAGE_4K;
    const pages = this.#pages(iova, size, options.count ?? 1);
    const slots = pages.map((page) => {
      const last = this.walk(page).at(-1);
      if (last === undefined || !last.leaf) {
        throw new RangeError(`iova ${hex(page)}: expected a mapped page, found none`);
      }
      if (PAGE_SIZES[last.level - 1] !== size) {
        const found = hex(PAGE_SIZES[last.level - 1] ?? 0);
        throw new RangeError(`iova ${hex(page)}: expected a page of ${hex(size)}, found ${found}`);
      }
      return last.address;
    });
    for (const slot of slots) writeWord(this.#memory, slot, 0n);
  }

  /**
   * Detaches tables that have no present entry, the root excepted. Answers the frames that are out of
   * use now: release them when the caches, also those of non-leaf entries, were invalidated.
   */
  prune(): bigint[] {
    const detached = this.#replaced.splice(0);
    this.#pruneBelow(this.pointer, this.#levels, detached);
    return detached;
  }

  /** The entries that a walk for `iova` meets, from the root to the leaf or to one not present. */
  walk(iova: bigint): WalkStep[] {
    this.checkInput(iova, iova);
    const steps: WalkStep[] = [];
    let table = this.pointer;
    for (let level = this.#levels; ; level = (level - 1) as Level) {
      const address = entryOf(table, iova, level);
      const value = readWord(this.#memory, address);
      const present = this.isPresent(value);
      const leaf = present && isLeaf(value, level);
      steps.push({ level, address, value, present, leaf });
      if (!present || leaf) return steps;
      table = value & ADDRESS;
    }
  }

  /** The page that `iova` lies in; undefined if none is mapped there. Permissions are not looked at. */
  lookup(iova: bigint): MappedPage | undefined {
    const last = this.walk(iova).at(-1);
    if (last === undefined || !last.leaf) return undefined;
    const size = PAGE_SIZES[last.level - 1] ?? PAGE_4K;
    const offset = BigInt(size) - 1n;
    return {
      physical: (last.value & ADDRESS & ~offset) | (iova & offset),
      size,
      entry: last.value,
    };
  }

  /**
   * Address of the entry for `iova` at a level.
   * @throws {RangeError} if no table of that level is there.
   */
  entryAddress(iova: bigint, level: Level): bigint {
    const steps = this.walk(iova);
    const step = steps.find((candidate) => candidate.level === level);
    if (step !== undefined) return step.address;
    if (!Number.isInteger(level) || level < 1 || level > this.#levels) {
      throw new RangeError(`level ${level}: expected 1 to ${this.#levels}`);
    }
    const last = steps.at(-1);
    const found = last?.leaf === true ? "maps a page" : "is not present";
    throw new RangeError(
      `iova ${hex(iova)}: no table of level ${level}, the entry at level ${last?.level} ${found}`,
    );
  }

  /** The entry for `iova` at a level, to read or to change field by field. Throws as `entryAddress`. */
  entry(iova: bigint, level: Level): TableEntry {
    return new TableEntry(this.#memory, this.structure, this.entryAddress(iova, level));
  }

  #pages(iova: bigint, size: PageSize, count: number): bigint[] {
    if (!PAGE_SIZES.includes(size)) {
      throw new RangeError(`size ${hex(size)}: expected ${PAGE_SIZES.map(hex).join(", ")}`);
    }
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`count ${count}: expected a positive number of pages`);
    }
    if (iova % BigInt(size) !== 0n) {
      throw new RangeError(`iova ${hex(iova)}: expected a multiple of the page size ${hex(size)}`);
    }
    this.checkInput(iova, iova + BigInt(size) * BigInt(count) - 1n);
    return Array.from({ length: count }, (_, i) => iova + BigInt(i) * BigInt(size));
  }

  #checkOutput(physical: bigint, size: PageSize, count: number): void {
    if (physical % BigInt(size) !== 0n) {
      throw new RangeError(
        `physical ${hex(physical)}: expected a multiple of the page size ${hex(size)}`,
      );
    }
    const end = physical + BigInt(size) * BigInt(count);
    if (physical < 0n || end > this.#outputEnd) {
      throw new RangeError(
        `physical ${hex(physical)} to ${hex(end - 1n)}: expected addresses below ` +
          `${hex(this.#outputEnd)}, the host address width`,
      );
    }
  }

  #checkFree(iova: bigint, level: Level): void {
    const met = this.walk(iova).find((step) => step.leaf || step.level === level);
    if (met === undefined || !met.present) return;
    if (met.leaf || this.#hasPages(met.value & ADDRESS, (level - 1) as Level)) {
      throw new RangeError(
        `iova ${hex(iova)}: a page is mapped there already, see the level ${met.level} entry ` +
          `${hex(met.value)} at ${hex(met.address)}`,
      );
    }
  }

  #hasPages(table: bigint, level: Level): boolean {
    return this.#presentEntries(table).some(
      ({ value }) => isLeaf(value, level) || this.#hasPages(value & ADDRESS, (level - 1) as Level),
    );
  }

  #presentEntries(table: bigint): { address: bigint; value: bigint }[] {
    return Array.from({ length: 512 }, (_, i) => table + 8n * BigInt(i))
      .map((address) => ({ address, value: readWord(this.#memory, address) }))
      .filter(({ value }) => this.isPresent(value));
  }

  /** Address of the entry for `iova` at a level; tables that lack on the way are made. */
  #slot(iova: bigint, level: Level): bigint {
    let table = this.pointer;
    for (let at = this.#levels; at > level; at = (at - 1) as Level) {
      const address = entryOf(table, iova, at);
      const value = readWord(this.#memory, address);
      if (this.isPresent(value)) {
        table = value & ADDRESS;
      } else {
        table = allocateTable(this.#memory, this.#frames);
        writeWord(this.#memory, address, this.tableEntry() | table);
      }
    }
    return entryOf(table, iova, level);
  }

  #detach(table: bigint, level: Level): void {
    for (const { value } of this.#presentEntries(table)) {
      this.#detach(value & ADDRESS, (level - 1) as Level);
    }
    this.#replaced.push(table);
  }

  #pruneBelow(table: bigint, level: Level, detached: bigint[]): boolean {
    let empty = true;
    for (const { address, value } of this.#presentEntries(table)) {
      const child = value & ADDRESS;
      if (!isLeaf(value, level) && this.#pruneBelow(child, (level - 1) as Level, detached)) {
        writeWord(this.#memory, address, 0n);
        detached.push(child);
      } else {
        empty = false;
      }
    }
    return empty;
  }
}

function isLeaf(entry: bigint, level: Level): boolean {
  return level === 1 || (level <= 3 && (entry & PAGE_SIZE_BIT) !== 0n);
}

function entryOf(table: bigint, iova: bigint, level: Level): bigint {
  return table + 8n * ((iova >> shiftOf(level)) & 0x1ffn);
}
