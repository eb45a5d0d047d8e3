import {
  cacheNames,
  sampledCounters,
  type CacheName,
  type ProfileObserver,
  type ProfileResult,
  type RequestAccount,
  type SampledCounter,
} from "../../account/index.js";
import { Distribution } from "../../distribution.js";
import { LevelSeries } from "../series/level-series.js";
import { TimeSeries } from "../series/time-series.js";
import { wayOf, ways } from "../way.js";

/** Points of a plot over time. */
const POINTS = 256;
/** Address spaces that are told apart; those that come later are one. */
const SPACES = 1024;
const PASIDS = 2 ** 21;
const IOTLB = cacheNames.indexOf("iotlb");

/** Requests of one device and PASID. */
export interface SpaceTotals {
  /** Undefined: of all address spaces that are not told apart. */
  readonly sourceId: number | undefined;
  /** -1: without PASID. */
  readonly pasid: number;
  requests: number;
  cycles: number;
  lookups: number;
  hits: number;
  readonly latency: Distribution;
}

/** What the report needs of a run besides its result, in a space that does not grow with the run. */
export class ReportRecord implements ProfileObserver {
  /** In the order of `ways`. */
  readonly latencies = ways.map(() => new Distribution());
  readonly finished = new TimeSeries(POINTS);
  readonly lookups: ReadonlyMap<CacheName, TimeSeries>;
  readonly hits: ReadonlyMap<CacheName, TimeSeries>;
  readonly levels: ReadonlyMap<SampledCounter, LevelSeries>;
  readonly #spaces = new Map<number, SpaceTotals>();
  readonly #whenWhole: (record: ReportRecord, result: ProfileResult) => void;
  readonly #series: { readonly lookups: TimeSeries; readonly hits: TimeSeries }[];
  #last = 0;

  constructor(whenWhole: (record: ReportRecord, result: ProfileResult) => void) {
    this.#series = cacheNames.map(() => ({
      lookups: new TimeSeries(POINTS),
      hits: new TimeSeries(POINTS),
    }));
    this.lookups = new Map(cacheNames.map((name, cache) => [name, this.#series[cache]!.lookups]));
    this.hits = new Map(cacheNames.map((name, cache) => [name, this.#series[cache]!.hits]));
    this.levels = new Map(sampledCounters.map(({ name }) => [name, new LevelSeries(POINTS)]));
    this.#whenWhole = whenWhole;
  }

  /** The cycle in which the last request ended. */
  get last(): number {
    return this.#last;
  }

  /** Most cycles first. */
  get spaces(): SpaceTotals[] {
    return [...this.#spaces.values()].sort((a, b) => b.cycles - a.cycles);
  }

  request(account: RequestAccount): void {
    const { arrival, finished, lookups, hits } = account;
    const cycles = finished - arrival;
    this.latencies[wayOf(account)]!.add(cycles);
    this.finished.add(finished, 1);
    if (finished > this.#last) this.#last = finished;
    for (let cache = 0; cache < lookups.length; cache++) {
      if (lookups[cache] === 0) continue;
      this.#series[cache]!.lookups.add(finished, lookups[cache]!);
      this.#series[cache]!.hits.add(finished, hits[cache]!);
    }
    const space = this.#spaceOf(account.sourceId, account.pasid);
    space.requests += 1;
    space.cycles += cycles;
    space.lookups += lookups[IOTLB]!;
    space.hits += hits[IOTLB]!;
    space.latency.add(cycles);
  }

  counterSample(cycle: number, name: SampledCounter, value: number): void {
    this.levels.get(name)!.set(cycle, value);
  }

  end(result: ProfileResult): void {
    this.#whenWhole(this, result);
  }

  #spaceOf(sourceId: number | undefined, pasid: number): SpaceTotals {
    const key = sourceId === undefined ? -1 : sourceId * PASIDS + pasid + 1;
    const found = this.#spaces.get(key);
    if (found !== undefined) return found;
    if (this.#spaces.size >= SPACES && sourceId !== undefined) return this.#spaceOf(undefined, -1);
    const made = {
      ...{ sourceId, pasid, requests: 0, cycles: 0, lookups: 0, hits: 0 },
      latency: new Distribution(),
    };
    this.#spaces.set(key, made);
    return made;
  }
}
