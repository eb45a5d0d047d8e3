import type { V86Options } from "v86";
/**
 * Options for `new V86(...)` with what `attachIommu` needs decided: the guest does not start by
 * itself and has a local APIC (v86's `acpi`); in Node, keyboard, mouse and speaker are disabled, v86's
 * own WebAssembly file is found, and why it gave up is kept for `Ending`. Everything else is as in
 * `options`.
 * @throws {TypeError} if `options` asks for `autostart: true`, `acpi: false` or an `initial_state`.
 */
export declare function prepareV86(options?: V86Options): V86Options;
