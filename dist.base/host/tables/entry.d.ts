import type { Structure } from "../spec/fields.js";
import { type TableMemory } from "./table-memory.js";
/** A field's value: a number, true for 1, false for 0; for a pointer the address it points to. */
export type EntryValue = bigint | number | boolean;
/** Fields by their names in the manual. */
export type EntryFields = Readonly<Record<string, EntryValue>>;
/**
 * One entry of a translation structure in guest memory. It holds no copy: it reads and writes memory,
 * and makes of an entry whatever is asked, also what hardware must refuse.
 */
export declare class TableEntry {
    #private;
    /** What the entry is, and its fields. */
    readonly structure: Structure;
    /** Address of its first word. */
    readonly address: bigint;
    constructor(memory: TableMemory, structure: Structure, address: bigint);
    /** All 64-bit words, lowest first. */
    read(): bigint[];
    /**
     * Writes the words that differ from those in memory. If several do, word 0 with the present bit is
     * cleared first and written last, because hardware may read a large entry in parts (§6.5.3).
     * @throws {RangeError} if the number of words is wrong or one is not within 64 bits.
     */
    write(words: readonly bigint[]): this;
    /** Writes zeros: not present, and Fault Processing Disable clear. */
    clear(): this;
    /**
     * The value of a field by its name in the manual; a pointer as the address it points to.
     * @throws {RangeError} if the entry has no such field.
     */
    get(name: string): bigint;
    /**
     * Changes fields, named as in the manual, and leaves the others: `entry.set({ P: 0, FPD: true })`.
     * @throws {RangeError} if there is no such field, or a value does not fit in it.
     */
    set(fields: EntryFields): this;
    /** Bits `high:low`, counted over the whole entry; within one 64-bit word. */
    getBits(high: number, low?: number): bigint;
    /** Changes bits `high:low`, counted over the whole entry; within one 64-bit word. */
    setBits(high: number, low: number, value: EntryValue): this;
}
/** Entry `index` of a table of such entries. */
export declare function entryAt(memory: TableMemory, structure: Structure, table: bigint, index: number): TableEntry;
/**
 * The words of an entry with these fields set; the other bits are those of `words`, or zero.
 * @throws {RangeError} if there is no such field, or a value does not fit in it.
 */
export declare function encodeEntry(structure: Structure, fields: EntryFields, words?: readonly bigint[]): bigint[];
