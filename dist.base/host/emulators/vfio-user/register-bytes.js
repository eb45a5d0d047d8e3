/** Sizes of accesses that a memory window takes. */
const SIZES = [1, 2, 4, 8];
/** Whether a window's registers can take an access of this shape. */
export function isRegisterAccess(offset, count) {
    return SIZES.includes(count) && offset % count === 0;
}
/** The value of an access, little-endian. */
export function valueOf(data) {
    return data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
/** The bytes of a value, little-endian. */
export function bytesOf(value, count) {
    return Uint8Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
/** What a window answers to an access that no register takes. */
export function noRegister(count) {
    return new Uint8Array(count).fill(0xff);
}
