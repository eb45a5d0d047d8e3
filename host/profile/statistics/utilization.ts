import type { CounterName } from "../../core/layout.js";
import type { ProfileConfiguration, ProfileResult, StageResult } from "../account/index.js";

/** What the shares of time at work follow from. */
export interface Work {
  /** Cycles of the run. */
  readonly total: number;
  readonly stages: readonly StageResult[];
  readonly counters: Readonly<Record<CounterName, number>>;
  readonly configuration: Pick<ProfileConfiguration, "timing">;
}

/** Shares of the time in which the invalidation engine and the driver are at work. */
export function utilization(work: Work): Pick<ProfileResult, "invalidation" | "driver"> {
  const { total, stages, counters, configuration } = work;
  const timing = (name: string): number => configuration.timing[name] ?? 0;
  const share = (cycles: number): number => (total > 0 ? Math.min(1, cycles / total) : 0);
  const { descriptors, waits, deviceTlbInvalidations, pageGroupResponses } = counters;
  const pauses = Math.max(0, descriptors - waits - deviceTlbInvalidations - pageGroupResponses);
  const driver = stages.find(({ stage, cause }) => stage === "driver" && cause === "none");
  const threads = Math.max(1, timing("driver.threads"));
  return {
    invalidation: {
      utilization: share(descriptors * timing("invalidation.descriptor")),
      paused: share(pauses * timing("invalidation.stall")),
    },
    driver: { threads, utilization: share((driver?.cycles ?? 0) / threads) },
  };
}
