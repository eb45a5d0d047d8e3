import { ProfileError } from "../profile-error.js";
import { readParameters, type WorkloadValues } from "./parameters.js";
import { nic } from "./nic.js";
import { nvme } from "./nvme.js";
import { patternWorkloads } from "./patterns.js";
import { recordedParameters } from "./recorded.js";
import { sva } from "./sva.js";
import { tenants } from "./tenants.js";
import type { Workload } from "./workload.js";

export { prepareRecorded } from "./recorded.js";
export type { PreparedWorkload, Workload } from "./workload.js";
export type { WorkloadParameter, WorkloadValues } from "./parameters.js";

/** Every built-in workload. */
export const workloads: readonly Workload[] = [...patternWorkloads, nic, nvme, sva, tenants];

/**
 * The workload of `name,key=value,...`.
 * @throws ProfileError for a name or a parameter that there is not, or a value out of range.
 */
export function readWorkload(text: string): { workload: Workload; values: WorkloadValues } {
  const [name = "", ...settings] = text.split(",");
  const workload = workloads.find((each) => each.name === name);
  if (workload === undefined) {
    const names = workloads.map((each) => each.name).join(", ");
    throw new ProfileError(`--workload "${name}": expected one of ${names}`);
  }
  const values = readParameters(`--workload ${name}`, workload.parameters, settings);
  return { workload, values };
}

/**
 * How the requests of a recording arrive: `recorded,key=value,...`, or nothing.
 * @throws ProfileError as `readWorkload`.
 */
export function readRecordedArrivals(text: string | undefined): WorkloadValues {
  const [name = "", ...settings] = (text ?? recordedName).split(",");
  if (name !== recordedName) {
    throw new ProfileError(
      `--workload "${name}": of a recording, expected ${recordedName} with its parameters`,
    );
  }
  return readParameters(`--workload ${recordedName}`, recordedParameters, settings);
}

/** Name under which a recording has its parameters. */
const recordedName = "recorded";

/** Parameters of every workload, and of recordings, for lists. */
export const workloadList: readonly Pick<Workload, "name" | "description" | "parameters">[] = [
  ...workloads,
  {
    name: recordedName,
    description: "the requests of a recording, in their order, for viommu profile FILE",
    parameters: recordedParameters,
  },
];
