import type { V86Options } from "v86";

/**
 * Options for `new V86(...)` with what `attachIommu` needs decided: the guest does not start by
 * itself and has a local APIC (v86's `acpi`); in Node, keyboard, mouse and speaker are disabled, and v86's
 * own WebAssembly file is found. Everything else is as in `options`.
 * @throws {TypeError} if `options` asks for `autostart: true` or `acpi: false`.
 */
export function prepareV86(options: V86Options = {}): V86Options {
  if (options.autostart === true) {
    throw new TypeError("autostart must not be true: attach the IOMMU first, then call run()");
  }
  if (options.acpi === false) {
    throw new TypeError("acpi must not be false: without it v86 has no local APIC for interrupts");
  }
  const inNode = typeof process !== "undefined" && typeof process.getBuiltinModule === "function";
  const host = inNode ? optionsForNode(process) : {};
  return { ...host, ...options, autostart: false, acpi: true };
}

/** Asks the process for its modules: an import of them would keep browsers from loading this file. */
function optionsForNode(node: NodeJS.Process): V86Options {
  const require = node.getBuiltinModule("node:module").createRequire(import.meta.url);
  return {
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    wasm_path: require.resolve("v86/build/v86.wasm"),
  };
}
