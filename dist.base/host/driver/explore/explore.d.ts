import { type RunReport } from "./replay.js";
import { type Scenario, type Variant } from "./scenario.js";
import { type Trace } from "./trace.js";
export interface ExploreOptions {
    /** Which variant of the scenario. */
    readonly variant: string;
    /**
     * Try every order that can matter, one after the other, instead of random ones. Default true.
     */
    readonly exhaustive?: boolean;
    /** Of random orders. Default 1. */
    readonly seed?: number;
    /** Interleavings after which to stop. Default: 10,000 random ones, 1,000,000 if exhaustive. */
    readonly runs?: number;
    /** Let each allocation and each other place that can fail do so, one at a time. Default true. */
    readonly failures?: boolean;
    /** Stop at the first violation. Default true; otherwise one of each rule is kept. */
    readonly stopAtFirst?: boolean;
}
export interface FoundViolation {
    /** The name of the rule. */
    readonly invariant: string;
    readonly message: string;
    /** One line, for `replay`. */
    readonly trace: string;
    /** The shortest run found, step by step. */
    readonly run: RunReport;
}
export interface Exploration {
    readonly scenario: string;
    readonly variant: string;
    readonly expected: Variant["expected"];
    /** Different states met: two are the same if they were reached by the same steps in equivalent orders. */
    readonly states: number;
    /** Runs to their end, or to a violation. */
    readonly interleavings: number;
    /** No order of steps is left that could lead to anything else. */
    readonly exhaustive: boolean;
    readonly violations: readonly FoundViolation[];
}
/** Runs a scenario in many orders of its steps. */
export declare function explore<World>(scenario: Scenario<World>, options: ExploreOptions): Promise<Exploration>;
/** Runs a trace again. @throws SyntaxError, RangeError for a trace that does not fit the scenario. */
export declare function replayTrace<World>(scenario: Scenario<World>, trace: Trace): Promise<RunReport>;
