import type { CapabilityRegisters } from "./capabilities.js";
/** "power-good" sets every field to its default, "warm" keeps the sticky ones (§11.3). */
export type ResetKind = "power-good" | "warm";
/** What software wrote, for the effects that the write has. */
export interface RegisterWrite {
    readonly mnemonic: string;
    /** Of a register that repeats. */
    readonly index: number;
    /** The bits that the access covered, where they stand in the register. */
    readonly covered: bigint;
    /** The bits written, where they stand in the register; 0 where the access did not reach. */
    readonly written: bigint;
    /** Status bits that were set and that the write has cleared. */
    readonly cleared: bigint;
}
/**
 * The register page: which registers there are, who may change their bits, and their values (§11.2,
 * §11.3). Effects of writes are not here.
 */
export declare class RegisterFile {
    #private;
    constructor(options: CapabilityRegisters);
    has(mnemonic: string): boolean;
    /** Why the manual leaves an access undefined (§11.2); undefined for one that it defines. */
    problem(offset: number, size: number): string | undefined;
    /** What software reads. Reserved offsets and write-only fields read 0. */
    read(offset: number, size: number): bigint;
    /** Stores what software may change; at most one register is touched, none at a reserved offset. */
    write(offset: number, size: number, value: bigint): RegisterWrite | undefined;
    value(mnemonic: string, index?: number): bigint;
    /** Hardware sets a whole register; the bits of its fields alone. */
    setValue(mnemonic: string, value: bigint, index?: number): void;
    /** A field's number; 0 if the unit does not have the field. */
    field(mnemonic: string, name: string, index?: number): bigint;
    flag(mnemonic: string, name: string, index?: number): boolean;
    /** Hardware sets a field, whatever software may do to it. */
    setField(mnemonic: string, name: string, value: bigint | boolean, index?: number): void;
    reset(kind: ResetKind): void;
}
