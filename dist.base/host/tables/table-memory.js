/** Bytes of a frame: every table starts on a multiple of it, and most are this large. */
export const FRAME_SIZE = 4096n;
/** A number as the manual writes addresses: 0x1000. */
export function hex(value) {
    return `${value < 0 ? "-" : ""}0x${(value < 0 ? -value : value).toString(16)}`;
}
/**
 * The word at `address`.
 * @throws {RangeError} if memory does not answer.
 */
export function readWord(memory, address) {
    const word = memory.read64(address);
    if (word === undefined)
        throw new RangeError(unreachable("read", address));
    return word;
}
/**
 * Writes the word at `address`.
 * @throws {RangeError} if memory refuses it.
 */
export function writeWord(memory, address, value) {
    if (memory.write64(address, value) === false) {
        throw new RangeError(unreachable("written", address));
    }
}
function unreachable(access, address) {
    return (`the word at ${hex(address)} cannot be ${access}: expected RAM that is not poisoned and, ` +
        `for tables of a nested first stage, that the second stage maps`);
}
