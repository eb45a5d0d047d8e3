import { conditionOfLack, inWords, noRight } from "./access-rights.js";
import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
import { setFlags } from "./entry-flags.js";
const ACCESSED = maskOf(8, 8);
const DIRTY = maskOf(9, 9);
const ADDRESS = maskOf(51, 12);
const PAGE_SIZE_BIT = 7;
const LEVELS = { 39: 3, 48: 4, 57: 5 };
const CONDITIONS = {
    legacy: { root: "LCT.4.3", fetch: "LSS.1", reserved: "LSS.2" },
    scalable: { root: "SSS.4", fetch: "SSS.1", reserved: "SSS.3" },
};
/**
 * Walks to the leaf and sets the accessed flag of every entry above it. The caller checks the
 * rights, and then sets the flags of the leaf with `markSecondStageLeaf`.
 */
export function walkSecondStage(inquiry, tables, input, demand) {
    const names = CONDITIONS[tables.mode];
    const top = LEVELS[tables.width];
    let table = tables.root;
    let granted = { read: true, write: true };
    for (let level = top;; level--) {
        const shift = 12 + 9 * (level - 1);
        const entryAddress = table + 8n * bitRange(input, shift + 8, shift);
        const entry = inquiry.fetch("second-stage entry", entryAddress, 1, level);
        if (entry === undefined) {
            return inquiry.stop(level === top ? names.root : names.fetch, "the entry cannot be read");
        }
        const own = permissionsOf(tables, entry);
        if (!own.read && !own.write)
            return inquiry.stop(noneGranted(tables, demand), "not present");
        const isLeaf = level === 1 || (level <= 3 && bitIsSet(entry, PAGE_SIZE_BIT));
        const reserved = entry & reservedBits(inquiry.unit, tables, level, isLeaf);
        if (reserved !== 0n) {
            return inquiry.stop(names.reserved, `reserved bits ${reserved.toString(16)}h`);
        }
        granted = { read: granted.read && own.read, write: granted.write && own.write };
        if (!granted.read && !granted.write) {
            return inquiry.stop(noneGranted(tables, demand), "no permission is left");
        }
        if (isLeaf) {
            const offset = maskOf(shift - 1, 0);
            inquiry.note(`leaf of ${2 ** shift} bytes, ${inWords(granted)}`);
            return {
                address: (entry & ADDRESS & ~offset) | (input & offset),
                pageSize: 2 ** shift,
                granted,
                snoop: bitIsSet(entry, 11),
                entryAddress,
                entry,
            };
        }
        inquiry.note("next table");
        const stop = setEntryFlags(inquiry, tables, entryAddress, entry, ACCESSED);
        if (stop !== undefined)
            return stop;
        table = entry & ADDRESS;
    }
}
/** Sets the accessed flag of a leaf, and its dirty flag for a write, if the table has flags. */
export function markSecondStageLeaf(inquiry, tables, leaf, written) {
    const flags = written ? ACCESSED | DIRTY : ACCESSED;
    return setEntryFlags(inquiry, tables, leaf.entryAddress, leaf.entry, flags);
}
function setEntryFlags(inquiry, tables, address, entry, flags) {
    if (!tables.accessedDirty)
        return undefined;
    return setFlags(inquiry, {
        address,
        entry,
        flags,
        snooped: tables.snooped,
        conditionIfNotSnooped: "SSS.5",
        conditionIfFailed: "SSS.6",
    });
}
function permissionsOf(tables, entry) {
    const [read, write] = tables.ioPermissions ? [61, 62] : [0, 1];
    return { read: bitIsSet(entry, read ?? 0), write: bitIsSet(entry, write ?? 1) };
}
/** Legacy mode has no condition of its own for an entry that permits nothing (LGN.2, LGN.3). */
function noneGranted(tables, demand) {
    return tables.mode === "scalable" ? "SSS.2" : conditionOfLack("legacy", noRight(demand));
}
/** §3.7 and §9.8. */
function reservedBits(unit, tables, level, isLeaf) {
    let reserved = maskOf(51, unit.HAW);
    if (!tables.ioPermissions)
        reserved |= maskOf(62, 62);
    if (!isLeaf || !unit.SC)
        reserved |= maskOf(11, 11);
    if (level >= 4)
        reserved |= maskOf(7, 7);
    if (isLeaf && level === 3)
        reserved |= maskOf(29, 12) | (unit.secondStage1G ? 0n : maskOf(7, 7));
    if (isLeaf && level === 2)
        reserved |= maskOf(20, 12) | (unit.secondStage2M ? 0n : maskOf(7, 7));
    return reserved;
}
/** The address limit of second-stage input: the width of the table, or MGAW if that is less (§3.7). */
export function inputWidth(unit, tables) {
    return Math.min(unit.MGAW, tables.width);
}
