import type { V86Cpu } from "./internals.js";
export type ConfigSize = 1 | 2 | 4;
/** Configuration space with its own rules for writes: 4 KiB of one function, or of a whole bus. */
export interface ConfigSpace {
    /** Bits above `size` may be anything; `offset` is a multiple of `size`. */
    read(offset: number, size: ConfigSize): number;
    write(offset: number, size: ConfigSize, value: number): void;
}
/** Finds a function that the plugin added by its requester id (bus 15:8, device and function 7:0). */
export interface ConfigFunctions {
    get(id: number): ConfigSpace | undefined;
}
/**
 * Puts functions on v86's PCI bus: configuration accesses through ports CF8 and CFC that name one of
 * them go to its own space. v86's own functions stay as they are.
 */
export declare function addToConfigPorts(cpu: V86Cpu, functions: ConfigFunctions): void;
/** @throws {RangeError} if v86 has a function of its own there, or the place is not on bus 0. */
export declare function requireFreePlace(cpu: V86Cpu, id: number): void;
/**
 * Extended configuration space of bus 0, offset = requester id << 12 | register. The functions of
 * the plugin answer with their 4 KiB, v86's own with their 256 bytes and zeros behind them.
 */
export declare function ecamOf(cpu: V86Cpu, functions: ConfigFunctions): ConfigSpace;
