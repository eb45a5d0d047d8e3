/**
 * Plain data as text: objects, arrays, null, booleans, strings, finite numbers, bigints and
 * Uint8Arrays. A property that is undefined is left out.
 */
export function writePlainData(data) {
    return JSON.stringify(data, (_key, value) => {
        if (typeof value === "bigint")
            return { $bigint: value.toString(16) };
        if (value instanceof Uint8Array)
            return { $bytes: toHex(value) };
        const type = typeof value;
        const plain = type === "function" || type === "symbol" || Number.isNaN(value) ? false : true;
        if (!plain || value === Infinity || value === -Infinity) {
            throw new TypeError(`a snapshot cannot hold ${String(value)}: expected plain data`);
        }
        return value;
    });
}
/** @throws SyntaxError for text that `writePlainData` did not make. */
export function readPlainData(text) {
    return JSON.parse(text, (_key, value) => {
        if (typeof value !== "object" || value === null)
            return value;
        if ("$bigint" in value)
            return parseBigint(String(value.$bigint));
        if ("$bytes" in value)
            return fromHex(String(value.$bytes));
        return value;
    });
}
function parseBigint(hex) {
    return hex.startsWith("-") ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`);
}
function toHex(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
function fromHex(hex) {
    return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
