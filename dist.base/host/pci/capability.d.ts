import type { ConfigField, ConfigSpace } from "./config-space.js";
/**
 * A capability structure as data: where it lies, its id, and the fields behind its header, whose
 * `at` is relative to the structure.
 */
export interface Capability {
    /** A standard capability (below 0x100) or an extended one. */
    readonly kind: "standard" | "extended";
    readonly id: number;
    /** Version of an extended capability. */
    readonly version?: number;
    readonly at: number;
    readonly fields: readonly ConfigField[];
}
/** Writes the structures into configuration space and links each list in the order given. */
export declare function addCapabilities(config: ConfigSpace, capabilities: readonly Capability[]): void;
/** Where the extended capability with an id lies, walked as software does; undefined without it. */
export declare function findExtendedCapability(config: ConfigSpace, id: number): number | undefined;
/** The first place behind the extended capabilities where another one can lie. */
export declare function endOfExtended(capabilities: readonly Capability[]): number;
