import type { CounterName } from "../../core/layout.js";
import {
  cacheNames,
  causes,
  outcomes,
  pageFaultParts,
  stages,
  type CacheName,
  type CacheResult,
  type CycleDistribution,
  type PageFaultPart,
  type PageGroupAccount,
  type ProfileConfiguration,
  type ProfileResult,
  type RequestAccount,
  type StageResult,
} from "../account/index.js";
import { Distribution } from "../distribution.js";
import type { TimingModel } from "../model/timing-model.js";
import { ReuseDistances } from "../reuse/index.js";
import { utilization } from "./utilization.js";

/** Pages up to which reuse distances are exact. */
const FOLLOWED_PAGES = 2 ** 16;

/** What a result tells besides what the accounts of requests do. */
export interface ResultContext {
  readonly workload: string;
  readonly timing: string;
  readonly clockMHz: number;
  readonly counters: Readonly<Record<CounterName, number>>;
  readonly configuration: ProfileConfiguration;
  readonly replay?: ProfileResult["replay"];
}

/** Sums up accounts, in a space that does not grow with them. */
export class Summary {
  readonly #cycles = new Distribution();
  readonly #spans = new Float64Array(stages.length * causes.length);
  readonly #spanCycles = new Float64Array(stages.length * causes.length);
  readonly #lookups = new Float64Array(cacheNames.length);
  readonly #hits = new Float64Array(cacheNames.length);
  readonly #outcomes = new Float64Array(outcomes.length);
  readonly #reuse = new ReuseDistances(FOLLOWED_PAGES);
  readonly #faults = new Distribution();
  readonly #parts = new Map<PageFaultPart, Distribution>();

  request(account: RequestAccount): void {
    const { arrival, finished, spans, stage, cause, start, end, lookups, hits } = account;
    this.#cycles.add(finished - arrival);
    for (let span = 0; span < spans; span++) {
      const row = stage[span]! * causes.length + cause[span]!;
      this.#spans[row]!++;
      this.#spanCycles[row]! += end[span]! - start[span]!;
    }
    for (let cache = 0; cache < lookups.length; cache++) {
      this.#lookups[cache]! += lookups[cache]!;
      this.#hits[cache]! += hits[cache]!;
    }
    this.#outcomes[account.outcome]!++;
    const page = (account.addressHigh >>> 0) * 2 ** 20 + (account.addressLow >>> 12);
    this.#reuse.add((account.pasid + 1) * 2 ** 16 + account.sourceId, page);
    if (account.pageGroup !== undefined) this.#pageFault(account.pageGroup);
  }

  #pageFault(group: PageGroupAccount): void {
    if (group.queued > group.sent) this.#faults.add(group.retried - group.sent);
    for (const { name, from, to } of pageFaultParts) {
      // A page request and its retry may be requests of their own, each with a part of the whole.
      const isThere = name === "retry" ? group.retried > group.received : group.queued > group.sent;
      if (!isThere) continue;
      const part = this.#parts.get(name) ?? new Distribution();
      part.add(group[to] - group[from]);
      this.#parts.set(name, part);
    }
  }

  /** The result of the run of a model that has told all its requests. */
  result(model: TimingModel, context: ResultContext): ProfileResult {
    const { requests, occupancy, walkers } = model;
    const total = requests === 0 ? 0 : model.end - model.begin;
    const busy = occupancy.walkersBusy.result(total);
    const rate = total > 0 ? requests / total : 0;
    const pageFaults = this.#pageFaults();
    const stages = this.#stages();
    return {
      workload: context.workload,
      timing: context.timing,
      requests,
      cycles: { total, perRequest: distribution(this.#cycles) },
      counters: context.counters,
      caches: this.#caches(context.configuration.caches),
      outcomes: Object.fromEntries(
        outcomes.map((name, n) => [name, this.#outcomes[n]!] as const).filter(([, n]) => n > 0),
      ),
      throughput: {
        requestsPerKilocycle: 1000 * rate,
        requestsPerSecond: 1e6 * context.clockMHz * rate,
      },
      stages,
      reuseDistance: this.#reuse.summary,
      walkers: {
        count: walkers,
        ...busy,
        utilization: busy.mean / walkers,
        queue: occupancy.walkerQueue.result(total),
      },
      ...utilization({ ...context, stages, total }),
      outstandingReads: occupancy.outstandingReads.result(total),
      requestsInFlight: occupancy.requestsInFlight.result(total),
      pageRequestQueue: occupancy.pageRequestQueue.result(total),
      ...(pageFaults !== undefined && { pageFaults }),
      ...(context.replay !== undefined && { replay: context.replay }),
      configuration: context.configuration,
    };
  }

  #pageFaults(): ProfileResult["pageFaults"] {
    if (this.#faults.summary === undefined) return undefined;
    const parts = pageFaultParts.map(({ name }) => [
      name,
      distribution(this.#parts.get(name) ?? new Distribution()),
    ]);
    return {
      count: this.#faults.summary.count,
      total: distribution(this.#faults),
      parts: Object.fromEntries(parts) as Record<PageFaultPart, CycleDistribution>,
    };
  }

  #stages(): StageResult[] {
    const all = this.#spanCycles.reduce((sum, cycles) => sum + cycles, 0);
    const rows: StageResult[] = [];
    for (const [s, { name: stage }] of stages.entries()) {
      for (const [c, { name: cause }] of causes.entries()) {
        const spans = this.#spans[s * causes.length + c]!;
        const cycles = this.#spanCycles[s * causes.length + c]!;
        if (spans > 0)
          rows.push({ stage, cause, spans, cycles, share: all > 0 ? cycles / all : 0 });
      }
    }
    return rows.sort((a, b) => b.cycles - a.cycles);
  }

  #caches(entries: Readonly<Record<CacheName, number>>): Record<CacheName, CacheResult> {
    const results = cacheNames.map((name, n): [CacheName, CacheResult] => {
      const lookups = this.#lookups[n]!;
      const hits = this.#hits[n]!;
      const hitRate = lookups > 0 ? hits / lookups : 0;
      return [name, { entries: entries[name], lookups, hits, hitRate }];
    });
    return Object.fromEntries(results) as Record<CacheName, CacheResult>;
  }
}

const NOTHING = { count: 0, min: 0, p50: 0, p90: 0, p99: 0, max: 0 };

function distribution(values: Distribution): CycleDistribution {
  return { ...(values.summary ?? NOTHING), mean: values.mean };
}
