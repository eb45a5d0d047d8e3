import { readFile } from "node:fs/promises";
const modules = new Map();
/** Where the build put a module: dist/wasm, seen from dist/host/core and from host/core alike. */
function candidates(name) {
    return ["../../wasm/", "../../dist/wasm/"].map((folder) => new URL(`${folder}${name}.wasm`, import.meta.url));
}
/** The bytes of a wasm module of this package. */
export async function wasmBytes(name) {
    for (const url of candidates(name)) {
        try {
            return new Uint8Array(await readFile(url));
        }
        catch (error) {
            if (error.code !== "ENOENT")
                throw error;
        }
    }
    throw new Error(`${name}.wasm is missing: build it with "npm run build"`);
}
/** A wasm module of this package, compiled once. */
export function wasmModule(name) {
    let module = modules.get(name);
    if (module === undefined) {
        module = wasmBytes(name).then((bytes) => WebAssembly.compile(bytes));
        modules.set(name, module);
    }
    return module;
}
