/** 32-bit registers by offset; what is not defined reads 0 and ignores writes. */
export declare class RegisterBank {
    #private;
    define(offset: number, read: () => number, write?: (value: number) => void): void;
    /** A low word at `offset` and a high word behind it; each half is written by itself. */
    define64(offset: number, read: () => bigint, write?: (value: bigint) => void): void;
    read(offset: number, size: number): bigint;
    write(offset: number, size: number, value: bigint): void;
}
