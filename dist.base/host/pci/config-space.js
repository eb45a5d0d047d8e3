const SPACE = 4096;
/**
 * The 4 KiB configuration space of one function: bytes with a write mask and a write-one-to-clear
 * mask each. Software goes through `read` and `write`; the function itself through `get` and
 * `set`, which know no masks.
 */
export class ConfigSpace {
    #bytes = new Uint8Array(SPACE);
    #initial = new Uint8Array(SPACE);
    #writable = new Uint8Array(SPACE);
    #clearable = new Uint8Array(SPACE);
    #watchers = [];
    /** Adds a field with its reset value. */
    define(field) {
        const { at, size, value, writable = 0, writeOneToClear = 0 } = field;
        requireRange(at, size);
        for (let i = 0; i < size; i++) {
            const byte = (word) => (word >>> (8 * i)) & 0xff;
            this.#bytes[at + i] = byte(value);
            this.#initial[at + i] = byte(value);
            this.#writable[at + i] = byte(writable);
            this.#clearable[at + i] = byte(writeOneToClear);
        }
    }
    /** Calls `watcher` after each write of software that covers a byte of the range. */
    watch(at, size, watcher) {
        this.#watchers.push({ start: at, end: at + size, watcher });
    }
    /** What software reads; all ones if the access is not within one aligned double word. */
    read(at, size) {
        return isLegal(at, size) ? this.get(at, size) : allOnes(size);
    }
    /** What software writes; ignored if the access is not within one aligned double word. */
    write(at, size, value) {
        if (!isLegal(at, size))
            return;
        for (let i = 0; i < size; i++) {
            const byte = (value >>> (8 * i)) & 0xff;
            const old = this.#bytes[at + i] ?? 0;
            const mask = this.#writable[at + i] ?? 0;
            const cleared = byte & (this.#clearable[at + i] ?? 0);
            this.#bytes[at + i] = ((old & ~mask) | (byte & mask)) & ~cleared;
        }
        for (const { start, end, watcher } of this.#watchers) {
            if (at < end && at + size > start)
                watcher();
        }
    }
    get(at, size) {
        requireRange(at, size);
        let value = 0;
        for (let i = size - 1; i >= 0; i--)
            value = value * 256 + (this.#bytes[at + i] ?? 0);
        return value;
    }
    set(at, size, value) {
        requireRange(at, size);
        for (let i = 0; i < size; i++)
            this.#bytes[at + i] = (value >>> (8 * i)) & 0xff;
    }
    /** Sets and clears bits, as the function itself does. */
    change(at, size, bits) {
        this.set(at, size, (this.get(at, size) & ~(bits.clear ?? 0)) | (bits.set ?? 0));
    }
    /** Every field to its reset value; watchers are not called. */
    reset() {
        this.#bytes.set(this.#initial);
    }
    /** Values, and what they are after reset, which tells one kind of function from another. */
    snapshot() {
        return { bytes: withoutTail(this.#bytes), initial: withoutTail(this.#initial) };
    }
    /** True if a snapshot is of a function with the same fields. */
    fits({ initial }) {
        const own = withoutTail(this.#initial);
        return own.length === initial.length && own.every((byte, index) => byte === initial[index]);
    }
    /** Watchers are not called. */
    restore({ bytes }) {
        this.#bytes.fill(0);
        this.#bytes.set(bytes);
    }
    /** A copy of the bytes, for emulators that want to see configuration space as an array. */
    bytes(length = SPACE) {
        return this.#bytes.slice(0, length);
    }
}
function withoutTail(bytes) {
    return bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
}
/** What a read answers when nobody does. */
export function allOnes(size) {
    return size === 4 ? 0xffff_ffff : 2 ** (8 * size) - 1;
}
function isLegal(at, size) {
    return at >= 0 && at + size <= SPACE && (at & 3) + size <= 4;
}
function requireRange(at, size) {
    if (at < 0 || at + size > SPACE || ![1, 2, 4].includes(size)) {
        throw new RangeError(`no field of ${size} bytes at 0x${at.toString(16)} in configuration space`);
    }
}
