import type { BytePort } from "./byte-port.js";
import {
  memoryMap,
  poisonFlag,
  writePoison,
  writeRegions,
  type MemoryRegion,
  type PoisonRange,
} from "./memory-map.js";
import { healRange, poisonedBy } from "./poison.js";

export interface GuestMemoryOptions {
  /** Bytes of RAM at guest physical 0; a multiple of 4096, may be 0 if there are regions. */
  readonly size: number;
  /** More RAM: `start` and `size` multiples of 4096, below 2^52, not overlapping. */
  readonly regions?: readonly { readonly start: bigint; readonly size: number }[];
}

export interface PoisonOptions {
  /** Default true. */
  readonly reads?: boolean;
  /** Default true; compare-and-exchange counts as a write. */
  readonly writes?: boolean;
}

/** Bytes whose port accesses of the named kinds fail. */
export interface PoisonedRange extends Required<PoisonOptions> {
  readonly start: bigint;
  readonly length: bigint;
}

const PAGE = 4096;
const U64_MAX = (1n << 64n) - 1n;
const WASM_PAGE = 65536;
const HIGHEST_END = 2 ** 52;
const WASM_LIMIT = 2 ** 32;

/**
 * Guest RAM: regions with holes between them, in one WebAssembly memory.
 *
 * Two views. The port (`read64`, `write64`, `compareExchange64`, `tryReadBytes`, `tryWriteBytes`)
 * is what units and devices use: it fails outside RAM and in poisoned ranges. The typed accessors
 * (`read32`, `writeBytes`, ...) are a debugger's: they ignore poison, accept any alignment, and
 * throw a RangeError outside RAM.
 */
export class GuestMemory implements BytePort {
  /** The memory that holds RAM behind a memory map (`host/memory/memory-map.ts`). Never grows. */
  readonly wasmMemory: WebAssembly.Memory;
  /** Where the memory map lies in `wasmMemory`. */
  readonly memoryMapAt: number;
  readonly #regions: readonly MemoryRegion[];
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #poison: readonly PoisonRange[] = [];

  private constructor(wasmMemory: WebAssembly.Memory, memoryMapAt: number, layout: Layout) {
    this.wasmMemory = wasmMemory;
    this.memoryMapAt = memoryMapAt;
    this.#regions = layout.regions;
    this.#view = new DataView(wasmMemory.buffer, memoryMapAt, layout.end);
    this.#bytes = new Uint8Array(wasmMemory.buffer, memoryMapAt, layout.end);
    writeRegions(this.#view, layout.regions);
  }

  static create(options: GuestMemoryOptions): GuestMemory {
    const layout = layOut(options);
    const pages = Math.ceil(layout.end / WASM_PAGE);
    return new GuestMemory(new WebAssembly.Memory({ initial: pages, maximum: pages }), 0, layout);
  }

  /**
   * Guest RAM within a memory that exists, from `memoryMapAt` on: first the memory map, then RAM, all
   * zero so far. The memory must not grow any more.
   * @throws {RangeError} unless `memoryMapAt` is a multiple of 64 KiB with `bytesFor(options)` behind it.
   */
  static within(
    wasmMemory: WebAssembly.Memory,
    memoryMapAt: number,
    options: GuestMemoryOptions,
  ): GuestMemory {
    const layout = layOut(options);
    const room = wasmMemory.buffer.byteLength - memoryMapAt;
    if (memoryMapAt < 0 || memoryMapAt % WASM_PAGE !== 0 || room < layout.end) {
      throw new RangeError(
        `memoryMapAt is ${memoryMapAt}: expected a multiple of ${WASM_PAGE} with ` +
          `${layout.end} bytes behind it, in a memory of ${wasmMemory.buffer.byteLength} bytes`,
      );
    }
    return new GuestMemory(wasmMemory, memoryMapAt, layout);
  }

  /** Bytes of the memory map and all RAM. */
  static bytesFor(options: GuestMemoryOptions): number {
    return layOut(options).end;
  }

  /** The regions of RAM by address. */
  get regions(): readonly { readonly start: bigint; readonly size: number }[] {
    return this.#regions.map(({ start, size }) => ({ start: BigInt(start), size }));
  }

  /** True if all `length` bytes are RAM of one region. */
  contains(address: bigint, length = 1): boolean {
    return this.#find(address, length) >= 0;
  }

  read64(address: bigint): bigint | undefined {
    requireAligned(address);
    const at = this.#portAccess(address, 8, poisonFlag.reads);
    return at < 0 ? undefined : this.#view.getBigUint64(at, true);
  }

  write64(address: bigint, value: bigint): boolean {
    requireAligned(address);
    const at = this.#portAccess(address, 8, poisonFlag.writes);
    if (at >= 0) this.#view.setBigUint64(at, value, true);
    return at >= 0;
  }

  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    requireAligned(address);
    const at = this.#portAccess(address, 8, poisonFlag.writes);
    if (at < 0) return undefined;
    const found = this.#view.getBigUint64(at, true);
    if (found === expected) this.#view.setBigUint64(at, replacement, true);
    return found;
  }

  tryReadBytes(address: bigint, length: number): Uint8Array | undefined {
    const at = this.#portAccess(address, length, poisonFlag.reads);
    return at < 0 ? undefined : this.#bytes.slice(at, at + length);
  }

  tryWriteBytes(address: bigint, bytes: Uint8Array): boolean {
    const at = this.#portAccess(address, bytes.length, poisonFlag.writes);
    if (at >= 0) this.#bytes.set(bytes, at);
    return at >= 0;
  }

  read8(address: bigint): number {
    return this.#view.getUint8(this.#locate(address, 1));
  }

  read16(address: bigint): number {
    return this.#view.getUint16(this.#locate(address, 2), true);
  }

