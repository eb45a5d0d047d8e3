import type { MemoryPort } from "../memory/port.js";
import { GuestMemory } from "../memory/guest-memory.js";
import type { GuestMemoryExports } from "./exports.js";
/** Guest RAM in the middle of somebody else's WebAssembly memory: an emulator's, for instance. */
export interface FlatWasmMemory {
    readonly wasmMemory: WebAssembly.Memory;
    /** Where guest physical 0 lies in it; a multiple of 8. */
    readonly base: number;
    /** Bytes of RAM. */
    readonly size: number;
}
/** What a unit can read guest memory from: our own, a flat part of a wasm memory, or any port. */
export type MemorySource = GuestMemory | FlatWasmMemory | MemoryPort;
/** What core-port.wasm imports. All ones with `failed()` 1 stands for a failed access. */
export type PortImports = Pick<GuestMemoryExports, "read64" | "write64" | "compareExchange64" | "failed">;
/** The port functions for a memory source: wasm over wasm where that is possible. */
export declare function portImports(source: MemorySource): Promise<PortImports>;
