import type { V86Cpu } from "./internals.js";
/** A device's registers in guest physical memory. Addresses are offsets from the window's base. */
export interface MmioWindow {
    /** Guest physical address of the first byte, below 4 GiB. */
    readonly base: number;
    /** Bytes. */
    readonly size: number;
    /** `size` is 1 or 4; a 4-byte access need not be aligned. Answers an unsigned number. */
    readonly read: (offset: number, size: 1 | 4) => number;
    readonly write: (offset: number, size: 1 | 4, value: number) => void;
}
/**
 * Registers windows with v86. Blocks that a window covers in part keep their previous handler for
 * the rest of the block. v86 hands a 16-bit access over as two of 8 bits, and a 64-bit access as two
 * of 32 bits, low half first.
 * @throws {RangeError} if windows overlap each other or guest RAM.
 */
export declare function registerWindows(cpu: V86Cpu, windows: readonly MmioWindow[]): void;
