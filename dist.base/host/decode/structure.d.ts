import type { DecodedField } from "./decoded-field.js";
/**
 * The fields of a table entry, a descriptor or a fault record, from bit 0 up (§9, §6.5.2, §11.4.7.6).
 *
 * @param name as `listNames` spells it, or in small letters with hyphens
 * @param words the record's 64-bit words, lowest first
 * @throws RangeError for an unknown name, listing the known ones, and for a wrong number of words
 */
export declare function decodeStructure(name: string, words: readonly bigint[]): DecodedField[];
