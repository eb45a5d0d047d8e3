import type { ProfileResult } from "../../../host/profile/account/index.js";
import type { OutputContext, ProfileOutput } from "../../../host/profile/outputs/index.js";
import { runSynthetically, type SyntheticRun } from "./synthetic-run.js";

export interface Written {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly result: ProfileResult;
}

/** What an output writes of a synthetic run. */
export async function written(output: ProfileOutput, run: SyntheticRun): Promise<Written> {
  const parts: Uint8Array[] = [];
  const context: OutputContext = {
    ...{ workload: "synthetic", timing: "test", requests: run.requests, clockMHz: 1000 },
    // What is known ahead of a run is in its result, too.
    configuration: runSynthetically({ ...run, requests: 1 }, []).configuration,
  };
  const write = (part: string | Uint8Array): void => {
    parts.push(typeof part === "string" ? new TextEncoder().encode(part) : part);
  };
  const observer = await output.open(write, context);
  const result = runSynthetically(run, [observer]);
  const bytes = Buffer.concat(parts);
  return { bytes, text: bytes.toString(), result };
}
