/** viommu/profile: requests in a unit and a timing model, and where their cycles went. */
export * from "./account/index.js";
export {
  openOutputs,
  profileOutputs,
  type OutputContext,
  type ProfileOutput,
} from "./outputs/index.js";
export { ProfileError } from "./profile-error.js";
export { runProfile, type ProfileOptions } from "./run-profile.js";
export {
  pageRequestTime,
  parseTiming,
  readTiming,
  timingParameters,
  timingSet,
  timingSets,
  timingSources,
  type Timing,
  type TimingParameter,
  type TimingSet,
  type TimingSource,
  type TimingSourceName,
} from "./timing/index.js";
export {
  readRecordedArrivals,
  readWorkload,
  workloadList,
  workloads,
  type Workload,
  type WorkloadParameter,
  type WorkloadValues,
} from "./workloads/index.js";
