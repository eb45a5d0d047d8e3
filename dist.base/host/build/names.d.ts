import type { BitRange } from "../spec/fields.js";
/** Number of bits of a field. */
export declare function width(range: BitRange): number;
/** The mask of a field's width, at bit 0. */
export declare function mask(range: BitRange): bigint;
/** A number as AssemblyScript writes it. */
export declare function hex(value: bigint | number): string;
/** A constant of AssemblyScript: no decorator, which formatters and linters cannot parse. */
export declare function constant(name: string, type: "i32" | "u32" | "u64", value: string): string;
/** The head of every generated file. */
export declare function heading(what: string, source: string): string[];
