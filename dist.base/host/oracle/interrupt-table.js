import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
export function interruptTableOf(unit, register) {
    return {
        address: register & maskOf(unit.HAW - 1, 12),
        entries: 2 ** (Number(bitRange(register, 3, 0)) + 1),
        extended: bitIsSet(register, 11),
    };
}
const ENTRY_BYTES = 16n;
/** Address of an entry of the interrupt remapping table. */
export function entryAddress(table, index) {
    return table.address + BigInt(index) * ENTRY_BYTES;
}
/** All 128 bits; undefined if either half cannot be read. */
export function fetchEntry(memory, address) {
    const low = memory.read64(address);
    const high = memory.read64(address + 8n);
    return low === undefined || high === undefined ? undefined : (high << 64n) | low;
}
/** Values of SVT (§9.9); 00b verifies nothing. */
const BY_SOURCE_ID = 1n;
const BY_BUS = 2n;
/** Bits of a source-id that SQ lets out of the comparison. */
const IGNORED_BY_SQ = [0n, 4n, 6n, 7n];
/** Whether the requester may use the entry. A reserved SVT verifies nothing: it is a reserved field. */
export function sourceMatches(entry, sourceId) {
    const requester = BigInt(sourceId);
    const expected = bitRange(entry, 79, 64);
    const type = bitRange(entry, 83, 82);
    if (type === BY_SOURCE_ID) {
        const ignored = IGNORED_BY_SQ[Number(bitRange(entry, 81, 80))] ?? 0n;
        return ((requester ^ expected) & ~ignored) === 0n;
    }
    if (type === BY_BUS) {
        const bus = requester >> 8n;
        return bus >= expected >> 8n && bus <= (expected & 0xffn);
    }
    return true;
}
export function isPosted(entry) {
    return bitIsSet(entry, 15);
}
/** DLM has no meaning for these. */
const RESERVED_DELIVERY_MODES = [3n, 6n];
/** True if a present entry is wrongly programmed, in the format that it has (§9.9, §9.10). */
export function isMisprogrammed(unit, entry, table) {
    if (bitRange(entry, 83, 82) > BY_BUS)
        return true;
    if (isPosted(entry))
        return !unit.PI || (entry & reservedWhenPosted(unit)) !== 0n;
    const reserved = maskOf(14, 12) | maskOf(31, 24) | maskOf(127, 84);
    const destination = table.extended ? 0n : maskOf(63, 48) | maskOf(39, 32);
    return ((entry & (reserved | destination)) !== 0n ||
        RESERVED_DELIVERY_MODES.includes(bitRange(entry, 7, 5)));
}
/** 127:96 are address bits 63:32, reserved from the host address width up. */
function reservedWhenPosted({ HAW }) {
    return maskOf(7, 2) | maskOf(13, 12) | maskOf(37, 24) | maskOf(95, 84) | maskOf(127, 64 + HAW);
}
