/** A byte port over any memory port, by 64-bit accesses; partial words by compare-and-exchange. */
export function bytePortOver(port) {
    if (isBytePort(port))
        return port;
    return {
        read64: (address) => port.read64(address),
        write64: (address, value) => port.write64(address, value),
        compareExchange64: (address, expected, replacement) => port.compareExchange64(address, expected, replacement),
        tryReadBytes: (address, length) => readBytes(port, address, length),
        tryWriteBytes: (address, bytes) => writeBytes(port, address, bytes),
    };
}
function isBytePort(port) {
    return "tryReadBytes" in port && "tryWriteBytes" in port;
}
function readBytes(port, address, length) {
    const bytes = new Uint8Array(length);
    const word = new DataView(new ArrayBuffer(8));
    let done = 0;
    while (done < length) {
        const at = address + BigInt(done);
        const value = port.read64(at & ~7n);
        if (value === undefined)
            return undefined;
        word.setBigUint64(0, value, true);
        const first = Number(at & 7n);
        const count = Math.min(8 - first, length - done);
        bytes.set(new Uint8Array(word.buffer, first, count), done);
        done += count;
    }
    return bytes;
}
function writeBytes(port, address, bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let done = 0;
    while (done < bytes.length) {
        const at = address + BigInt(done);
        const first = Number(at & 7n);
        const count = Math.min(8 - first, bytes.length - done);
        const ok = count === 8
            ? port.write64(at, view.getBigUint64(done, true))
            : writePartial(port, at & ~7n, first, bytes.subarray(done, done + count));
        if (!ok)
            return false;
        done += count;
    }
    return true;
}
/** Replaces some bytes of a word, and lets no concurrent change of the others get lost. */
function writePartial(port, address, first, bytes) {
    const word = new DataView(new ArrayBuffer(8));
    for (let expected = port.read64(address); expected !== undefined;) {
        word.setBigUint64(0, expected, true);
        bytes.forEach((byte, index) => {
            word.setUint8(first + index, byte);
        });
        const found = port.compareExchange64(address, expected, word.getBigUint64(0, true));
        if (found === expected)
            return true;
        expected = found;
    }
    return false;
}
