import { explainFaultRecord } from "./fault-record.js";
import { find, knownStructures } from "./names.js";
import { bytesOf, decodeRecord } from "./record.js";
const WORD_BITS = 64;
/**
 * The fields of a table entry, a descriptor or a fault record, from bit 0 up (§9, §6.5.2, §11.4.7.6).
 *
 * @param name as `listNames` spells it, or in small letters with hyphens
 * @param words the record's 64-bit words, lowest first
 * @throws RangeError for an unknown name, listing the known ones, and for a wrong number of words
 */
export function decodeStructure(name, words) {
    const structure = find("structure", knownStructures, (known) => known.name, name);
    const expected = structure.bits / WORD_BITS;
    if (words.length !== expected) {
        throw new RangeError(`${structure.name} has ${expected} words of 64 bits; ${words.length} are given`);
    }
    const fields = decodeRecord(structure, bytesOf(words));
    return structure.name === "FRCD" ? explainFaultRecord(fields) : fields;
}
