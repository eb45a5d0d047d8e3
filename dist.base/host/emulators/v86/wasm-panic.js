const PANIC = "panicked at ";
/** What the instances said when they gave up, by their memory; undefined before that. */
const lastWords = new WeakMap();
/**
 * From now on the panic of the v86 with this memory is kept instead of printed, if `keepingPanics`
 * loaded it.
 */
export function keepPanic(memory) {
    lastWords.set(memory, undefined);
}
/** Why the v86 with this memory gave up, in its own words. */
export function panicOf(memory) {
    return lastWords.get(memory);
}
/** A loader whose instances hand their panics over; whatever else they print goes where it went. */
export function keepingPanics(load) {
    return async (imports) => {
        let memory;
        const env = imports["env"] ?? {};
        const print = env["console_log_from_wasm"];
        const keepOrPrint = (offset, length) => {
            const text = memory === undefined ? "" : textAt(memory, offset, length);
            if (memory === undefined || !lastWords.has(memory) || !text.startsWith(PANIC)) {
                print?.(offset, length);
            }
            else {
                lastWords.set(memory, text.split("\n").at(-1));
            }
        };
        const exports = await load({
            ...imports,
            env: { ...env, console_log_from_wasm: keepOrPrint },
        });
        if (exports["memory"] instanceof WebAssembly.Memory)
            memory = exports["memory"];
        return exports;
    };
}
function textAt(memory, offset, length) {
    return new TextDecoder().decode(new Uint8Array(memory.buffer, offset >>> 0, length));
}