  read32(address: bigint): number {
    return this.#view.getUint32(this.#locate(address, 4), true);
  }

  write8(address: bigint, value: number): void {
    this.#view.setUint8(this.#locate(address, 1), value);
  }

  write16(address: bigint, value: number): void {
    this.#view.setUint16(this.#locate(address, 2), value, true);
  }

  write32(address: bigint, value: number): void {
    this.#view.setUint32(this.#locate(address, 4), value, true);
  }

  /** A copy. */
  readBytes(address: bigint, length: number): Uint8Array {
    const at = this.#locate(address, length);
    return this.#bytes.slice(at, at + length);
  }

  writeBytes(address: bigint, bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#locate(address, bytes.length));
  }

  /** Sets `length` bytes to `value` (0 to 255, default 0). */
  fill(address: bigint, length: number, value = 0): void {
    const at = this.#locate(address, length);
    this.#bytes.fill(value, at, at + length);
  }

  /**
   * From now on port accesses that touch these bytes fail; the range is widened to whole 64-bit
   * words. It need not be RAM.
   */
  poison(start: bigint, length: number | bigint, options: PoisonOptions = {}): void {
    const { reads = true, writes = true } = options;
    const end = start + BigInt(length);
    if (start < 0n || end <= start || end > 1n << 64n) {
      throw new RangeError(
        `poison needs a range of at least one byte in 64 bits, got ${hex(start)} + ${length}`,
      );
    }
    const flags = (reads ? poisonFlag.reads : 0) | (writes ? poisonFlag.writes : 0);
    if (flags === 0) throw new TypeError("poison needs reads or writes, both are false");
    this.#setPoison([...this.#poison, { start: start & ~7n, end: wordEnd(end), flags }]);
  }

  /** Undoes `poison`, for all memory or for a range (widened to whole 64-bit words). */
  heal(start?: bigint, length?: number | bigint): void {
    if (start === undefined) {
      this.#setPoison([]);
      return;
    }
    if (length === undefined) throw new TypeError("heal needs a length with a start");
    const end = start + BigInt(length);
    this.#setPoison(healRange(this.#poison, start & ~7n, wordEnd(end)));
  }

  /** The poisoned ranges, by whole 64-bit words. */
  get poisoned(): readonly PoisonedRange[] {
    return this.#poison.map(({ start, end, flags }) => ({
      start,
      length: end - start,
      reads: (flags & poisonFlag.reads) !== 0,
      writes: (flags & poisonFlag.writes) !== 0,
    }));
  }

  #setPoison(ranges: readonly PoisonRange[]): void {
    if (ranges.length > memoryMap.maxPoisonRanges) {
      throw new RangeError(`more than ${memoryMap.maxPoisonRanges} poison ranges; heal some first`);
    }
    this.#poison = ranges;
    writePoison(this.#view, ranges);
  }

  /** Offset of [address, address + length) in the wasm memory, or -1. */
  #find(address: bigint, length: number): number {
    // Above 2^53 the number is not exact, but no region reaches beyond 2^52.
    const start = Number(address);
    for (const region of this.#regions) {
      const from = start - region.start;
      if (from >= 0 && from + length <= region.size) return region.offset + from;
    }
    return -1;
  }

  #portAccess(address: bigint, length: number, flag: number): number {
    const at = this.#find(address, length);
    if (at < 0 || this.#poison.length === 0) return at;
    return poisonedBy(this.#poison, address, length, flag) ? -1 : at;
  }

  #locate(address: bigint, length: number): number {
    const at = this.#find(address, length);
    if (at < 0) throw new RangeError(`${hex(address)} + ${length} is not RAM of one region`);
    return at;
  }
}

/** Where the regions lie behind the memory map, and the first byte behind them. */
interface Layout {
  readonly regions: readonly MemoryRegion[];
  readonly end: number;
}

function layOut(options: GuestMemoryOptions): Layout {
  const wanted = (options.regions ?? []).map((region) => ({
    start: Number(region.start),
    size: region.size,
  }));
  if (options.size !== 0) wanted.push({ start: 0, size: options.size });
  const regions: MemoryRegion[] = [];
  let offset: number = memoryMap.ramAt;
  let previousEnd = 0;
  for (const { start, size } of wanted.sort((a, b) => a.start - b.start)) {
    const name = `RAM at 0x${start.toString(16)} of ${size} bytes`;
    if (!(start >= 0) || !(size > 0) || start % PAGE !== 0 || size % PAGE !== 0) {
      throw new RangeError(`${name}: start and size must be multiples of 4096, size above 0`);
    }
    if (start + size > HIGHEST_END) throw new RangeError(`${name} reaches beyond 52 bits`);
    if (start < previousEnd) throw new RangeError(`${name} overlaps the region below it`);
    regions.push({ start, size, offset });
    offset += size;
    previousEnd = start + size;
  }
  if (regions.length === 0) throw new RangeError("guest memory needs at least one region of RAM");
  if (regions.length > memoryMap.maxRegions) {
    throw new RangeError(`at most ${memoryMap.maxRegions} regions, got ${regions.length}`);
  }
  if (offset > WASM_LIMIT) {
    throw new RangeError(`all RAM together must be below 4 GiB - 64 KiB, got ${offset} bytes`);
  }
  return { regions, end: offset };
}

/** Rounded up to a whole 64-bit word, and to what a 64-bit field of the memory map can hold. */
function wordEnd(end: bigint): bigint {
  const rounded = (end + 7n) & ~7n;
  return rounded > U64_MAX ? U64_MAX : rounded;
}

function requireAligned(address: bigint): void {
  if ((address & 7n) !== 0n) {
    throw new RangeError(
      `a 64-bit access needs an address that is a multiple of 8, got ${hex(address)}`,
    );
  }
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}
