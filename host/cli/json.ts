/** Version of every JSON that the command prints; a change that breaks readers raises it. */
const SCHEMA_VERSION = 1;

/** JSON text with two spaces of indentation, BigInts as hexadecimal strings, and a final newline. */
export function jsonText(value: object): string {
  const replace = (_key: string, item: unknown): unknown =>
    typeof item === "bigint" ? `0x${item.toString(16)}` : item;
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value }, replace, 2)}\n`;
}
