import type { Structure } from "../spec/fields.js";
export declare const knownStructures: readonly Structure[];
/** What the decoders know, by kind. */
export interface KnownNames {
    readonly registers: readonly string[];
    readonly structures: readonly string[];
    readonly descriptors: readonly string[];
    /** Conditions of Table 30, and "IR.20" to "IR.2B" for Table 15. */
    readonly faults: readonly string[];
}
/** Every name that `decodeRegister`, `decodeStructure`, `decodeDescriptor` and `decodeFault` know. */
export declare function listNames(): KnownNames;
/**
 * The entry of a table with this name, in capitals or not.
 *
 * @throws RangeError listing what is known
 */
export declare function find<T>(kind: string, entries: readonly T[], nameOf: (entry: T) => string, name: string): T;
