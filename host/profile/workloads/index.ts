import { ProfileError } from "../profile-error.js";
import { readParameters, type WorkloadValues } from "./parameters.js";
import { nic } from "./nic.js";
import { nvme } from "./nvme.js";
import { patternWorkloads } from "./patterns.js";
import { sva } from "./sva.js";
import { tenants } from "./tenants.js";
import type { Workload } from "./workload.js";

export type { PreparedWorkload, Workload, WorkloadOptions } from "./workload.js";
export type { WorkloadParameter, WorkloadValue, WorkloadValues } from "./parameters.js";

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
