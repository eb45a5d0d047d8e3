import { resolveCapabilities } from "../core/capabilities.js";
import { exclusionRules, numericRules, olderNames, prerequisiteRules, unbuiltCapabilities, valueRules, } from "../spec/capability-rules.js";
import { presetNames, presets } from "../spec/presets.js";
import { capRegister } from "../spec/registers/cap.js";
import { ecapRegister } from "../spec/registers/ecap.js";
import { page, table } from "./markdown.js";
const resolved = presetNames.map((preset) => resolveCapabilities({ preset }));
function hex(value) {
    return `0x${value.toString(16).padStart(16, "0")}`;
}
function presetTable() {
    return table(["Preset", "What", "Version", "Host address bits", "CAP", "ECAP"], presetNames.map((name, index) => {
        const { version, hostAddressWidth, cap, ecap } = resolved[index];
        return [
            name,
            presets[name].title,
            `${version >> 4}.${version & 15}`,
            String(hostAddressWidth),
            hex(cap),
            hex(ecap),
        ];
    }));
}
function fieldTable(register) {
    const reported = register.fields.filter(({ name }) => resolved.some(({ values }) => values[name] !== 0));
    return table(["Bits", "Field", ...presetNames, "Meaning"], reported.map(({ name, high, low, meaning }) => [
        high === low ? String(high) : `${high}:${low}`,
        name,
        ...resolved.map(({ values }) => (values[name] === 0 ? "" : String(values[name]))),
        meaning,
    ]));
}
/** What the unit builds and no preset reports. */
function optionTable() {
    const optional = [...capRegister.fields, ...ecapRegister.fields].filter(({ name }) => !Object.hasOwn(unbuiltCapabilities, name) &&
        resolved.every(({ values }) => values[name] === 0));
    return table(["Field", "Meaning"], optional.map(({ name, meaning }) => [name, meaning]));
}
function ruleList() {
    const all = [
        ...prerequisiteRules,
        ...exclusionRules,
        ...valueRules,
        ...Object.values(numericRules),
    ];
    return all.map((rule) => `- ${rule.sentence} (§${rule.section})`);
}
/** The text of docs/capabilities.md. */
export function generateCapabilityPage() {
    return [
        ...page("Capabilities"),
        "What a unit reports in VER_REG, CAP_REG and ECAP_REG (VT-d 5.10 §11.4.1 to §11.4.3). **What is",
        "not listed reads as unsupported**: the bit is 0, and the feature does not exist for the guest.",
        "What is reported works completely.",
        "",
        "A unit starts from a preset, and any field can be changed by its name in the manual:",
        "",
        "```ts",
        'await Iommu.create({ memory, preset: "full", capabilities: { NFR: 0, SMS: 0 } });',
        "```",
        "",
        ...presetTable(),
        "",
        "## CAP_REG",
        "",
        ...fieldTable(capRegister),
        "",
        "## ECAP_REG",
        "",
        ...fieldTable(ecapRegister),
        "",
        "## Options in no preset",
        "",
        "The unit builds these too; ask for them by name:",
        "",
        ...optionTable(),
        "",
        "## What is refused",
        "",
        "A set of capabilities that breaks a rule of the manual is refused, and the error names the rule:",
        "",
        ...ruleList(),
        "",
        "The guest address width never exceeds the widest width in SAGAW although the manual would let it:",
        "addresses above could not be translated. That MAMV covers the large pages is a recommendation in",
        "the manual and a rule here.",
        "",
        "Capabilities that this release of the unit does not build are refused too:",
        "",
        ...table(["Field", "Why"], Object.entries(unbuiltCapabilities)),
        "",
        "## Older names",
        "",
        "Names of older revisions of the manual are understood:",
        "",
        ...table(["Older", "Today"], Object.entries(olderNames)),
        "",
    ].join("\n");
}
