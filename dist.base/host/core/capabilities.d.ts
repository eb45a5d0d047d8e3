import { type PresetName } from "../spec/presets.js";
export interface CapabilityOptions {
    /** Capability set to start from. Default "full". */
    readonly preset?: PresetName | undefined;
    /** Fields of CAP_REG and ECAP_REG by their names in the manual; older names are understood. */
    readonly capabilities?: Readonly<Record<string, number>> | undefined;
    /** VER_REG, 0x10 to 0xff: major version in bits 7:4. Default: the preset's. */
    readonly version?: number | undefined;
    /** Bits of a host physical address, 32 to 52. Default: the preset's. */
    readonly hostAddressWidth?: number | undefined;
}
export interface Capabilities {
    /** VER_REG. */
    readonly version: number;
    readonly cap: bigint;
    readonly ecap: bigint;
    readonly hostAddressWidth: number;
    /** Every field of CAP_REG and ECAP_REG by name. */
    readonly values: Readonly<Record<string, number>>;
    /** Bytes of the register set, a power of two; it lies at a multiple of its size (§8.3, §11.1). */
    readonly registerBytes: number;
}
/** A set of capabilities that no unit may report, or that this unit does not build. */
export declare class CapabilityError extends Error {
    /** One sentence for each rule that is broken, with its section. */
    readonly problems: readonly string[];
    readonly name = "CapabilityError";
    constructor(
    /** One sentence for each rule that is broken, with its section. */
    problems: readonly string[]);
}
/**
 * The version, CAP and ECAP registers of a unit: a preset with some fields changed.
 *
 * @throws RangeError for an unknown preset or field, or a value outside a field's width.
 * @throws CapabilityError naming every rule of §11.4.2 and §11.4.3 that the result breaks.
 */
export declare function resolveCapabilities(options?: CapabilityOptions): Capabilities;
/**
 * Every rule that a set of capabilities breaks, as sentences; none if a unit may report them.
 *
 * @param values every field of CAP_REG and ECAP_REG by name
 */
export declare function capabilityProblems(values: Readonly<Record<string, number>>, version: number, hostAddressWidth: number): string[];
