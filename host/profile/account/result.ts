import type { CounterName } from "../../core/layout.js";
import type { DistributionSummary } from "../distribution.js";
import type { PageFaultPart } from "./request-account.js";
import type { CacheName, CauseName, StageName } from "./stages.js";

/** `mean` beside the quantiles. All in cycles. */
export interface CycleDistribution extends DistributionSummary {
  readonly mean: number;
}

/** Where cycles of requests went: one row for each stage and each cause of waiting that there was. */
export interface StageResult {
  readonly stage: StageName;
  /** "none": the stage itself; else what it waited for. */
  readonly cause: CauseName;
  /** Spans of this kind. */
  readonly spans: number;
  /** Cycles of all spans. */
  readonly cycles: number;
  /** Of the cycles of all requests, 0 to 1. */
  readonly share: number;
}

export interface CacheResult {
  readonly entries: number;
  readonly lookups: number;
  readonly hits: number;
  /** 0 to 1; 0 without lookups. */
  readonly hitRate: number;
}

/**
 * How many other pages of 4 KiB were used since a page was used last. A fully associative cache of `entries`
 * translations with LRU replacement would miss with the ratio beside it.
 */
export interface ReuseDistanceResult {
  /** Different pages (of one requester and PASID). */
  readonly pages: number;
  /** Requests to a page that was used before. */
  readonly reuses: number;
  /** Of reuses, in pages. Absent without any. */
  readonly distance?: DistributionSummary;
  /** Entries ascend by powers of two. Pages used for the first time count as misses. */
  readonly missRatio: readonly { readonly entries: number; readonly ratio: number }[];
  /** Of how many requests one was looked at: 1 for all. */
  readonly sampledOneIn: number;
}

export interface OccupancyResult {
  readonly mean: number;
  readonly most: number;
}

/** The result of a run: `profile --json`, without its schemaVersion. */
export interface ProfileResult {
  /** Name of the workload, or of the file that was replayed. */
  readonly workload: string;
  /** Name of the set of timing parameters, or of its file. */
  readonly timing: string;
  readonly requests: number;
  readonly cycles: {
    /** From the arrival of the first request to the end of the last. */
    readonly total: number;
    /** From arrival to end. */
    readonly perRequest: CycleDistribution;
  };
  /** What the unit counted from the first request on. */
  readonly counters: Readonly<Record<CounterName, number>>;
  readonly caches: Readonly<Record<CacheName, CacheResult>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly throughput: {
    readonly requestsPerKilocycle: number;
    /** At the clock of the timing set. */
    readonly requestsPerSecond: number;
  };
  /** Most cycles first. */
  readonly stages: readonly StageResult[];
  readonly reuseDistance: ReuseDistanceResult;
  readonly walkers: OccupancyResult & {
    readonly count: number;
    /** Share of all walkers' time at work, 0 to 1. */
    readonly utilization: number;
    readonly queue: OccupancyResult;
  };
  readonly outstandingReads: OccupancyResult;
  /** The engine that executes the invalidation queue, and what its descriptors do to lookups. */
  readonly invalidation: {
    /** Share of the time in which it executes descriptors, 0 to 1. */
    readonly utilization: number;
    /** Share of the time in which no lookup may begin, 0 to 1. */
    readonly paused: number;
  };
  /** Threads that answer page requests. */
  readonly driver: {
    readonly threads: number;
    /** Share of their time at work, 0 to 1. */
    readonly utilization: number;
  };
  readonly requestsInFlight: OccupancyResult;
  readonly pageRequestQueue: OccupancyResult;
  /** Absent where no page was asked for. */
  readonly pageFaults?: {
    readonly count: number;
    readonly total: CycleDistribution;
    readonly parts: Readonly<Record<PageFaultPart, CycleDistribution>>;
  };
  /** Of a recording: whether the replayed unit did what the recorded one did. */
  readonly replay?: {
    /** All answers, messages and counters are the same. */
    readonly exact: boolean;
    /** Calls whose answer or messages are others, as a stale entry of a cache may have it. */
    readonly different: number;
    /** Reads of words that the recording does not have; they were taken for 0. */
    readonly unrecordedReads: number;
  };
  /** What the run was made with: enough to make it again. */
  readonly configuration: ProfileConfiguration;
}

export interface ProfileConfiguration {
  readonly version: string;
  readonly seed: number;
  /** Parameters of the workload; of a recording, how it was replayed. */
  readonly workload: Readonly<Record<string, number | string | boolean>>;
  /** Every parameter of the timing model by its name. */
  readonly timing: Readonly<Record<string, number>>;
  /** Entries of each cache. */
  readonly caches: Readonly<Record<CacheName, number>>;
}
