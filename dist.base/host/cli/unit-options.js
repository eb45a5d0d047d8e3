import { Option } from "commander";
import { resolveCapabilities } from "../core/capabilities.js";
import { presetNames } from "../spec/index.js";
import { UsageError } from "./exit-code.js";
import { parseUnsigned } from "./numbers.js";
/** `--preset`, the same for every command that makes a unit but for what it starts with. */
export function presetOption(usual = "full") {
    return new Option("--preset <name>", "set of capabilities that the unit starts from")
        .choices(presetNames)
        .default(usual);
}
/** `--unit FIELD=VALUE`, as often as needed. */
export function unitOption() {
    return new Option("--unit <field=value>", "set a field of CAP_REG or ECAP_REG; repeatable")
        .argParser(collect)
        .default([], "none");
}
function collect(text, before) {
    return [...before, text];
}
/**
 * The unit that the options ask for.
 * @throws {UsageError} for an unknown field, or a set that no unit may report, with the rule.
 */
export function parseUnit(preset, fields) {
    const unit = { preset, capabilities: Object.fromEntries(fields.map(parseField)) };
    try {
        resolveCapabilities(unit);
    }
    catch (error) {
        throw new UsageError(error instanceof Error ? error.message : String(error));
    }
    return unit;
}
function parseField(text) {
    const [name, value, ...more] = text.split("=");
    if (name === undefined || name === "" || value === undefined || more.length > 0) {
        throw new UsageError(`--unit "${text}" has not the form FIELD=VALUE, such as PSS=15`);
    }
    return [name, Number(parseUnsigned(`the value of ${name}`, value, 32))];
}
