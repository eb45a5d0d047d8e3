import { registers } from "../spec/registers.js";
import { constant, heading, hex, mask, width } from "./names.js";
/** A field of a 32- or 64-bit register: its bit, or its shift, its mask, and its mask in place. */
function fieldConstants(register, field) {
    const name = `${register.mnemonic}_${field.name}`;
    const type = register.width === 32 ? "u32" : "u64";
    const inPlace = hex(mask(field) << BigInt(field.low));
    if (width(field) === 1) {
        return [constant(name, type, inPlace)];
    }
    return [
        constant(`${name}_SHIFT`, type, String(field.low)),
        constant(`${name}_MASK`, type, hex(mask(field))),
        constant(`${name}_FIELD`, type, inPlace),
        ...(field.values ?? []).map((v) => constant(`${name}_${v.name}`, type, hex(v.value))),
    ];
}
/** A field of a 128-bit register: its lowest bit in the whole, and the mask of its width. */
function wideFieldConstants(register, field) {
    const name = `${register.mnemonic}_${field.name}`;
    const bit = constant(`${name}_BIT`, "i32", String(field.low));
    if (width(field) === 1) {
        return [bit];
    }
    return [
        bit,
        constant(`${name}_MASK`, "u64", hex(mask(field))),
        ...(field.values ?? []).map((v) => constant(`${name}_${v.name}`, "u64", hex(v.value))),
    ];
}
function registerConstants(register) {
    const lines = ["", `// ${register.mnemonic}: ${register.title} (§${register.section})`];
    // Of a register that a field places, the offset from that place.
    const name = register.placedBy === undefined ? `REG_${register.mnemonic}` : `${register.mnemonic}_OFFSET`;
    lines.push(constant(name, "i32", hex(register.offset)));
    const constants = register.width === 128 ? wideFieldConstants : fieldConstants;
    return lines.concat(...register.fields.map((field) => constants(register, field)));
}
/** The text of assembly/generated/registers.ts. */
export function generateRegisterConstants() {
    return [
        ...heading("Offsets and fields of the registers (VT-d 5.10 §11.4).", "host/spec/registers.ts"),
        ...registers.flatMap(registerConstants),
        "",
    ].join("\n");
}
