import { Option } from "commander";
import { type PresetName } from "../spec/index.js";
/** `--preset`, the same for every command that makes a unit but for what it starts with. */
export declare function presetOption(usual?: PresetName): Option;
/** `--unit FIELD=VALUE`, as often as needed. */
export declare function unitOption(): Option;
export interface UnitOptions {
    readonly preset: PresetName;
    readonly capabilities: Readonly<Record<string, number>>;
}
/**
 * The unit that the options ask for.
 * @throws {UsageError} for an unknown field, or a set that no unit may report, with the rule.
 */
export declare function parseUnit(preset: PresetName, fields: readonly string[]): UnitOptions;
