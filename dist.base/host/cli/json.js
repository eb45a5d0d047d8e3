/** Version of every JSON that the command prints; a change that breaks readers raises it. */
export const SCHEMA_VERSION = 1;
/** JSON text with two spaces of indentation, BigInts as hexadecimal strings, and a final newline. */
export function jsonText(value) {
    const replace = (_key, item) => typeof item === "bigint" ? `0x${item.toString(16)}` : item;
    return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value }, replace, 2)}\n`;
}
