import type { Structure } from "../spec/fields.js";
/** The entries that tables consist of, out of the manual's structures. */
export declare const LEGACY_ROOT: Structure;
export declare const LEGACY_CONTEXT: Structure;
export declare const SCALABLE_ROOT: Structure;
export declare const SCALABLE_CONTEXT: Structure;
export declare const PASID_DIRECTORY: Structure;
export declare const PASID_TABLE: Structure;
export declare const FIRST_STAGE_ENTRY: Structure;
export declare const SECOND_STAGE_ENTRY: Structure;
export declare const INTERRUPT_ENTRY: Structure;
export declare const POSTED_INTERRUPT_ENTRY: Structure;
export declare const POSTED_DESCRIPTOR: Structure;
/** Registers whose values are composed like entries. */
export declare const RTADDR: Structure;
export declare const IRTA: Structure;
/**
 * The bits of fields of a one-word entry.
 * @throws {Error} if there is no such field.
 */
export declare function maskOf(structure: Structure, ...names: readonly string[]): bigint;
