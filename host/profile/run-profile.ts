import { resolveCacheSizes, type CacheSizes } from "../core/configuration.js";
import { counterNames, type CounterName } from "../core/layout.js";
import type { Iommu } from "../iommu.js";
import {
  cacheNames,
  type CacheName,
  type ProfileObserver,
  type ProfileResult,
} from "./account/index.js";
import { TimingModel } from "./model/timing-model.js";
import type { OutputContext } from "./outputs/index.js";
import { Summary } from "./statistics/summary.js";
import type { TimingSet } from "./timing/index.js";
import type { PreparedWorkload, Workload, WorkloadValues } from "./workloads/index.js";

export interface ProfileOptions {
  readonly workload: Workload;
  readonly values: WorkloadValues;
  readonly timing: TimingSet;
  readonly requests: number;
  readonly seed: number;
  readonly caches?: CacheSizes;
  /** Of viommu, for the record of the configuration. */
  readonly version?: string;
  /** Is told before the first request; answers who wants to know of all of them. */
  readonly observe?: (context: OutputContext) => readonly ProfileObserver[];
}

/** A profile that is set up, with what is known of it beforehand. */
export interface PreparedProfile {
  readonly source: PreparedWorkload;
  readonly context: OutputContext;
  readonly timing: TimingSet;
}

/** Runs a workload through a unit and the timing model. */
export async function runProfile(options: ProfileOptions): Promise<ProfileResult> {
  const { workload, values, timing, requests, seed, caches = {}, version = "" } = options;
  const source = await workload.prepare({ requests, seed, caches, values });
  const context: OutputContext = {
    workload: workload.name,
    timing: timing.name,
    configuration: {
      version,
      seed,
      workload: { ...values, requests },
      timing: timing.values,
      caches: entriesOf(caches),
    },
    requests,
    clockMHz: timing.values.clock,
  };
  return measure({ source, context, timing }, options.observe?.(context) ?? []);
}

/** Entries of each cache, in the order of `cacheNames`. */
export function entriesOf(caches: CacheSizes): Record<CacheName, number> {
  const sizes = resolveCacheSizes(caches);
  return Object.fromEntries(cacheNames.map((name) => [name, sizes[name]])) as Record<
    CacheName,
    number
  >;
}

/** Sends all requests of a source, and tells observers of them. */
export function measure(
  { source, context, timing }: PreparedProfile,
  observers: readonly ProfileObserver[],
): ProfileResult {
  const summary = new Summary();
  const toSummary: ProfileObserver = {
    request: (account) => {
      summary.request(account);
    },
    end: () => undefined,
  };
  const { seed } = context.configuration;
  const model = new TimingModel(timing.values, seed, [toSummary, ...observers]);
  const before = source.iommu.counters();
  model.run(source);
  const { workload, timing: name, configuration, clockMHz } = context;
  const counters = counted(source.iommu, before);
  const result = summary.result(model, {
    ...{ workload, timing: name, configuration, clockMHz, counters },
  });
  for (const observer of observers) observer.end(result);
  return result;
}

function counted(
  iommu: Iommu,
  before: Readonly<Record<CounterName, bigint>>,
): Record<CounterName, number> {
  const after = iommu.counters();
  return Object.fromEntries(
    counterNames.map((name) => [name, Number(after[name] - before[name])]),
  ) as Record<CounterName, number>;
}
