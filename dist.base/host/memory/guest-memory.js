import { memoryMap, poisonFlag, writePoison, writeRegions, } from "./memory-map.js";
import { healRange, poisonedBy } from "./poison.js";
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
export class GuestMemory {
    /** The memory that holds RAM behind a memory map (`host/memory/memory-map.ts`). Never grows. */
    wasmMemory;
    /** Where the memory map lies in `wasmMemory`. */
    memoryMapAt;
    #regions;
    #view;
    #bytes;
    #poison = [];
    constructor(wasmMemory, memoryMapAt, layout) {
        this.wasmMemory = wasmMemory;
        this.memoryMapAt = memoryMapAt;
        this.#regions = layout.regions;
        this.#view = new DataView(wasmMemory.buffer, memoryMapAt, layout.end);
        this.#bytes = new Uint8Array(wasmMemory.buffer, memoryMapAt, layout.end);
        writeRegions(this.#view, layout.regions);
    }
    static create(options) {
        const layout = layOut(options);
        const pages = Math.ceil(layout.end / WASM_PAGE);
        return new GuestMemory(new WebAssembly.Memory({ initial: pages, maximum: pages }), 0, layout);
    }
    /**
     * Guest RAM within a memory that exists, from `memoryMapAt` on: first the memory map, then RAM, all
     * zero so far. The memory must not grow any more.
     * @throws {RangeError} unless `memoryMapAt` is a multiple of 64 KiB with `bytesFor(options)` behind it.
     */
    static within(wasmMemory, memoryMapAt, options) {
        const layout = layOut(options);
        const room = wasmMemory.buffer.byteLength - memoryMapAt;
        if (memoryMapAt < 0 || memoryMapAt % WASM_PAGE !== 0 || room < layout.end) {
            throw new RangeError(`memoryMapAt is ${memoryMapAt}: expected a multiple of ${WASM_PAGE} with ` +
                `${layout.end} bytes behind it, in a memory of ${wasmMemory.buffer.byteLength} bytes`);
        }
        return new GuestMemory(wasmMemory, memoryMapAt, layout);
    }
    /** Bytes of the memory map and all RAM. */
    static bytesFor(options) {
        return layOut(options).end;
    }
    /** The regions of RAM by address. */
    get regions() {
        return this.#regions.map(({ start, size }) => ({ start: BigInt(start), size }));
    }
    /** True if all `length` bytes are RAM of one region. */
    contains(address, length = 1) {
        return this.#find(address, length) >= 0;
    }
    read64(address) {
        requireAligned(address);
        const at = this.#portAccess(address, 8, poisonFlag.reads);
        return at < 0 ? undefined : this.#view.getBigUint64(at, true);
    }
    write64(address, value) {
        requireAligned(address);
        const at = this.#portAccess(address, 8, poisonFlag.writes);
        if (at >= 0)
            this.#view.setBigUint64(at, value, true);
        return at >= 0;
    }
    compareExchange64(address, expected, replacement) {
        requireAligned(address);
        const at = this.#portAccess(address, 8, poisonFlag.writes);
        if (at < 0)
            return undefined;
        const found = this.#view.getBigUint64(at, true);
        if (found === expected)
            this.#view.setBigUint64(at, replacement, true);
        return found;
    }
    tryReadBytes(address, length) {
        const at = this.#portAccess(address, length, poisonFlag.reads);
        return at < 0 ? undefined : this.#bytes.slice(at, at + length);
    }
    tryWriteBytes(address, bytes) {
        const at = this.#portAccess(address, bytes.length, poisonFlag.writes);
        if (at >= 0)
            this.#bytes.set(bytes, at);
        return at >= 0;
    }
    read8(address) {
        return this.#view.getUint8(this.#locate(address, 1));
    }
    read16(address) {
        return this.#view.getUint16(this.#locate(address, 2), true);
    }
    read32(address) {
        return this.#view.getUint32(this.#locate(address, 4), true);
    }
    write8(address, value) {
        this.#view.setUint8(this.#locate(address, 1), value);
    }
    write16(address, value) {
        this.#view.setUint16(this.#locate(address, 2), value, true);
    }
    write32(address, value) {
        this.#view.setUint32(this.#locate(address, 4), value, true);
    }
    /** A copy. */
    readBytes(address, length) {
        const at = this.#locate(address, length);
        return this.#bytes.slice(at, at + length);
    }
    writeBytes(address, bytes) {
        this.#bytes.set(bytes, this.#locate(address, bytes.length));
    }
    /** Sets `length` bytes to `value` (0 to 255, default 0). */
    fill(address, length, value = 0) {
        const at = this.#locate(address, length);
        this.#bytes.fill(value, at, at + length);
    }
    /**
     * From now on port accesses that touch these bytes fail; the range is widened to whole 64-bit
     * words. It need not be RAM.
     */
    poison(start, length, options = {}) {
        const { reads = true, writes = true } = options;
        const end = start + BigInt(length);
        if (start < 0n || end <= start || end > 1n << 64n) {
            throw new RangeError(`poison needs a range of at least one byte in 64 bits, got ${hex(start)} + ${length}`);
        }
        const flags = (reads ? poisonFlag.reads : 0) | (writes ? poisonFlag.writes : 0);
        if (flags === 0)
            throw new TypeError("poison needs reads or writes, both are false");
        this.#setPoison([...this.#poison, { start: start & ~7n, end: wordEnd(end), flags }]);
    }
    /** Undoes `poison`, for all memory or for a range (widened to whole 64-bit words). */
    heal(start, length) {
        if (start === undefined) {
            this.#setPoison([]);
            return;
        }
        if (length === undefined)
            throw new TypeError("heal needs a length with a start");
        const end = start + BigInt(length);
        this.#setPoison(healRange(this.#poison, start & ~7n, wordEnd(end)));
    }
    /** The poisoned ranges, by whole 64-bit words. */
    get poisoned() {
        return this.#poison.map(({ start, end, flags }) => ({
            start,
            length: end - start,
            reads: (flags & poisonFlag.reads) !== 0,
            writes: (flags & poisonFlag.writes) !== 0,
        }));
    }
    #setPoison(ranges) {
        if (ranges.length > memoryMap.maxPoisonRanges) {
            throw new RangeError(`more than ${memoryMap.maxPoisonRanges} poison ranges; heal some first`);
        }
        this.#poison = ranges;
        writePoison(this.#view, ranges);
    }
    /** Offset of [address, address + length) in the wasm memory, or -1. */
    #find(address, length) {
        // Above 2^53 the number is not exact, but no region reaches beyond 2^52.
        const start = Number(address);
        for (const region of this.#regions) {
            const from = start - region.start;
            if (from >= 0 && from + length <= region.size)
                return region.offset + from;
        }
        return -1;
    }
    #portAccess(address, length, flag) {
        const at = this.#find(address, length);
        if (at < 0 || this.#poison.length === 0)
            return at;
        return poisonedBy(this.#poison, address, length, flag) ? -1 : at;
    }
    #locate(address, length) {
        const at = this.#find(address, length);
        if (at < 0)
            throw new RangeError(`${hex(address)} + ${length} is not RAM of one region`);
        return at;
    }
}
function layOut(options) {
    const wanted = (options.regions ?? []).map((region) => ({
        start: Number(region.start),
        size: region.size,
    }));
    if (options.size !== 0)
        wanted.push({ start: 0, size: options.size });
    const regions = [];
    let offset = memoryMap.ramAt;
    let previousEnd = 0;
    for (const { start, size } of wanted.sort((a, b) => a.start - b.start)) {
        const name = `RAM at 0x${start.toString(16)} of ${size} bytes`;
        if (!(start >= 0) || !(size > 0) || start % PAGE !== 0 || size % PAGE !== 0) {
            throw new RangeError(`${name}: start and size must be multiples of 4096, size above 0`);
        }
        if (start + size > HIGHEST_END)
            throw new RangeError(`${name} reaches beyond 52 bits`);
        if (start < previousEnd)
            throw new RangeError(`${name} overlaps the region below it`);
        regions.push({ start, size, offset });
        offset += size;
        previousEnd = start + size;
    }
    if (regions.length === 0)
        throw new RangeError("guest memory needs at least one region of RAM");
    if (regions.length > memoryMap.maxRegions) {
        throw new RangeError(`at most ${memoryMap.maxRegions} regions, got ${regions.length}`);
    }
    if (offset > WASM_LIMIT) {
        throw new RangeError(`all RAM together must be below 4 GiB - 64 KiB, got ${offset} bytes`);
    }
    return { regions, end: offset };
}
/** Rounded up to a whole 64-bit word, and to what a 64-bit field of the memory map can hold. */
function wordEnd(end) {
    const rounded = (end + 7n) & ~7n;
    return rounded > U64_MAX ? U64_MAX : rounded;
}
function requireAligned(address) {
    if ((address & 7n) !== 0n) {
        throw new RangeError(`a 64-bit access needs an address that is a multiple of 8, got ${hex(address)}`);
    }
}
function hex(address) {
    return `0x${address.toString(16)}`;
}
