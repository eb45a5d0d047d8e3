/** viommu/recording: what reaches a unit, as a file; and the same again in another unit. */
export { Recorder } from "./recorder.js";
export { Recording } from "./recording.js";
export { RecordingError } from "./recording-error.js";
export { Replay, type ReplayedCall, type ReplayOptions, type ReplaySummary } from "./replay.js";
export type { RecordedCall, RecordedResult } from "./recorded-call.js";
export type { RecordedUnit, RecordingEnd } from "./format.js";
export type { FileSink, MemorySink, RecordingSink } from "./sink.js";
