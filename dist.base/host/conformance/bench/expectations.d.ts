import type { EntryFields, TableEntry } from "../../tables/entry.js";
import type { Channel } from "./channel.js";
import { type RegisterBank } from "./registers.js";
import type { ShadowMemory } from "./shadow-memory.js";
import type { FieldMismatch, Mismatch } from "./verdicts.js";
/** Compares what the unit does with what the case expects, and collects every difference. */
export declare class Expectations {
    #private;
    readonly mismatches: Mismatch[];
    constructor(channel: Channel, memory: ShadowMemory, registers: RegisterBank);
    /** Two values are equal: numbers, text, bytes, or plain objects and arrays of such. */
    equal(what: string, actual: unknown, expected: unknown): boolean;
    /** Something holds; `actual` says what was found instead. */
    that(what: string, holds: boolean, actual: unknown): boolean;
    /** Each expected member is equal; members that are not expected may be anything. */
    fields(what: string, actual: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>): boolean;
    /** A register has these fields, or this value. */
    register(name: string, expected: EntryFields | bigint | number, when?: string): Promise<boolean>;
    /** A value of a register has these fields. */
    decoded(what: string, name: string, value: bigint, expected: EntryFields): boolean;
    /** An entry in the target's memory has these fields. */
    entry(what: string, entry: TableEntry, expected: EntryFields): Promise<boolean>;
    /** Memory of the target holds these bytes. */
    memory(what: string, address: bigint, expected: Uint8Array): Promise<boolean>;
    /** What the target has in memory; the shadow takes it over. */
    fetch(address: bigint, length: number): Promise<Uint8Array>;
    /** Notes what differs; true if nothing does. */
    report(what: string, fields: readonly FieldMismatch[]): boolean;
}
/** A value as the reports show it; equal text means equal values. */
export declare function shown(value: unknown): string;
