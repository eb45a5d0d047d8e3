import type { CapabilityOptions } from "../core/capabilities.js";
import type { CacheSizes } from "../core/configuration.js";
/** What a case asks of a target whose unit can be chosen. */
export interface UnitWishes extends Omit<CapabilityOptions, "preset"> {
    /** Entries of each cache; a target without such a choice keeps its own. */
    readonly caches?: CacheSizes;
    /** Keep one pending fault record for each source-id (§7.2.1); likewise. */
    readonly faultCollapse?: boolean;
    /** Ticks until a device-TLB invalidation times out; likewise. */
    readonly invalidationTimeout?: number;
}
/** The smallest caches that a unit can have. */
export declare const TINY_CACHES: Required<CacheSizes>;
/** The unit that a session is opened with: a set of capabilities by its name, and changes of it. */
export interface Configuration {
    /** A preset, or the name of one of a target's own configurations. */
    readonly name: string;
    /** Empty for a target with configurations of its own. */
    readonly wishes: UnitWishes;
}
/** Equal for configurations of the same unit. */
export declare function configurationKey({ name, wishes }: Configuration): string;
