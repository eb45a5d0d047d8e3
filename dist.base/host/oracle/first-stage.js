import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
import { setFlags } from "./entry-flags.js";
import { isStop } from "./inquiry.js";
const PRESENT = 0;
const READ_WRITE = 1;
const USER = 2;
const PAGE_SIZE_BIT = 7;
const ACCESSED = maskOf(5, 5);
const DIRTY = maskOf(6, 6);
const EXTENDED_ACCESSED = maskOf(10, 10);
const ADDRESS = maskOf(51, 12);
/** Entries point to host physical addresses, where nothing stands in the way. */
export const HOST_MEMORY = {
    locate: (hostAddress) => ({ hostAddress, writable: true }),
    reaches: () => true,
};
/** SGN.1: bits 63:N equal bit N-1, where N is 48 or 57 (§3.6). */
export function isCanonical(address, levels) {
    const width = levels === 4 ? 48 : 57;
    const upper = bitRange(address, 63, width - 1);
    return upper === 0n || upper === maskOf(64 - width, 0);
}
/**
 * Walks to the leaf and sets the accessed flags of every entry above it. The caller checks the
 * rights, and then sets the flags of the leaf with `markFirstStageLeaf`.
 */
export function walkFirstStage(inquiry, tables, input, space) {
    let table = tables.root;
    let user = true;
    let writable = true;
    for (let level = tables.levels;; level--) {
        const isRoot = level === tables.levels;
        const shift = 12 + 9 * (level - 1);
        const place = space.locate(table + 8n * bitRange(input, shift + 8, shift), isRoot);
        if (isStop(place))
            return place;
        const entry = inquiry.fetch("first-stage entry", place.hostAddress, 1, level);
        if (entry === undefined) {
            return inquiry.stop(isRoot ? "SFS.4" : "SFS.1", "the entry cannot be read");
        }
        const isLeaf = level === 1 || (level <= 3 && bitIsSet(entry, PAGE_SIZE_BIT));
        const offset = isLeaf ? maskOf(shift - 1, 0) : maskOf(11, 0);
        const pointer = entry & ADDRESS & ~offset;
        const invalid = checkEntry(inquiry, entry, level, isLeaf, space.reaches(pointer));
        if (invalid !== undefined)
            return invalid;
        user &&= bitIsSet(entry, USER);
        writable &&= bitIsSet(entry, READ_WRITE);
        if (isLeaf) {
            inquiry.note(`leaf of ${2 ** shift} bytes`);
            const address = pointer | (input & offset);
            return { address, pageSize: 2 ** shift, user, writable, place, entry };
        }
        inquiry.note("next table");
        const stop = setEntryFlags(inquiry, tables, place, entry, ACCESSED);
        if (stop !== undefined)
            return stop;
        table = pointer;
    }
}
/** Present, then reserved bits, then the reach of the address. */
function checkEntry(inquiry, entry, level, isLeaf, reachable) {
    if (!bitIsSet(entry, PRESENT))
        return inquiry.stop("SFS.2", "P=0");
    const reserved = entry & reservedBits(inquiry.unit, level, isLeaf);
    if (reserved !== 0n)
        return inquiry.stop("SFS.3", `reserved bits ${reserved.toString(16)}h`);
    if (!reachable)
        return inquiry.stop("SFS.5", "ADDR is beyond the second stage");
    return undefined;
}
/** §3.6 and §9.7. Bit 12 of a large page is PAT. */
function reservedBits(unit, level, isLeaf) {
    let reserved = maskOf(51, unit.HAW);
    if (level >= 4)
        reserved |= maskOf(7, 7);
    if (isLeaf && level === 3)
        reserved |= maskOf(29, 13) | (unit.FS1GP ? 0n : maskOf(7, 7));
    if (isLeaf && level === 2)
        reserved |= maskOf(20, 13);
    return reserved;
}
/** What the leaf grants this requester (§3.6.1), or SGN.2 for a user on a supervisor's page. */
export function firstStageRights(inquiry, tables, leaf) {
    if (tables.supervisor)
        return { read: true, write: !tables.writeProtect || leaf.writable };
    if (!leaf.user)
        return inquiry.stop("SGN.2", "U/S=0 on the way, and the request is a user's");
    return { read: true, write: leaf.writable };
}
/** Sets the accessed flags of a leaf, and its dirty flag for a write. */
export function markFirstStageLeaf(inquiry, tables, leaf, written) {
    const flags = written ? ACCESSED | DIRTY : ACCESSED;
    return setEntryFlags(inquiry, tables, leaf.place, leaf.entry, flags);
}
function setEntryFlags(inquiry, tables, place, entry, flagsWithoutExtended) {
    const flags = flagsWithoutExtended | (tables.extendedAccessed ? EXTENDED_ACCESSED : 0n);
    if ((entry & flags) !== flags && !place.writable) {
        return inquiry.stop("SFS.8", "a flag must be set, and the second stage forbids the write");
    }
    return setFlags(inquiry, {
        address: place.hostAddress,
        entry,
        flags,
        snooped: tables.snooped,
        conditionIfNotSnooped: "SFS.9",
        conditionIfFailed: "SFS.10",
    });
}
