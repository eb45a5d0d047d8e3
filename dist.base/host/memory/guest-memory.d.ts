import type { BytePort } from "./byte-port.js";
export interface GuestMemoryOptions {
    /** Bytes of RAM at guest physical 0; a multiple of 4096, may be 0 if there are regions. */
    readonly size: number;
    /** More RAM: `start` and `size` multiples of 4096, below 2^52, not overlapping. */
    readonly regions?: readonly {
        readonly start: bigint;
        readonly size: number;
    }[];
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
/**
 * Guest RAM: regions with holes between them, in one WebAssembly memory.
 *
 * Two views. The port (`read64`, `write64`, `compareExchange64`, `tryReadBytes`, `tryWriteBytes`)
 * is what units and devices use: it fails outside RAM and in poisoned ranges. The typed accessors
 * (`read32`, `writeBytes`, ...) are a debugger's: they ignore poison, accept any alignment, and
 * throw a RangeError outside RAM.
 */
export declare class GuestMemory implements BytePort {
    #private;
    /** The memory that holds RAM behind a memory map (`host/memory/memory-map.ts`). Never grows. */
    readonly wasmMemory: WebAssembly.Memory;
    /** Where the memory map lies in `wasmMemory`. */
    readonly memoryMapAt: number;
    private constructor();
    static create(options: GuestMemoryOptions): GuestMemory;
    /**
     * Guest RAM within a memory that exists, from `memoryMapAt` on: first the memory map, then RAM, all
     * zero so far. The memory must not grow any more.
     * @throws {RangeError} unless `memoryMapAt` is a multiple of 64 KiB with `bytesFor(options)` behind it.
     */
    static within(wasmMemory: WebAssembly.Memory, memoryMapAt: number, options: GuestMemoryOptions): GuestMemory;
    /** Bytes of the memory map and all RAM. */
    static bytesFor(options: GuestMemoryOptions): number;
    /** The regions of RAM by address. */
    get regions(): readonly {
        readonly start: bigint;
        readonly size: number;
    }[];
    /** True if all `length` bytes are RAM of one region. */
    contains(address: bigint, length?: number): boolean;
    read64(address: bigint): bigint | undefined;
    write64(address: bigint, value: bigint): boolean;
    compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined;
    tryReadBytes(address: bigint, length: number): Uint8Array | undefined;
    tryWriteBytes(address: bigint, bytes: Uint8Array): boolean;
    read8(address: bigint): number;
    read16(address: bigint): number;
    read32(address: bigint): number;
    write8(address: bigint, value: number): void;
    write16(address: bigint, value: number): void;
    write32(address: bigint, value: number): void;
    /** A copy. */
    readBytes(address: bigint, length: number): Uint8Array;
    writeBytes(address: bigint, bytes: Uint8Array): void;
    /** Sets `length` bytes to `value` (0 to 255, default 0). */
    fill(address: bigint, length: number, value?: number): void;
    /**
     * From now on port accesses that touch these bytes fail; the range is widened to whole 64-bit
     * words. It need not be RAM.
     */
    poison(start: bigint, length: number | bigint, options?: PoisonOptions): void;
    /** Undoes `poison`, for all memory or for a range (widened to whole 64-bit words). */
    heal(start?: bigint, length?: number | bigint): void;
    /** The poisoned ranges, by whole 64-bit words. */
    get poisoned(): readonly PoisonedRange[];
}
