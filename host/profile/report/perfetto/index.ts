import type { ProfileOutput } from "../../outputs/output.js";
import { drawTrace } from "./draw-trace.js";
import { TraceRecord, type TraceSelection } from "./trace-record.js";
import { TrackEventWriter } from "./track-event-writer.js";

export type { TraceSelection } from "./trace-record.js";

/** The run as tracks of slices and counters, for Perfetto. */
export function traceOutput(selection: TraceSelection = {}): ProfileOutput {
  return {
    file: "trace.perfetto-trace",
    about: "walkers, devices, PASIDs and page groups over time, for Perfetto",
    open: (write) =>
      new TraceRecord(selection, (record, result) => {
        drawTrace(new TrackEventWriter(write), record, result);
      }),
  };
}
