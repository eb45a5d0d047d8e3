import type { BitRange, Field } from "../spec/fields.js";
import { type DecodedField } from "./decoded-field.js";
interface Layout {
    readonly fields: readonly Field[];
    readonly ignored?: readonly BitRange[];
}
/** The fields of a record, from its first word to its last. `bytes` holds whole 64-bit words. */
export declare function decodeRecord(layout: Layout, bytes: Uint8Array): DecodedField[];
/** The bytes of a record of 64-bit words. */
export declare function bytesOf(words: readonly bigint[]): Uint8Array;
export {};
