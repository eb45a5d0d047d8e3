/** Runs scenarios through every order of their steps, or many random ones. */
export { explore, replayTrace, } from "./explore.js";
export { NotDeterministic } from "./not-deterministic.js";
export { describeRun } from "./replay.js";
export { formatTrace, parseTrace } from "./trace.js";
