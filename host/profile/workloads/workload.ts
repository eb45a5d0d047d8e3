import type { CacheSizes } from "../../core/configuration.js";
import type { RequestSource } from "../model/timing-model.js";
import type { Iommu } from "../../iommu.js";
import type { ReplaySummary } from "../recording/index.js";
import type { WorkloadParameter, WorkloadValues } from "./parameters.js";

export interface WorkloadOptions {
  readonly requests: number;
  readonly seed: number;
  readonly caches: CacheSizes;
  readonly values: WorkloadValues;
}

/** A workload that is set up: its unit has its tables, and has had no request yet. */
export interface PreparedWorkload extends RequestSource {
  readonly iommu: Iommu;
  /** Of a recording that was replayed to its end. */
  readonly replay?: ReplaySummary | undefined;
}

/** Requests of devices, made by a rule. The same options give the same requests. */
export interface Workload {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly WorkloadParameter[];
  prepare(options: WorkloadOptions): Promise<PreparedWorkload>;
}
