export { timingParameters, type Timing, type TimingParameter } from "./parameters.js";
export { timingSet, timingSets, type TimingSet } from "./sets.js";
export { pageRequestTime } from "./page-request-time.js";
export { timingSources, type TimingSource, type TimingSourceName } from "./sources.js";
export { parseTiming, readTiming } from "./timing-file.js";
