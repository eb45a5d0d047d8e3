import type { Register, RegisterField } from "../../../../spec/fields.js";
import type { Bench } from "../../../bench/bench.js";
import type { CaseNeeds } from "../../../case.js";
import type { UnitWishes } from "../../../configuration.js";
/** The registers of chapter 11 that 5.10 has. */
export declare const subjects: readonly Register[];
/** The fields of a register that 5.10 has. */
export declare function fieldsOf({ fields }: Register): RegisterField[];
/** What a unit must report to have a register, or a field of it. */
export declare function needsOf(...parts: readonly (Register | RegisterField)[]): CaseNeeds;
/** The unit to ask for where the presets have no such register. */
export declare function wishesOf({ requires, requiresAny }: Register): UnitWishes | undefined;
/** "PQA" as "pqa", and "MTRR_FIX64K_00000" as "mtrr-fix64k-00000". */
export declare function slug(name: string): string;
/** Capabilities of a unit, with those that PERFCAP_REG reports. */
export declare function reportedBy(bench: Bench): Promise<Record<string, number>>;
/** Whether a unit that reports `values` has a register or a field. */
export declare function exists(part: Register | RegisterField, values: Readonly<Record<string, number>>): boolean;
/** Names of the instances of a register that a unit has: one, or those of a row. */
export declare function instancesOf({ mnemonic, repeat }: Register, values: Readonly<Record<string, number>>): string[];
/** Instances of a register with what the unit reports; skips the case where there is none. */
export declare function instances(bench: Bench, register: Register): Promise<{
    names: string[];
    values: Record<string, number>;
}>;
/** The bits of a field, in place. */
export declare function maskOf({ high, low }: {
    readonly high: number;
    readonly low: number;
}): bigint;
/** The bits of all fields with one of these attributes, as far as the unit has them. */
export declare function maskOfAccess(register: Register, values: Readonly<Record<string, number>>, access: readonly string[]): bigint;
/** Registers where a write starts something, and the bit that does; "" for every write. */
export declare const TRIGGERS: Readonly<Record<string, string>>;
/** Attributes whose bits a register stores. */
export declare const STORED: string[];
