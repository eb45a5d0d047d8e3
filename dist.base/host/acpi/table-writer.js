/** Appends little-endian fields; the byte form of ACPI tables grows front to back. */
export class TableWriter {
    #bytes = [];
    get length() {
        return this.#bytes.length;
    }
    u8(value) {
        return this.#append(value, 1, BigInt(value));
    }
    u16(value) {
        return this.#append(value, 2, BigInt(value));
    }
    u32(value) {
        return this.#append(value, 4, BigInt(value));
    }
    u64(value) {
        return this.#append(value, 8, value);
    }
    /** Exactly `length` characters, filled with spaces. */
    ascii(text, length) {
        if (text.length > length || /[^ -~]/.test(text)) {
            throw new RangeError(`expected at most ${length} ASCII characters, got "${text}"`);
        }
        for (const character of text.padEnd(length))
            this.#bytes.push(character.charCodeAt(0));
        return this;
    }
    zeros(length) {
        for (let i = 0; i < length; i++)
            this.#bytes.push(0);
        return this;
    }
    bytes(bytes) {
        for (const byte of bytes)
            this.#bytes.push(byte);
        return this;
    }
    finish() {
        return Uint8Array.from(this.#bytes);
    }
    #append(shown, size, value) {
        if (value < 0n || value >> BigInt(8 * size) !== 0n) {
            throw new RangeError(`${shown} does not fit a field of ${size} bytes`);
        }
        for (let i = 0; i < size; i++)
            this.#bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
        return this;
    }
}
/** Makes the bytes of a range add up to 0 modulo 256 through the byte at `at`. */
export function setChecksum(bytes, at, length = bytes.length) {
    bytes[at] = 0;
    const sum = bytes.subarray(0, length).reduce((total, byte) => total + byte, 0);
    bytes[at] = -sum & 0xff;
}
