import { invalidationDescriptors, pageRequestDescriptor } from "../spec/descriptors.js";
import { interruptEntries, pagingEntries, tableEntries } from "../spec/structures.js";
import { constant, heading, hex, mask, width } from "./names.js";
/** Which 64-bit word a field lies in, and where; no field of the manual crosses a word. */
function place(name, range) {
    const word = range.low >> 6;
    if (range.high >> 6 !== word) {
        throw new Error(`${name}: bits ${range.high}:${range.low} cross a 64-bit word`);
    }
    return { word, shift: range.low & 63 };
}
function fieldConstants(structure, field) {
    const name = `${structure.name}_${field.name}`;
    const { word, shift } = place(name, field);
    const values = width(field) > 32 ? [] : (field.values ?? []);
    return [
        constant(`${name}_WORD`, "i32", String(word)),
        constant(`${name}_SHIFT`, "u64", String(shift)),
        constant(`${name}_MASK`, "u64", hex(mask(field))),
        ...values.map((value) => constant(`${name}_${value.name}`, "u64", hex(value.value))),
    ];
}
/** The bits of one word that no field and no ignored range covers. */
export function reservedMask(structure, word) {
    const known = [...structure.fields, ...(structure.ignored ?? [])];
    const inWord = known.filter((range) => range.low >> 6 === word);
    return inWord.reduce((reserved, range) => reserved & ~(mask(range) << BigInt(range.low & 63)), (1n << 64n) - 1n);
}
function reservedConstants(structure) {
    const words = Array.from({ length: structure.bits / 64 }, (_, word) => word);
    const gated = structure.fields.filter((field) => field.requires !== undefined);
    return [
        ...words.map((word) => constant(`${structure.name}_RESERVED_${word}`, "u64", hex(reservedMask(structure, word)))),
        ...gated.map((field) => constant(`${structure.name}_${field.name}_IN_PLACE`, "u64", hex(mask(field) << BigInt(field.low & 63)))),
    ];
}
function structureConstants(structure) {
    const head = ["", `// ${structure.name}: ${structure.title} (§${structure.section})`];
    return head.concat(...structure.fields.map((field) => fieldConstants(structure, field)));
}
function withReserved(structure) {
    return [...structureConstants(structure), ...reservedConstants(structure)];
}
const explanation = [
    "// For each field: the 64-bit word it lies in, its shift there, its mask at bit 0.",
    "// RESERVED_n: bits of word n that are always reserved. IN_PLACE: bits that are reserved as well",
    "// while the capability behind the field is not reported.",
];
/** The text of assembly/generated/structures.ts. */
export function generateStructureConstants() {
    return [
        ...heading("Translation structures (VT-d 5.10 chapter 9).", "host/spec/structures.ts"),
        ...explanation,
        ...tableEntries.flatMap(withReserved),
        ...pagingEntries.flatMap(structureConstants),
        ...interruptEntries.flatMap(withReserved),
        "",
    ].join("\n");
}
function typeConstant(descriptor) {
    return constant(`INV_${descriptor.typeName}`, "i32", String(descriptor.type));
}
/** The text of assembly/generated/descriptors.ts. */
export function generateDescriptorConstants() {
    return [
        ...heading("Descriptors of both queues (VT-d 5.10 §6.5.2, §7.4.1.1).", "host/spec/descriptors.ts"),
        ...explanation,
        "",
        "// Types of invalidation descriptors: bits 11:9 above bits 3:0",
        ...invalidationDescriptors.map(typeConstant),
        ...invalidationDescriptors.flatMap(withReserved),
        ...structureConstants(pageRequestDescriptor),
        "",
    ].join("\n");
}
