import { writeConfiguration, stateBound } from "./configuration.js";
import { portImports } from "./guest-memory-port.js";
import { ABI_VERSION, at, counterNames } from "./layout.js";
import { wasmModule } from "./modules.js";
const WASM_PAGE = 65536;
const MORE_WORK = at("LATCH") + at("LATCH_MORE_WORK");
const COUNTING = at("LATCH") + at("LATCH_COUNTING");
/** One instance of the unit's wasm, and what the host may know of its memory. */
export class Core {
    exports;
    /** First byte behind the state. */
    stateEnd;
    #view;
    constructor(exports, stateEnd) {
        this.exports = exports;
        this.stateEnd = stateEnd;
        this.#view = new DataView(exports.memory.buffer);
    }
    /** A view of the core's memory, made again when the memory has grown. */
    get view() {
        if (this.#view.byteLength === 0)
            this.#view = new DataView(this.exports.memory.buffer);
        return this.#view;
    }
    /** A copy of the state block: everything that outlives a call. */
    copyState() {
        const start = at("STATE_START");
        return new Uint8Array(this.exports.memory.buffer, start, this.stateEnd - start).slice();
    }
    /** Puts a state block in place that `copyState` of a core with the same options has made. */
    putState(state) {
        new Uint8Array(this.exports.memory.buffer).set(state, at("STATE_START"));
        this.exports.loadState();
    }
    /** Translation is enabled in legacy mode (assembly/latch.ts, MODE_LEGACY). */
    get isLegacy() {
        return this.view.getUint32(at("LATCH") + at("LATCH_MODE"), true) === 1;
    }
    /** Counters of performance monitoring count: any request may raise their interrupt. */
    get isCounting() {
        return this.view.getUint32(COUNTING, true) !== 0;
    }
    /** Work stopped for want of room in the outbox, and waits for `resume`. */
    get moreWork() {
        return this.view.getUint32(MORE_WORK, true) !== 0;
    }
    counters() {
        const counter = (index) => this.view.getBigUint64(at("COUNTERS") + 8 * index, true);
        return Object.fromEntries(counterNames.map((name, index) => [name, counter(index)]));
    }
}
/** The unit over a memory source: core-port.wasm. */
export async function createCore(source, options) {
    const imports = await portImports(source);
    const instance = await WebAssembly.instantiate(await wasmModule("core-port"), {
        "memory-port": { ...imports },
    });
    return configureCore(instance.exports, options);
}
/** Gives a fresh core room for its state, configures it, and resets it. */
export function configureCore(exports, options) {
    const abi = exports.abiVersion();
    if (abi !== ABI_VERSION) {
        throw new Error(`the wasm core has ABI version ${abi}, expected ${ABI_VERSION}: rebuild it`);
    }
    const missing = stateBound(options.caches) - exports.memory.buffer.byteLength;
    if (missing > 0)
        exports.growMemory(Math.ceil(missing / WASM_PAGE));
    writeConfiguration(exports.memory, options);
    const core = new Core(exports, exports.configure());
    exports.reset(0);
    return core;
}
