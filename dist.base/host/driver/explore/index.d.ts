/** Runs scenarios through every order of their steps, or many random ones. */
export { explore, replayTrace, type Exploration, type ExploreOptions, type FoundViolation, } from "./explore.js";
export { NotDeterministic } from "./not-deterministic.js";
export { describeRun, type RunReport, type StepReport } from "./replay.js";
export type { Scenario, Variant } from "./scenario.js";
export { formatTrace, parseTrace, type Trace } from "./trace.js";
