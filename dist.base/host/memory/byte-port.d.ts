import type { MemoryPort } from "./port.js";
/** A memory port that also moves runs of bytes, as a device's DMA does; each run can fail. */
export interface BytePort extends MemoryPort {
    /** A copy of the bytes; undefined if any of them could not be read. */
    tryReadBytes(address: bigint, length: number): Uint8Array | undefined;
    /** False if any byte could not be written; what was written before it is undefined. */
    tryWriteBytes(address: bigint, bytes: Uint8Array): boolean;
}
/** A byte port over any memory port, by 64-bit accesses; partial words by compare-and-exchange. */
export declare function bytePortOver(port: MemoryPort): BytePort;
