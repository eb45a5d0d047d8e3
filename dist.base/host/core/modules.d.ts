export type WasmName = "core" | "core-port" | "guest-memory";
/** The bytes of a wasm module of this package. */
export declare function wasmBytes(name: WasmName): Promise<Uint8Array<ArrayBuffer>>;
/** A wasm module of this package, compiled once. */
export declare function wasmModule(name: WasmName): Promise<WebAssembly.Module>;
