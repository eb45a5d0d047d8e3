import type {
  PageGroupAccount,
  ProfileObserver,
  ProfileResult,
  RequestAccount,
  SampledCounter,
  UnitWork,
} from "../../account/index.js";
import { cacheNames, sampledCounters, type CacheName } from "../../account/index.js";
import { LevelSeries } from "../series/level-series.js";
import { TimeSeries } from "../series/time-series.js";
import { keptRequest, type KeptRequest } from "../kept-request.js";
import { Thinned } from "./thinned.js";

/** Which part of a run its trace shows. */
export interface TraceSelection {
  /** Only what begins in these cycles: the first, and the one behind the last. Default: all. */
  readonly window?: readonly [number, number];
  /** Of how many runs of neighbouring requests one is kept at least; 1 and up. Default: 1. */
  readonly sample?: number;
  /** Requests that are kept at most, at least 512; more of them are thinned out. Default: 16,384. */
  readonly requests?: number;
}

const REQUESTS = 2 ** 14;
/** Requests that are kept or left out together, so that what happens at the same time stays to be seen. */
const REQUESTS_TOGETHER = 256;
const PAGE_GROUPS = 2 ** 12;
const PAGE_GROUPS_TOGETHER = 64;
const WORK = 2 ** 12;
const WORK_TOGETHER = 64;
/** Points of a counter track. */
const POINTS = 2 ** 12;

/** What a trace needs of a run, however long it is: a part of the requests, and means of what is counted. */
export class TraceRecord implements ProfileObserver {
  readonly window: readonly [number, number];
  readonly requests: Thinned<KeptRequest>;
  readonly pageGroups = new Thinned<PageGroupAccount>(PAGE_GROUPS, PAGE_GROUPS_TOGETHER);
  readonly unitWork = new Thinned<UnitWork>(WORK, WORK_TOGETHER);
  readonly counters: ReadonlyMap<SampledCounter, LevelSeries>;
  readonly lookups: ReadonlyMap<CacheName, { lookups: TimeSeries; hits: TimeSeries }>;
  readonly #whenWhole: (record: TraceRecord, result: ProfileResult) => void;
  #seen = 0;
  #seenWork = 0;
  #last = 0;

  constructor(
    { window = [0, Infinity], sample = 1, requests = REQUESTS }: TraceSelection,
    whenWhole: (record: TraceRecord, result: ProfileResult) => void,
  ) {
    this.window = window;
    this.requests = new Thinned(requests, REQUESTS_TOGETHER, sample);
    this.counters = new Map(sampledCounters.map(({ name }) => [name, new LevelSeries(POINTS)]));
    const rate = () => ({ lookups: new TimeSeries(POINTS), hits: new TimeSeries(POINTS) });
    this.lookups = new Map(cacheNames.map((name) => [name, rate()]));
    this.#whenWhole = whenWhole;
  }

  /** Requests that lie in the window. */
  get seen(): number {
    return this.#seen;
  }

  /** The cycle in which the last of them ended. */
  get last(): number {
    return this.#last;
  }

  request(account: RequestAccount): void {
    const { arrival, finished, pageGroup } = account;
    const [from, to] = this.window;
    if (arrival < from || arrival >= to) return;
    this.#seen += 1;
    this.#last = Math.max(this.#last, finished);
    this.requests.offer(account.index, () => keptRequest(account));
    if (pageGroup !== undefined) {
      this.pageGroups.offer(pageGroup.number, () => ({ ...pageGroup }));
    }
    for (const [place, name] of cacheNames.entries()) {
      const lookups = account.lookups[place]!;
      if (lookups === 0) continue;
      const series = this.lookups.get(name)!;
      series.lookups.add(arrival - from, lookups);
      series.hits.add(arrival - from, account.hits[place]!);
    }
  }

  counterSample(cycle: number, name: SampledCounter, value: number): void {
    const [from, to] = this.window;
    this.counters.get(name)!.set(Math.max(0, Math.min(cycle, to) - from), value);
  }

  work(work: UnitWork): void {
    if (work.start < this.window[0] || work.start >= this.window[1]) return;
    this.unitWork.offer(this.#seenWork++, () => ({ ...work }));
  }

  end(result: ProfileResult): void {
    this.#whenWhole(this, result);
  }
}
