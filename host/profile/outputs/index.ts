import { reportOutput } from "../report/html/index.js";
import { traceOutput, type TraceSelection } from "../report/perfetto/index.js";
import { flameGraphOutput } from "../report/speedscope/index.js";
import { jsonOutput } from "./json.js";
import type { ProfileOutput } from "./output.js";
import { statsOutput } from "./stats.js";

export { openOutputs, type OpenOutputs } from "./open-outputs.js";
export type { TraceSelection } from "../report/perfetto/index.js";
export type { OutputContext, ProfileOutput } from "./output.js";

/** Every file that `viommu profile --out DIR` writes. A new kind of file is one more entry here. */
export function profileOutputs(trace: TraceSelection = {}): readonly ProfileOutput[] {
  return [statsOutput, jsonOutput, traceOutput(trace), flameGraphOutput, reportOutput];
}
