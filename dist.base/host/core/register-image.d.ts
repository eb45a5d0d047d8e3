/** The words of the register set, 32 bits each, and what an access does to them. */
export interface RegisterImage {
    /** Bits that a write sets or clears. */
    readonly readWrite: Uint32Array;
    /** Bits that writing 1 clears. */
    readonly writeOneToClear: Uint32Array;
    /** Bits that software writes and that read 0: commands and operands. */
    readonly writeOnly: Uint32Array;
    /** Values after a power-good reset. */
    readonly reset: Uint32Array;
    /** Bits that a warm reset leaves alone. */
    readonly sticky: Uint32Array;
    /** Bytes of the register that the word belongs to: 4, 8 or 16; 0 where the offset is reserved. */
    readonly width: Uint32Array;
}
/**
 * What a unit's register set looks like and how it answers writes, from its three read-only
 * registers (§11.3, §11.4). Registers and fields that need a capability which is not reported are
 * reserved: they read 0 and ignore writes.
 */
export declare function registerImage(of: {
    readonly version: number;
    readonly cap: bigint;
    readonly ecap: bigint;
}): RegisterImage;
