import { counterNames } from "../../../host/core/layout.js";
import {
  cacheNames,
  causes,
  pageFaultParts,
  sampledCounters,
  stages,
  type CacheName,
  type CycleDistribution,
  type ProfileResult,
  type RequestAccount,
  type SampledCounter,
} from "../../../host/profile/account/index.js";
import { Distribution } from "../../../host/profile/distribution.js";
import { ReuseDistances } from "../../../host/profile/reuse/index.js";
import type { SyntheticRun } from "./synthetic-run.js";

export interface LevelChange {
  readonly at: number;
  readonly name: SampledCounter;
  readonly by: number;
}

interface Level {
  level: number;
  most: number;
  area: number;
  at: number;
}

/** What the result of a synthetic run says. */
export class SyntheticTotals {
  readonly #latency = new Cycles();
  readonly #reuse = new ReuseDistances();
  readonly #stages = new Map<number, { spans: number; cycles: number }>();
  readonly #faults = new Map<string, Cycles>();
  readonly #levels = new Map<SampledCounter, Level>(
    sampledCounters.map(({ name }) => [name, { level: 0, most: 0, area: 0, at: 0 }]),
  );
  #hits = 0;
  #last = 0;

  add(account: RequestAccount): void {
    const { finished, arrival, pageGroup } = account;
    this.#latency.add(finished - arrival);
    this.#hits += account.hits[0]!;
    this.#last = Math.max(this.#last, finished);
    this.#reuse.add(account.sourceId * 2 ** 20 + account.pasid + 1, account.addressLow / 4096);
    for (let span = 0; span < account.spans; span++) {
      const key = account.stage[span]! * causes.length + account.cause[span]!;
      const found = this.#stages.get(key) ?? { spans: 0, cycles: 0 };
      found.spans += 1;
      found.cycles += account.end[span]! - account.start[span]!;
      this.#stages.set(key, found);
    }
    if (pageGroup === undefined) return;
    this.#fault("total", pageGroup.retried - pageGroup.sent);
    for (const { name, from, to } of pageFaultParts) {
      this.#fault(name, pageGroup[to] - pageGroup[from]);
    }
  }

  /** The level behind a change. */
  change({ at, name, by }: LevelChange): number {
    const found = this.#levels.get(name)!;
    found.area += found.level * (at - found.at);
    found.at = at;
    found.level += by;
    found.most = Math.max(found.most, found.level);
    return found.level;
  }

  result(run: SyntheticRun, walkers: number): ProfileResult {
    const total = this.#last;
    const { requests } = run;
    const occupancy = (name: SampledCounter) => {
      const { area, most } = this.#levels.get(name)!;
      return { mean: area / total, most };
    };
    const cache = (name: CacheName) => ({
      ...{ entries: 16, lookups: 0, hits: 0, hitRate: 0 },
      ...(name === "iotlb" && {
        ...{ entries: 64, lookups: requests, hits: this.#hits, hitRate: this.#hits / requests },
      }),
    });
    const rows = [...this.#stages].map(([key, { spans, cycles }]) => ({
      stage: stages[Math.floor(key / causes.length)]!.name,
      cause: causes[key % causes.length]!.name,
      ...{ spans, cycles, share: cycles / this.#latency.sum },
    }));
    const none = { mean: 0, most: 0 };
    return {
      ...{ workload: "synthetic", timing: "test", requests },
      cycles: { total, perRequest: this.#latency.distribution },
      counters: named(counterNames, () => 0),
      caches: named(cacheNames, cache),
      outcomes: { ok: requests },
      throughput: {
        requestsPerKilocycle: (1000 * requests) / total,
        requestsPerSecond: (requests / total) * 1e9,
      },
      stages: rows.sort((a, b) => b.cycles - a.cycles),
      reuseDistance: this.#reuse.summary,
      walkers: {
        ...occupancy("walkersBusy"),
        ...{ count: walkers, utilization: occupancy("walkersBusy").mean / walkers, queue: none },
      },
      invalidation: { utilization: 0, paused: 0 },
      driver: { threads: 1, utilization: 0 },
      outstandingReads: none,
      requestsInFlight: occupancy("requestsInFlight"),
      pageRequestQueue: occupancy("pageRequestQueue"),
      ...(this.#faults.size > 0 && { pageFaults: this.#pageFaults() }),
      configuration: {
        ...{ version: "0.0.0", seed: 1, workload: { ...run }, timing: { read: run.read ?? 20 } },
        caches: named(cacheNames, (name) => (name === "iotlb" ? 64 : 16)),
      },
    };
  }

  #pageFaults(): NonNullable<ProfileResult["pageFaults"]> {
    const of = (name: string): CycleDistribution => this.#faults.get(name)!.distribution;
    const parts = pageFaultParts.map(({ name }) => name);
    return { count: of("total").count, total: of("total"), parts: named(parts, of) };
  }

  #fault(name: string, cycles: number): void {
    const found = this.#faults.get(name) ?? new Cycles();
    found.add(cycles);
    this.#faults.set(name, found);
  }
}

class Cycles {
  readonly #values = new Distribution();
  sum = 0;

  add(cycles: number): void {
    this.#values.add(cycles);
    this.sum += cycles;
  }

  get distribution(): CycleDistribution {
    const summary = this.#values.summary!;
    return { ...summary, mean: this.sum / summary.count };
  }
}

function named<Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}
