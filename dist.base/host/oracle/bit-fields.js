/**
 * The manual numbers the bits of an entry from 0 over its whole length, up to 511. The oracle holds
 * an entry as one BigInt, so that these numbers appear in it as they stand in the manual.
 */
/** Bits high:low as a number of their own; 0 if high is below low. */
export function bitRange(value, high, low) {
    return (value & maskOf(high, low)) >> BigInt(low);
}
export function bitIsSet(value, position) {
    return ((value >> BigInt(position)) & 1n) === 1n;
}
/** A mask with bits high:low set; 0 if high is below low, as for 51:HAW with a width of 52. */
export function maskOf(high, low) {
    if (high < low)
        return 0n;
    return ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
}
/** True if the address needs more than `width` bits, "above 2^width - 1" in the manual's words. */
export function exceedsWidth(address, width) {
    return address >> BigInt(width) !== 0n;
}
