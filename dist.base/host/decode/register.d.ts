import type { DecodedField } from "./decoded-field.js";
/**
 * The fields of a register value (§11.4), in the order of the manual's word, then set reserved bits.
 *
 * @param name mnemonic of the register, with or without _REG, in capitals or not
 * @throws RangeError for an unknown name, listing the known ones, and for a value that is too wide
 */
export declare function decodeRegister(name: string, value: bigint | number): DecodedField[];
