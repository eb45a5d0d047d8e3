import type { FaultPoint } from "../kernel/index.js";
/** All that a run depends on: who takes which step, and what fails. */
export interface Trace {
    readonly scenario: string;
    readonly variant: string;
    /** The place where something fails; undefined if nothing does. */
    readonly fail?: Pick<FaultPoint, "task" | "nth"> | undefined;
    /** The names of the tasks, step by step. */
    readonly schedule: readonly string[];
}
/**
 * One line: `scenario/variant: reporter*3 remover reporter*2`, with ` fail=reporter:1` ahead of the colon
 * if the first place where the task "reporter" can fail does.
 */
export declare function formatTrace({ scenario, variant, fail, schedule }: Trace): string;
/** @throws SyntaxError for text that `formatTrace` does not make. */
export declare function parseTrace(text: string): Trace;
/** Steps in a row of one task. */
export declare function turnsOf(schedule: readonly string[]): {
    task: string;
    steps: number;
}[];
