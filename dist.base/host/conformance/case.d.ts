import type { Ability } from "./abilities.js";
import type { Bench } from "./bench/bench.js";
import type { UnitWishes } from "./configuration.js";
import type { CapabilityNeed } from "./needs.js";
/** What a case cannot do without. */
export interface CaseNeeds {
    /**
     * Fields of CAP and ECAP: "SMTS" (not 0), "!RWBF" (0), or `{ NFR: atLeast(1), MAJOR: atMost(5) }`;
     * MAJOR and MINOR are those of VER_REG.
     */
    readonly capabilities?: readonly CapabilityNeed[];
    readonly abilities?: readonly Ability[];
}
/** One claim of the manual, and the steps that show whether a unit keeps it. */
export interface ConformanceCase {
    /** "VTD-", the section, "-", and some words with hyphens; the only one of its name. */
    readonly id: string;
    /** Section of the manual, for example "7.2.1". */
    readonly section: string;
    /** What the unit does, as one sentence without a full stop. */
    readonly title: string;
    readonly needs?: CaseNeeds;
    /** Changes of the unit that a target with a choice makes; of others the capabilities are needs. */
    readonly with?: UnitWishes;
    readonly steps: (bench: Bench) => Promise<void>;
}
/** Cases of one section: `id` is what follows the section. */
export declare function casesOf(section: string, cases: readonly (Omit<ConformanceCase, "section"> & {
    readonly section?: string;
})[]): ConformanceCase[];
