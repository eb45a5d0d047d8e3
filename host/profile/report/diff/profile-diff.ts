import { ProfileError } from "../../profile-error.js";
import type { StoredProfile } from "./profile-file.js";

/** A number in both runs. */
export interface Change {
  readonly a: number;
  readonly b: number;
  /** b - a. */
  readonly change: number;
}

export interface NamedChange extends Change {
  readonly name: string;
}

/** Cycles of a stage, or of what it waits for, for each request in the mean. */
export interface StageChange extends Change {
  readonly stage: string;
  readonly cause: string;
}

export interface SettingChange {
  readonly name: string;
  /** null where a run does not have it. */
  readonly a: number | string | boolean | null;
  readonly b: number | string | boolean | null;
}

/** `viommu profile diff --json`: how a run B differs from a run A. */
export interface ProfileDiff {
  readonly workload: string;
  /** What was set differently. */
  readonly configuration: readonly SettingChange[];
  /** Cycles from arrival to end, for each request in the mean: the sum of the changes of all stages. */
  readonly cyclesPerRequest: Change;
  /** Quantiles of the latency, and other figures of the whole run. */
  readonly figures: readonly NamedChange[];
  /** Where the change comes from: the largest first. Only what changed. */
  readonly stages: readonly StageChange[];
  /** Hit rates, 0 to 1: the largest change first. Only what changed. */
  readonly hitRates: readonly NamedChange[];
  /** What the unit counted, for each request: the largest change first. Only what changed. */
  readonly counts: readonly NamedChange[];
}

/** Changes below this are of the rounding of sums. */
const NOTHING = 1e-9;

/**
 * How one run differs from another of the same workload.
 * @throws ProfileError if their workloads differ: cycles of one say nothing of those of the other.
 */
export function profileDiff(a: StoredProfile, b: StoredProfile): ProfileDiff {
  if (a.workload !== b.workload) {
    throw new ProfileError(
      `A is a run of the workload ${a.workload}, and B of ${b.workload}: only runs of one workload can be compared`,
    );
  }
  return {
    workload: a.workload,
    configuration: settingChanges(a, b),
    cyclesPerRequest: changeOf(a.cycles.perRequest.mean, b.cycles.perRequest.mean),
    figures: namedChanges(figuresOf(a), figuresOf(b)),
    stages: stageChanges(a, b),
    hitRates: bySize(namedChanges(hitRatesOf(a), hitRatesOf(b))),
    counts: bySize(namedChanges(countsOf(a), countsOf(b))),
  };
}

function settingChanges(a: StoredProfile, b: StoredProfile): SettingChange[] {
  const [before, after] = [settingsOf(a), settingsOf(b)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const change = { name, a: before.get(name) ?? null, b: after.get(name) ?? null };
    return change.a === change.b ? [] : [change];
  });
}

function settingsOf({ configuration, timing, requests }: StoredProfile) {
  const group = (prefix: string, values: Readonly<Record<string, number | string | boolean>>) =>
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value] as const);
  return new Map<string, number | string | boolean>([
    ["version", configuration.version],
    ["requests", requests],
    ["seed", configuration.seed],
    ["timing", timing],
    ...group("workload", configuration.workload),
    ...group("timing", configuration.timing),
    ...group("caches", configuration.caches),
  ]);
}

function figuresOf(profile: StoredProfile) {
  const { cycles, throughput, walkers, driver, invalidation, pageFaults, requests } = profile;
  const { p50, p90, p99, max } = cycles.perRequest;
  return new Map([
    ["latency p50", p50],
    ["latency p90", p90],
    ["latency p99", p99],
    ["latency most", max],
    ["requests per kilocycle", throughput.requestsPerKilocycle],
    ["utilization of walkers", walkers.utilization],
    ["utilization of driver", driver.utilization],
    ["utilization of invalidations", invalidation.utilization],
    ["page faults per request", (pageFaults?.count ?? 0) / requests],
    ...(pageFaults === undefined
      ? []
      : [
          ["page fault p50", pageFaults.total.p50] as const,
          ["page fault p99", pageFaults.total.p99] as const,
          ...Object.entries(pageFaults.parts).map(
            ([part, { mean }]) => [`page fault, mean of ${part}`, mean] as const,
          ),
        ]),
  ]);
}

function hitRatesOf({ caches }: StoredProfile): Map<string, number> {
  const used = Object.entries(caches).filter(([, { lookups }]) => lookups > 0);
  return new Map(used.map(([name, { hitRate }]) => [name, hitRate]));
}

function countsOf({ counters, requests }: StoredProfile): Map<string, number> {
  return new Map(Object.entries(counters).map(([name, count]) => [name, count / requests]));
}

function stageChanges(a: StoredProfile, b: StoredProfile): StageChange[] {
  const cyclesOf = ({ stages, requests }: StoredProfile) =>
    new Map(
      stages.map(({ stage, cause, cycles }) => [JSON.stringify([stage, cause]), cycles / requests]),
    );
  return bySize(namedChanges(cyclesOf(a), cyclesOf(b))).map(({ name, ...change }) => {
    const [stage, cause] = JSON.parse(name) as [string, string];
    return { stage, cause, ...change };
  });
}

/** What changed; what one run does not have is 0 there. */
function namedChanges(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): NamedChange[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((name) => ({ name, ...changeOf(a.get(name) ?? 0, b.get(name) ?? 0) }))
    .filter(({ change }) => Math.abs(change) > NOTHING);
}

function changeOf(a: number, b: number): Change {
  return { a, b, change: b - a };
}

/** The largest change first, and names in order where changes are as large. */
function bySize(changes: readonly NamedChange[]): NamedChange[] {
  const order = (a: string, b: string): number => (a < b ? -1 : 1);
  return [...changes].sort(
    (a, b) => Math.abs(b.change) - Math.abs(a.change) || order(a.name, b.name),
  );
}
