import type { BitRange, Field } from "../spec/fields.js";
/** One field of a raw value, explained. */
export interface DecodedField {
    /** Name in the manual; "reserved" for set bits that no field covers. */
    readonly field: string;
    /** "63:12", or "7" for one bit, counted over the whole record. */
    readonly bits: string;
    /** The bits of the field, moved down to bit 0. */
    readonly value: bigint;
    readonly meaning: string;
}
/**
 * The fields in one 64-bit word of a record, then the bits that are set though nothing covers them.
 *
 * @param layout the fields of the whole record, and the ranges that hardware ignores
 * @param index which word of the record this is
 */
export declare function decodeWord(layout: {
    readonly fields: readonly Field[];
    readonly ignored?: readonly BitRange[];
}, index: number, word: bigint): DecodedField[];
