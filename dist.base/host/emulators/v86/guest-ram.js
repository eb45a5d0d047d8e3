/** VGA memory: v86 keeps RAM behind it, but the guest sees the display adapter there. */
const VGA_START = 0xa0000;
const VGA_END = 0xc0000;
/**
 * The RAM of a v86 guest as devices and table builders see it: every access can fail, and a write
 * drops the code that v86 translated from the bytes it replaces.
 */
export class V86Memory {
    #cpu;
    /** Bytes of RAM, from guest physical 0. */
    size;
    #view;
    constructor(cpu) {
        this.#cpu = cpu;
        this.size = cpu.memory_size[0] ?? 0;
        this.#view = this.#newView();
    }
    /** Where RAM lies in v86's WebAssembly memory, for a core that reads it in place. */
    get placement() {
        const { wasm_memory: wasmMemory, mem8 } = this.#cpu;
        return { wasmMemory, base: mem8.byteOffset, size: this.size };
    }
    read64(address) {
        const at = this.#find(address, 8);
        return at === undefined ? undefined : this.#ram().getBigUint64(at, true);
    }
    write64(address, value) {
        const at = this.#find(address, 8);
        if (at === undefined)
            return false;
        this.#ram().setBigUint64(at, BigInt.asUintN(64, value), true);
        this.forgetCode(at, 8);
        return true;
    }
    compareExchange64(address, expected, replacement) {
        const found = this.read64(address);
        if (found === expected)
            this.write64(address, replacement);
        return found;
    }
    tryReadBytes(address, length) {
        const at = this.#find(address, length);
        if (at === undefined)
            return undefined;
        const view = this.#ram();
        return new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
    }
    tryWriteBytes(address, bytes) {
        const at = this.#find(address, bytes.length);
        if (at === undefined)
            return false;
        const view = this.#ram();
        new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes, at);
        this.forgetCode(at, bytes.length);
        return true;
    }
    /** Drops what v86 translated from this range: somebody else wrote to it. */
    forgetCode(start, length) {
        if (length > 0)
            this.#cpu.jit_dirty_cache(start, start + length);
    }
    /** v86 may grow its memory at any time, which detaches every view of it. */
    #ram() {
        if (this.#view.buffer.byteLength === 0)
            this.#view = this.#newView();
        return this.#view;
    }
    #newView() {
        const { wasmMemory, base, size } = this.placement;
        return new DataView(wasmMemory.buffer, base, size);
    }
    #find(address, length) {
        if (address < 0n || address + BigInt(length) > BigInt(this.size))
            return undefined;
        const at = Number(address);
        return at < VGA_END && at + length > VGA_START ? undefined : at;
    }
}
