/**
 * An unsigned 64-bit number of the command line: decimal, or hexadecimal, octal, binary with 0x,
 * 0o, 0b; underscores may group digits.
 * @throws {UsageError} naming `what` and the text.
 */
export declare function parseUnsigned(what: string, text: string, bits?: number): bigint;
/**
 * A number of the command line within a range.
 * @throws {UsageError} naming `what`, the text and the range.
 */
export declare function parseNumberIn(what: string, text: string, least: number, most: number): number;
/** 0x1000. */
export declare function hex(value: bigint | number): string;
