import type { DecodedField } from "./decoded-field.js";
/** Adds to the fields of FRCD what they mean together: the request type, and the fault's name. */
export declare function explainFaultRecord(fields: readonly DecodedField[]): DecodedField[];
