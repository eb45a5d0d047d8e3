import type { Mismatch } from "../bench/verdicts.js";
import type { Deviation } from "../deviations/deviation.js";
export type CaseStatus = "passed" | "failed" | "skipped" | "known-deviation";
/** What became of one case in one configuration. */
export interface CaseResult {
    readonly id: string;
    readonly section: string;
    readonly title: string;
    /** The preset, or the target's own configuration; "" if none has what the case needs. */
    readonly configuration: string;
    readonly status: CaseStatus;
    /** Why it was skipped, or what ended it. */
    readonly reason?: string;
    /** What was not as expected. */
    readonly mismatches: readonly Mismatch[];
    /** The entry of the list that a known deviation is on. */
    readonly deviation?: string;
}
/** What became of all of them. */
export interface RunResult {
    readonly target: string;
    readonly title: string;
    /** The preset, "all" for all of them, or "fixed" for configurations of the target's own. */
    readonly preset: string;
    readonly cases: readonly CaseResult[];
    /** Listed deviations whose cases ran here, and none of them failed. */
    readonly fixed: readonly Deviation[];
}
export interface Totals {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly knownDeviations: number;
}
export declare function totalsOf(cases: readonly CaseResult[]): Totals;
/** Everything that a failed case says, as lines. */
export declare function detailLines({ reason, mismatches }: CaseResult): string[];
