const LOW = 0xffffffffn;
/** 32-bit registers by offset; what is not defined reads 0 and ignores writes. */
export class RegisterBank {
    #registers = new Map();
    define(offset, read, write) {
        if (this.#registers.has(offset)) {
            throw new Error(`two registers at offset 0x${offset.toString(16)}`);
        }
        this.#registers.set(offset, { read, write });
    }
    /** A low word at `offset` and a high word behind it; each half is written by itself. */
    define64(offset, read, write) {
        this.define(offset, () => Number(read() & LOW), write && ((value) => write((read() & ~LOW) | BigInt(value))));
        this.define(offset + 4, () => Number(read() >> 32n), write && ((value) => write((BigInt(value) << 32n) | (read() & LOW))));
    }
    read(offset, size) {
        if (size !== 4 || (offset & 3) !== 0)
            return (1n << BigInt(8 * size)) - 1n;
        const value = this.#registers.get(offset)?.read() ?? 0;
        return BigInt(value >>> 0);
    }
    write(offset, size, value) {
        if (size !== 4 || (offset & 3) !== 0)
            return;
        this.#registers.get(offset)?.write?.(Number(value & LOW));
    }
}
