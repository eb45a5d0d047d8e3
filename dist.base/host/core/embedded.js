import { GuestMemory } from "../memory/guest-memory.js";
import { stateBound } from "./configuration.js";
import { configureCore } from "./core.js";
import { at } from "./layout.js";
import { wasmModule } from "./modules.js";
const WASM_PAGE = 65536;
/** The unit and its RAM in one instance without imports: core.wasm. */
export async function createEmbeddedCore(options, memoryOptions) {
    const { exports } = await WebAssembly.instantiate(await wasmModule("core"));
    return embedMemory(exports, options, memoryOptions);
}
/** Gives a fresh core.wasm its state and, behind it, guest RAM. Its memory must not grow afterwards. */
export function embedMemory(exports, options, memoryOptions) {
    const memoryMapAt = Math.ceil(stateBound(options.caches) / WASM_PAGE) * WASM_PAGE;
    const end = memoryMapAt + GuestMemory.bytesFor(memoryOptions);
    const missing = Math.ceil((end - exports.memory.buffer.byteLength) / WASM_PAGE);
    if (missing > 0 && exports.growMemory(missing) < 0) {
        throw new RangeError(`guest memory: ${end} bytes with the unit's own, expected at most 4 GiB`);
    }
    const core = configureCore(exports, options);
    const memory = GuestMemory.within(exports.memory, memoryMapAt, memoryOptions);
    core.view.setUint32(at("CONFIG") + at("CONFIG_MEMORY_MAP"), memoryMapAt, true);
    exports.loadState();
    return { core, memory };
}
