import type { DeviceDma } from "./device-dma.js";
import type { V86Cpu } from "./internals.js";
/** The ways in which v86's devices reach guest memory: names of its CPU. */
export type MemoryNames = "mem8" | "read8" | "read16" | "read32s" | "write8" | "write16" | "write32" | "read_blob" | "write_blob" | "zero_memory";
/** What a device is told of its failed requests, and may decide about its bulk transfers. */
export interface DmaWatch {
    /** A read of 1, 2 or 4 bytes, of a descriptor for instance. */
    word?(size: 1 | 2 | 4, failed: boolean): void;
    /** Some bytes could not be read, or were dropped. */
    failed?(): void;
    /** False if a transfer of many bytes shall move nothing. */
    moves?(): boolean;
}
/**
 * v86's CPU as a device sees it, with its accesses to guest memory sent through a remapping unit;
 * interrupts, ports and everything else stay those of the CPU itself.
 */
export declare function cpuForDevice(cpu: V86Cpu, dma: DeviceDma, watch?: DmaWatch): V86Cpu;
