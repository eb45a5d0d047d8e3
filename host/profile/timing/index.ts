export {
  timingParameters,
  type Timing,
  type TimingName,
  type TimingParameter,
} from "./parameters.js";
export { timingSet, timingSets, type TimingSet } from "./sets.js";
export { parseTiming, readTiming } from "./timing-file.js";
