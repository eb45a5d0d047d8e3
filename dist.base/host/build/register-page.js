import { resolveCapabilities } from "../core/capabilities.js";
import { performanceReports } from "../core/performance-capabilities.js";
import { exists } from "../core/register-placement.js";
import { presetNames } from "../spec/presets.js";
import { registers } from "../spec/registers.js";
import { page, table } from "./markdown.js";
function offsetText(register) {
    const hex = `${register.offset.toString(16).toUpperCase().padStart(3, "0")}h`;
    const { placedBy, repeat } = register;
    const scale = placedBy === "FRO" || placedBy === "IRO" ? "16 × " : "";
    const place = placedBy === undefined ? hex : `${scale}${placedBy} + ${register.offset}`;
    if (repeat === undefined)
        return place;
    return `${place} + ${repeat.stride === "CS" ? "2^(CS+10)" : repeat.stride} n`;
}
function conditionText(part) {
    const all = (part.requires ?? []).join(" and ");
    const any = "requiresAny" in part ? (part.requiresAny ?? []).join(" or ") : "";
    return all || any;
}
function bitsText({ high, low }) {
    return high === low ? String(high) : `${high}:${low}`;
}
function meaningText(field) {
    const values = (field.values ?? []).map(({ value, meaning }) => `${value} ${meaning}`);
    return values.length === 0 ? field.meaning : `${field.meaning}: ${values.join("; ")}`;
}
function resetText(field, register) {
    if (["VER", "CAP", "ECAP"].includes(register.mnemonic))
        return "preset";
    return reports.has(register.mnemonic) ? "capabilities" : String(field.reset ?? 0);
}
/** Registers whose reset values are computed from the capabilities, without their place in a row. */
const reports = new Set([...performanceReports({ PMS: 1 }).keys()].map((name) => name.replace(/^(PERFEVNTCAP).$/, "$1")));
function registerSection(register) {
    return [
        "",
        `## ${register.mnemonic}: ${register.title}`,
        "",
        `Offset ${offsetText(register)}, ${register.width} bits, §${register.section}.`,
        "",
        ...table(["Bits", "Field", "Access", "Reset", "Needs", "Meaning"], register.fields.map((field) => [
            bitsText(field),
            field.name,
            field.access,
            resetText(field, register),
            conditionText(field),
            meaningText(field),
        ])),
    ];
}
/** The text of docs/registers.md. */
export function generateRegisterPage() {
    const presetValues = presetNames.map((preset) => resolveCapabilities({ preset }).values);
    const built = registers.filter((register) => presetValues.some((values) => exists(register, values)));
    const byOffset = [...registers].sort((a, b) => {
        const late = (register) => (register.placedBy === undefined ? 0 : 1 << 16);
        return late(a) + a.offset - late(b) - b.offset;
    });
    return [
        ...page("Registers"),
        "The registers of a unit, after VT-d 5.10 chapter 11: 4 KiB, or 16 KiB with performance monitoring.",
        "A register or field that needs a capability which the unit does not report is reserved: it reads 0",
        "and ignores writes, as do all bits that are not listed. 32-bit registers take aligned accesses of 4",
        "bytes, 64- and 128-bit registers aligned accesses of 4 or 8 bytes.",
        "",
        "Access: RO read-only; RW read and write; WO write-only, reads 0; RW1C writing 1 clears; ROS and",
        "RW1CS likewise, and a warm reset leaves the bit alone; RWL read and write, and read-only while the",
        "counter is enabled; RWLV the same, but counters can be written at any time (PERFCAP.CWE).",
        "",
        ...table(["Offset", "Register", "Bits", "Name", "Section", "Needs"], byOffset.map((register) => [
            offsetText(register),
            register.mnemonic,
            String(register.width),
            register.title,
            register.section,
            conditionText(register),
        ])),
        "",
        "The fields of every register that some preset has follow; [capabilities](capabilities.md) says",
        "what each preset reports.",
        ...built.flatMap(registerSection),
        "",
    ].join("\n");
}
