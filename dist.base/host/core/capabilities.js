import { exclusionRules, numericRules, olderNames, prerequisiteRules, unbuiltCapabilities, valueRules, } from "../spec/capability-rules.js";
import { presetNames, presets } from "../spec/presets.js";
import { capRegister } from "../spec/registers/cap.js";
import { ecapRegister } from "../spec/registers/ecap.js";
import { collisions, leavesRegisterSet, placeRegisters, registerBytes, } from "./register-placement.js";
/** A set of capabilities that no unit may report, or that this unit does not build. */
export class CapabilityError extends Error {
    problems;
    name = "CapabilityError";
    constructor(
    /** One sentence for each rule that is broken, with its section. */
    problems) {
        super(`these capabilities cannot be reported:\n${problems.map((p) => `- ${p}`).join("\n")}`);
        this.problems = problems;
    }
}
const capabilityFields = new Map([...capRegister.fields, ...ecapRegister.fields].map((field) => [field.name, field]));
/**
 * The version, CAP and ECAP registers of a unit: a preset with some fields changed.
 *
 * @throws RangeError for an unknown preset or field, or a value outside a field's width.
 * @throws CapabilityError naming every rule of §11.4.2 and §11.4.3 that the result breaks.
 */
export function resolveCapabilities(options = {}) {
    const preset = presetOf(options.preset ?? "full");
    const version = integer("version", options.version ?? preset.version, 0x10, 0xff);
    const hostAddressWidth = integer("hostAddressWidth", options.hostAddressWidth ?? preset.hostAddressWidth, 32, 52);
    const values = { ...zeroes(), ...preset.capabilities, ...overrides(options.capabilities ?? {}) };
    const problems = capabilityProblems(values, version, hostAddressWidth);
    if (problems.length > 0) {
        throw new CapabilityError(problems);
    }
    return {
        version,
        cap: compose(capRegister.fields, values),
        ecap: compose(ecapRegister.fields, values),
        hostAddressWidth,
        values,
        registerBytes: registerBytes(values),
    };
}
function presetOf(name) {
    const known = presetNames;
    if (!known.includes(name)) {
        throw new RangeError(`no preset "${name}"; there are ${presetNames.join(", ")}`);
    }
    return presets[name];
}
function integer(name, value, least, most) {
    if (!Number.isInteger(value) || value < least || value > most) {
        throw new RangeError(`${name} is ${value}; it is a whole number from ${least} to ${most}`);
    }
    return value;
}
function zeroes() {
    return Object.fromEntries([...capabilityFields.keys()].map((name) => [name, 0]));
}
/** The user's fields under the manual's names of today, each within its width. */
function overrides(given) {
    const values = {};
    for (const [spelling, value] of Object.entries(given)) {
        const name = Object.hasOwn(olderNames, spelling) ? olderNames[spelling] : spelling;
        const field = capabilityFields.get(name);
        if (field === undefined) {
            const known = [...capabilityFields.keys()].sort().join(", ");
            throw new RangeError(`CAP and ECAP have no field "${spelling}"; they have ${known}`);
        }
        if (Object.hasOwn(values, name)) {
            throw new RangeError(`"${name}" is given twice, once by an older name`);
        }
        values[name] = integer(spelling, value, 0, 2 ** (field.high - field.low + 1) - 1);
    }
    return values;
}
function compose(fields, values) {
    return fields.reduce((word, field) => word | (BigInt(values[field.name]) << BigInt(field.low)), 0n);
}
/**
 * Every rule that a set of capabilities breaks, as sentences; none if a unit may report them.
 *
 * @param values every field of CAP_REG and ECAP_REG by name
 */
export function capabilityProblems(values, version, hostAddressWidth) {
    const major = version >> 4;
    const applies = (rule) => major >= (rule.fromMajor ?? 0);
    const on = (name) => values[name] !== 0;
    const cite = (rule) => `${rule.sentence} (VT-d 5.10 §${rule.section})`;
    return [
        ...prerequisiteRules
            .filter((rule) => applies(rule) && on(rule.capability) && !rule.needs.every(on))
            .map(cite),
        ...exclusionRules
            .filter((rule) => applies(rule) && on(rule.capability) && on(rule.excludes))
            .map(cite),
        ...valueRules
            .filter((rule) => applies(rule) && !rule.values.includes(values[rule.capability]))
            .map((rule) => `${cite(rule)}, and ${rule.capability} is ${values[rule.capability]}`),
        ...widthProblems(values, hostAddressWidth),
        ...placementProblems(values),
        ...Object.entries(unbuiltCapabilities)
            .filter(([name]) => on(name))
            .map(([name, why]) => `${name} must be 0 in this release of the unit: ${why}`),
    ];
}
function widthProblems(values, hostWidth) {
    const guestWidth = values["MGAW"] + 1;
    const widest = [57, 48, 39].find((_, index) => (values["SAGAW"] >> (3 - index)) & 1);
    const leastMask = values["SSLPS"] & 2 ? 18 : values["SSLPS"] & 1 ? 9 : 0;
    const problems = [];
    const add = (rule, found) => problems.push(`${rule.sentence} (VT-d 5.10 §${rule.section}), and ${found}`);
    if (values["MGAW"] === 0) {
        add(numericRules.guestWidthIsNotZero, "MGAW is 0");
    }
    else if (hostWidth > guestWidth) {
        add(numericRules.hostWidthFits, `the widths are ${guestWidth} and ${hostWidth}`);
    }
    if (widest !== undefined && guestWidth > widest) {
        add(numericRules.guestWidthFits, `the widths are ${guestWidth} and ${widest}`);
    }
    if (values["PSI"] !== 0 && values["MAMV"] < leastMask) {
        add(numericRules.maskCoversLargePages, `MAMV is ${values["MAMV"]}`);
    }
    return problems;
}
function placementProblems(values) {
    const placed = placeRegisters(values);
    const size = registerBytes(values);
    const inside = numericRules.placedInside;
    const apart = numericRules.placedApart;
    const outside = placed.filter((register) => leavesRegisterSet(register, size));
    return [
        ...outside.map(({ name, offset, bytes }) => {
            const end = (offset + bytes).toString(16);
            return `${inside.sentence} (VT-d 5.10 §${inside.section}), which has ${size.toString(16)}h bytes, and ${name} ends at ${end}h`;
        }),
        ...collisions(placed).map(([one, other]) => `${apart.sentence} (VT-d 5.10 §${apart.section}), and ${one.name} overlaps ${other.name}`),
    ];
}
