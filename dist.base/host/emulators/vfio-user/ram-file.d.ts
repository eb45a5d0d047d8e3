import type { BytePort } from "../../memory/byte-port.js";
import type { DmaRegion } from "./dma-regions.js";
/** Where the ranges come from that clients have lent. */
export interface LentMemory {
    readonly all: readonly DmaRegion[];
}
/**
 * Guest RAM in the file that QEMU's memory-backend-file shares: reads and writes at positions of the file.
 * Compare-and-exchange is a read and a write: Node cannot map memory, so that a processor of the guest
 * that writes the same word in between is overwritten.
 */
export declare class RamFile implements BytePort {
    #private;
    /** @throws Error of node:fs if the file cannot be opened for reading and writing. */
    constructor(path: string, lent: () => Iterable<LentMemory>);
    close(): void;
    read64(address: bigint): bigint | undefined;
    write64(address: bigint, value: bigint): boolean;
    compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined;
    tryReadBytes(address: bigint, length: number): Uint8Array | undefined;
    tryWriteBytes(address: bigint, bytes: Uint8Array): boolean;
}
/** Whether a range is the guest's main memory, and no file is behind it. */
export declare function isPrivateMemory({ writable, start, fileOffset }: DmaRegion): boolean;
