/** Version of every JSON that the command prints; a change that breaks readers raises it. */
export declare const SCHEMA_VERSION = 1;
/** JSON text with two spaces of indentation, BigInts as hexadecimal strings, and a final newline. */
export declare function jsonText(value: object): string;
