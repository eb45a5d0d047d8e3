/** Appends little-endian fields; the byte form of ACPI tables grows front to back. */
export declare class TableWriter {
    #private;
    get length(): number;
    u8(value: number): this;
    u16(value: number): this;
    u32(value: number): this;
    u64(value: bigint): this;
    /** Exactly `length` characters, filled with spaces. */
    ascii(text: string, length: number): this;
    zeros(length: number): this;
    bytes(bytes: Uint8Array): this;
    finish(): Uint8Array;
}
/** Makes the bytes of a range add up to 0 modulo 256 through the byte at `at`. */
export declare function setChecksum(bytes: Uint8Array, at: number, length?: number): void;
