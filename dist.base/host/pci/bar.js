import { header } from "./header.js";
/** A base address register: sizing, relocation and address decoding. */
export class Bar {
    index;
    size;
    #config;
    #at;
    #fixedAt;
    constructor(config, shape) {
        const { index, size } = shape;
        if (!Number.isInteger(index) || index < 0 || index > 5) {
            throw new RangeError(`a base address register has index 0 to 5, got ${index}`);
        }
        if (size < 16 || size > 2 ** 31 || !Number.isInteger(Math.log2(size))) {
            throw new RangeError(`a memory window has 2^4 to 2^31 bytes, a power of two, got ${size}`);
        }
        this.index = index;
        this.size = size;
        this.#config = config;
        this.#at = header.bar0 + 4 * index;
        config.define({ at: this.#at, size: 4, value: 0, writable: this.#mask });
        config.watch(this.#at, 4, () => {
            this.#written();
        });
    }
    /** Puts the window at an address, as firmware does, or nails it there. */
    place(placement) {
        const { address, fixed = false } = placement;
        if (address % this.size !== 0 || address < 0 || address + this.size > 2 ** 32) {
            throw new RangeError(`a window of 0x${this.size.toString(16)} bytes cannot lie at 0x${address.toString(16)}`);
        }
        this.#fixedAt = fixed ? address : undefined;
        if (fixed) {
            this.#config.define({ at: this.#at, size: 4, value: address, writable: this.#mask });
        }
        else {
            this.#config.set(this.#at, 4, address);
        }
    }
    /** Address of the first byte, or undefined while the register was never given one. */
    get address() {
        const address = this.#fixedAt ?? this.#config.get(this.#at, 4);
        return address === 0 ? undefined : address;
    }
    /** Offset of an address in the window, or undefined outside. */
    offsetOf(address) {
        if (this.address === undefined)
            return undefined;
        const offset = Number(address) - this.address;
        return offset >= 0 && offset < this.size ? offset : undefined;
    }
    get #mask() {
        return (2 ** 32 - this.size) >>> 0;
    }
    #written() {
        if (this.#fixedAt === undefined)
            return;
        const probing = this.#config.get(this.#at, 4) === this.#mask;
        if (!probing)
            this.#config.set(this.#at, 4, this.#fixedAt);
    }
}
