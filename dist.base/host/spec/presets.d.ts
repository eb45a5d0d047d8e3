/** Sets of capabilities to start from. What a preset does not list is 0. */
export declare const presetNames: readonly ["legacy", "first-stage", "second-stage", "linux", "full"];
export type PresetName = (typeof presetNames)[number];
export interface Preset {
    readonly title: string;
    /** VER_REG: major version in bits 7:4, minor version in bits 3:0. */
    readonly version: number;
    /** Bits of a host physical address, unless the user says otherwise. */
    readonly hostAddressWidth: number;
    readonly capabilities: Readonly<Record<string, number>>;
}
export declare const presets: Readonly<Record<PresetName, Preset>>;
