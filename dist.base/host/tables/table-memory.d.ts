/**
 * The guest memory that tables are written to. `GuestMemory` and every `MemoryPort` satisfy it, and so
 * does a `Map` behind two small functions.
 */
export interface TableMemory {
    /** The 64-bit little-endian word at a multiple of 8; undefined if it cannot be read. */
    read64(address: bigint): bigint | undefined;
    /** False if the word cannot be written; true or nothing if it was. */
    write64(address: bigint, value: bigint): boolean | void;
}
/** Bytes of a frame: every table starts on a multiple of it, and most are this large. */
export declare const FRAME_SIZE = 4096n;
/** A number as the manual writes addresses: 0x1000. */
export declare function hex(value: bigint | number): string;
/**
 * The word at `address`.
 * @throws {RangeError} if memory does not answer.
 */
export declare function readWord(memory: TableMemory, address: bigint): bigint;
/**
 * Writes the word at `address`.
 * @throws {RangeError} if memory refuses it.
 */
export declare function writeWord(memory: TableMemory, address: bigint, value: bigint): void;
