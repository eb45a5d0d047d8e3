import { ABI_VERSION, counterNames, layout, outboxTypes } from "../core/layout.js";
/** The AssemblyScript constants of the core's memory map: assembly/generated/layout.ts. */
export function layoutSource() {
    const constant = (name, value) => `export const ${name}: i32 = ${value};`;
    const screaming = (name) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
    return [
        "// Generated from host/core/layout.ts by `npm run generate`. Do not edit.",
        "",
        constant("ABI_VERSION", ABI_VERSION),
        "",
        "// Addresses of blocks, sizes of their elements, offsets of their fields.",
        ...Object.entries(layout).map(([name, value]) => constant(name, value)),
        "",
        "// Types of outbox records.",
        ...Object.entries(outboxTypes).map(([name, value]) => constant(`OUT_${name}`, value)),
        "",
        "// Indices of the event counters.",
        ...counterNames.map((name, index) => constant(`COUNT_${screaming(name)}`, index)),
        "",
    ].join("\n");
}
