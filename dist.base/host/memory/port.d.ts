/**
 * The guest memory port: what a remapping unit, a device or an oracle needs of guest memory.
 *
 * Every access is aligned to its size, little-endian, and can fail: a read answers `undefined`, a
 * write or a compare-and-exchange `false` or `undefined`. A failure is what the manual calls a
 * hardware attempt to access an entry that resulted in an error.
 */
export interface MemoryPort {
    /** The 64-bit word at a physical address that is a multiple of 8; undefined if the access failed. */
    read64(address: bigint): bigint | undefined;
    /** False if the access failed. */
    write64(address: bigint, value: bigint): boolean;
    /**
     * Stores `replacement` if the word equals `expected`, in one atomic step.
     * Answers the word found (equal to `expected` on success); undefined if the access failed.
     */
    compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined;
}
