/** Number of bits of a field. */
export function width(range) {
    return range.high - range.low + 1;
}
/** The mask of a field's width, at bit 0. */
export function mask(range) {
    return (1n << BigInt(width(range))) - 1n;
}
/** A number as AssemblyScript writes it. */
export function hex(value) {
    return `0x${value.toString(16)}`;
}
/** A constant of AssemblyScript: no decorator, which formatters and linters cannot parse. */
export function constant(name, type, value) {
    return `export const ${name}: ${type} = ${value};`;
}
/** The head of every generated file. */
export function heading(what, source) {
    return [`// ${what}`, `// Generated from ${source} by "npm run generate"; edit that instead.`];
}
