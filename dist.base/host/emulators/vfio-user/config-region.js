/** Configuration space in one read or write of any length, in the largest aligned pieces. */
export function readConfig(config, offset, count) {
    const bytes = new Uint8Array(count);
    for (const { at, size } of pieces(offset, count)) {
        let value = config.read(at, size);
        for (let i = 0; i < size; i++, value = Math.floor(value / 256)) {
            bytes[at - offset + i] = value % 256;
        }
    }
    return bytes;
}
export function writeConfig(config, offset, data) {
    for (const { at, size } of pieces(offset, data.length)) {
        let value = 0;
        for (let i = size - 1; i >= 0; i--)
            value = value * 256 + (data[at - offset + i] ?? 0);
        config.write(at, size, value);
    }
}
function* pieces(offset, count) {
    for (let at = offset; at < offset + count;) {
        const left = offset + count - at;
        const size = at % 4 === 0 && left >= 4 ? 4 : at % 2 === 0 && left >= 2 ? 2 : 1;
        yield { at, size };
        at += size;
    }
}
