import { keepingPanics } from "./wasm-panic.js";
/**
 * Options for `new V86(...)` with what `attachIommu` needs decided: the guest does not start by
 * itself and has a local APIC (v86's `acpi`); in Node, keyboard, mouse and speaker are disabled, v86's
 * own WebAssembly file is found, and why it gave up is kept for `Ending`. Everything else is as in
 * `options`.
 * @throws {TypeError} if `options` asks for `autostart: true`, `acpi: false` or an `initial_state`.
 */
export function prepareV86(options = {}) {
    if (options.autostart === true) {
        throw new TypeError("autostart must not be true: attach the IOMMU first, then call run()");
    }
    if (options.acpi === false) {
        throw new TypeError("acpi must not be false: without it v86 has no local APIC for interrupts");
    }
    if (options.initial_state !== undefined) {
        throw new TypeError("initial_state would be restored before the IOMMU is there: attach it, then call restore_state");
    }
    const inNode = typeof process !== "undefined" && typeof process.getBuiltinModule === "function";
    const prepared = { ...(inNode ? optionsForNode(process, options) : {}), ...options };
    const load = prepared.wasm_fn;
    return {
        ...prepared,
        ...(load !== undefined && { wasm_fn: keepingPanics(load) }),
        autostart: false,
        acpi: true,
    };
}
/** Asks the process for its modules: an import of them would keep browsers from loading this file. */
function optionsForNode(node, options) {
    const require = node.getBuiltinModule("node:module").createRequire(import.meta.url);
    const wasmPath = options.wasm_path ?? require.resolve("v86/build/v86.wasm");
    const { readFile } = node.getBuiltinModule("node:fs/promises");
    const load = async (imports) => {
        const { instance } = await WebAssembly.instantiate(await readFile(wasmPath), imports);
        return instance.exports;
    };
    return {
        disable_keyboard: true,
        disable_mouse: true,
        disable_speaker: true,
        wasm_path: wasmPath,
        wasm_fn: load,
    };
}
