import { GuestMemory } from "../memory/guest-memory.js";
import { wasmModule } from "./modules.js";
const ALL_ONES = (1n << 64n) - 1n;
const u64 = (value) => BigInt.asUintN(64, value);
/** The port functions for a memory source: wasm over wasm where that is possible. */
export async function portImports(source) {
    if (source instanceof GuestMemory) {
        const accessor = await accessorOver(source.wasmMemory);
        accessor.useMemoryMap(source.memoryMapAt);
        return accessor;
    }
    if ("wasmMemory" in source) {
        checkFlat(source);
        const accessor = await accessorOver(source.wasmMemory);
        accessor.useFlatMemory(source.base, source.size);
        return accessor;
    }
    return scriptedPort(source);
}
async function accessorOver(memory) {
    const instance = await WebAssembly.instantiate(await wasmModule("guest-memory"), {
        env: { memory },
    });
    return instance.exports;
}
function checkFlat({ wasmMemory, base, size }) {
    const limit = wasmMemory.buffer.byteLength;
    if (!Number.isInteger(base) || base <= 0 || base % 8 !== 0) {
        throw new RangeError(`memory.base is ${base}: expected a positive multiple of 8`);
    }
    if (!Number.isInteger(size) || size < 8 || base + size > limit) {
        throw new RangeError(`memory.size is ${size}: expected 8 to ${limit - base} bytes behind base ${base}`);
    }
}
/** A port written in JavaScript: correct, and slower by a call and a BigInt for each word. */
function scriptedPort(port) {
    let failed = 0;
    const answer = (value) => {
        failed = value === undefined ? 1 : 0;
        return value ?? ALL_ONES;
    };
    return {
        read64: (address) => answer(port.read64(u64(address))),
        write64: (address, value) => (port.write64(u64(address), u64(value)) ? 1 : 0),
        compareExchange64: (address, expected, replacement) => answer(port.compareExchange64(u64(address), u64(expected), u64(replacement))),
        failed: () => failed,
    };
}
