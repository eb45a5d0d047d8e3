import type { V86Options } from "v86";
/** How v86's WebAssembly is loaded: v86's option `wasm_fn`. */
export type WasmLoader = NonNullable<V86Options["wasm_fn"]>;
/**
 * From now on the panic of the v86 with this memory is kept instead of printed, if `keepingPanics`
 * loaded it.
 */
export declare function keepPanic(memory: WebAssembly.Memory): void;
/** Why the v86 with this memory gave up, in its own words. */
export declare function panicOf(memory: WebAssembly.Memory): string | undefined;
/** A loader whose instances hand their panics over; whatever else they print goes where it went. */
export declare function keepingPanics(load: WasmLoader): WasmLoader;
