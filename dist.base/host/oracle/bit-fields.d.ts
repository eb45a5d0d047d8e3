/**
 * The manual numbers the bits of an entry from 0 over its whole length, up to 511. The oracle holds
 * an entry as one BigInt, so that these numbers appear in it as they stand in the manual.
 */
/** Bits high:low as a number of their own; 0 if high is below low. */
export declare function bitRange(value: bigint, high: number, low: number): bigint;
export declare function bitIsSet(value: bigint, position: number): boolean;
/** A mask with bits high:low set; 0 if high is below low, as for 51:HAW with a width of 52. */
export declare function maskOf(high: number, low: number): bigint;
/** True if the address needs more than `width` bits, "above 2^width - 1" in the manual's words. */
export declare function exceedsWidth(address: bigint, width: number): boolean;
