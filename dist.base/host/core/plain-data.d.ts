/**
 * Plain data as text: objects, arrays, null, booleans, strings, finite numbers, bigints and
 * Uint8Arrays. A property that is undefined is left out.
 */
export declare function writePlainData(data: unknown): string;
/** @throws SyntaxError for text that `writePlainData` did not make. */
export declare function readPlainData(text: string): unknown;
