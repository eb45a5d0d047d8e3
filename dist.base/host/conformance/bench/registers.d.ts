import type { Register, RegisterField } from "../../spec/fields.js";
import { type EntryFields } from "../../tables/entry.js";
import type { ReportedCapabilities } from "../capabilities.js";
import type { Channel } from "./channel.js";
/** A value of a register, or its fields by name with the others 0. */
export type RegisterValue = bigint | number | EntryFields;
/** A mnemonic without _REG; with a number behind it one of a row: "FRCD0", "PERFCNTR2". */
export type RegisterName = string;
/** The register called that, and its place in a row of equal ones. */
export declare function registerNamed(name: RegisterName): {
    register: Register;
    index: number;
};
/** The field of a register called that. */
export declare function fieldNamed(register: Register, name: string): RegisterField;
/** A field of a value: its bits, or for the upper bits of an address the address. */
export declare function fieldOf(register: Register, name: string, value: bigint): bigint;
/** The value of a register with these fields, and 0 in the others. */
export declare function registerValue(register: Register, value: RegisterValue): bigint;
/** Registers of the unit by their names, wherever the unit has placed them. */
export declare class RegisterBank {
    #private;
    constructor(channel: Channel, capabilities: ReportedCapabilities);
    /** Byte offset of a register, as FRO, IRO and the offset registers of performance monitoring say. */
    offsetOf(name: RegisterName): Promise<number>;
    /** The value of a register: 128 bits in two readings, lower half first. */
    read(name: RegisterName): Promise<bigint>;
    /** One field; of the upper bits of an address the address. */
    field(name: RegisterName, field: string): Promise<bigint>;
    /** Writes a register in one access, or in two of 64 bits, lower half first. */
    write(name: RegisterName, value: RegisterValue): Promise<void>;
    /** Writes a register by dwords, in the order of `halves`: 0 is bits 31:0. */
    writeDwords(name: RegisterName, value: RegisterValue, halves: readonly number[]): Promise<void>;
    /** Reads one dword of a register: 0 is bits 31:0. */
    readDword(name: RegisterName, half: number): Promise<bigint>;
    /**
     * Reads until `fields` have their values, as drivers do.
     * @throws CaseFailure if they never do.
     */
    waitFor(name: RegisterName, fields: EntryFields): Promise<void>;
}
