/**
 * 1 in core-port.wasm, 0 in core.wasm: given to the compiler (asconfig.json, "use"), so that the
 * other branch vanishes.
 */
declare const PORT: i32;
