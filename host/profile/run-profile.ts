import { basename } from "node:path";

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
import type { Recording } from "./recording/index.js";
import { Summary } from "./statistics/summary.js";
import type { TimingSet } from "./timing/index.js";
import {
  prepareRecorded,
  type PreparedWorkload,
  type Workload,
  type WorkloadValues,
} from "./workloads/index.js";

/** What to run, and how. */
export type ProfileOptions = (
  | {
      readonly workload: Workload;
      readonly values: WorkloadValues;
      readonly requests: number;
    }
  | {
      readonly recording: Recording;
      /** How its requests arrive (`recordedParameters`). */
      readonly values: WorkloadValues;
      /** Requests after which to stop. Default: at its end. */
      readonly requests?: number | undefined;
    }
) & {
  readonly timing: TimingSet;
  readonly seed: number;
  /** Sizes of caches; of a recording, those that are to be others. */
  readonly caches?: CacheSizes;
  /** Of viommu, for the record of the configuration. */
  readonly version?: string;
  /** Is told before the first request; answers who wants to know of all of them. */
  readonly observe?: (
    context: OutputContext,
  ) => readonly ProfileObserver[] | Promise<readonly ProfileObserver[]>;
  /** Is told now and then how many requests have come to their end. */
  readonly progress?: (done: number) => void;
  /** Aborts the run, which rejects with its reason. */
  readonly signal?: AbortSignal;
};

/** Events of the model at a time: between, the process hears signals and shows progress. */
const EVENTS = 2 ** 15;

/** Runs a workload, or the requests of a recording, through a unit and the timing model. */
export async function runProfile(options: ProfileOptions): Promise<ProfileResult> {
  const { values, timing, requests, seed, version = "" } = options;
  const isRecorded = "recording" in options;
  const caches = { ...(isRecorded && options.recording.unit.caches), ...options.caches };
  const source = isRecorded
    ? await prepareRecorded({ ...options, caches })
    : await options.workload.prepare({ ...options, caches });
  const context: OutputContext = {
    // Without its folder: the files of a run are the same wherever its recording lies.
    workload: isRecorded ? basename(options.recording.name) : options.workload.name,
    timing: timing.name,
    configuration: {
      version,
      seed,
      workload: {
        ...values,
        ...(requests !== undefined && { requests }),
        ...(isRecorded && { recording: options.recording.digest() }),
      },
      timing: timing.values,
      caches: entriesOf(caches),
    },
    requests: isRecorded ? undefined : options.requests,
    clockMHz: timing.values.clock,
  };
  return measure({ source, context, timing }, (await options.observe?.(context)) ?? [], options);
}

interface PreparedProfile {
  readonly source: PreparedWorkload;
  readonly context: OutputContext;
  readonly timing: TimingSet;
}

/** Entries of each cache, in the order of `cacheNames`. */
function entriesOf(caches: CacheSizes): Record<CacheName, number> {
  const sizes = resolveCacheSizes(caches);
  return Object.fromEntries(cacheNames.map((name) => [name, sizes[name]])) as Record<
    CacheName,
    number
  >;
}

/** Sends all requests of a source, and tells observers of them. */
async function measure(
  { source, context, timing }: PreparedProfile,
  observers: readonly ProfileObserver[],
  { progress, signal }: Pick<ProfileOptions, "progress" | "signal">,
): Promise<ProfileResult> {
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
  model.start(source);
  while (!model.goOn(EVENTS)) {
    progress?.(model.requests);
    await nextTurn();
    signal?.throwIfAborted();
  }
  const { workload, timing: name, configuration, clockMHz } = context;
  const counters = counted(source.iommu, before);
  const result = summary.result(model, {
    ...{ workload, timing: name, configuration, clockMHz, counters },
    ...replayOf(source),
  });
  for (const observer of observers) observer.end(result);
  return result;
}

/** Lets everything else of this process have its turn. */
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

function replayOf({ replay }: PreparedWorkload): Pick<ProfileResult, "replay"> {
  if (replay === undefined) return {};
  const { exact, different, unrecordedReads } = replay;
  return { replay: { exact, different, unrecordedReads } };
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
