import {
  cacheNames,
  causeNumber,
  requestKinds,
  stageNumber,
  type CauseName,
  type PageGroupAccount,
  type ProfileObserver,
  type ProfileResult,
  type RequestAccount,
  type SampledCounter,
  type StageName,
} from "../../../host/profile/account/index.js";
import { SyntheticTotals, type LevelChange } from "./synthetic-totals.js";

export interface SyntheticRun {
  readonly requests: number;
  readonly devices?: number;
  readonly pasids?: number;
  readonly walkers?: number;
  /** Cycles between two arrivals. */
  readonly interval?: number;
  /** One of so many requests misses. */
  readonly missEvery?: number;
  /** One of so many misses asks for a page. */
  readonly faultEvery?: number;
  /** Cycles of a read of memory. */
  readonly read?: number;
  /** Different pages. */
  readonly pages?: number;
}

type Span = readonly [
  stage: StageName,
  cause: CauseName,
  level: number,
  walker: number,
  cycles: number,
];

const SPANS = 32;
/** No request lasts longer behind its arrival, once it has a walker. */
const LATE = 8000;

/**
 * A run that no unit made: requests in a fixed rhythm, of which some walk and some ask for a page, so that reports can
 * be held to what is known of it. Tells observers of it as the model does.
 */
export function runSynthetically(
  run: SyntheticRun,
  observers: readonly ProfileObserver[],
): ProfileResult {
  const { requests, devices = 2, pasids = 3, walkers = 2, interval = 30 } = run;
  const { missEvery = 4, faultEvery = 8, read = 20, pages = 300 } = run;
  const free = new Array<number>(walkers).fill(0);
  const totals = new SyntheticTotals();
  let open: RequestAccount[] = [];
  let changes: LevelChange[] = [];
  let misses = 0;
  let groups = 0;

  const level = (name: SampledCounter, from: number, to: number): void => {
    changes.push({ at: from, name, by: 1 }, { at: to, name, by: -1 });
  };
  const tell = (until: number): void => {
    open.sort((a, b) => a.finished - b.finished || a.index - b.index);
    for (const account of open.filter(({ finished }) => finished < until)) {
      totals.add(account);
      for (const observer of observers) observer.request(account);
    }
    open = open.filter(({ finished }) => finished >= until);
    changes.sort((a, b) => a.at - b.at);
    for (const change of changes.filter(({ at }) => at < until)) {
      const value = totals.change(change);
      for (const observer of observers) observer.counterSample?.(change.at, change.name, value);
    }
    changes = changes.filter(({ at }) => at >= until);
  };

  for (let index = 0; index < requests; index++) {
    const arrival = index * interval;
    const sourceId = 0x10 + 8 * (index % devices);
    const pasid = (Math.floor(index / devices) % (pasids + 1)) - 1;
    const isMiss = index % missEvery === 0;
    const spans: Span[] = [
      ["request", "none", 0, -1, 10],
      ["iotlbLookup", "none", 0, -1, 2],
    ];
    let at = arrival + 12;
    if (isMiss) {
      const walker = free.indexOf(Math.min(...free));
      const wait = Math.max(0, free[walker]! - at);
      if (wait > 0) spans.push(["dispatch", "walkers", 0, -1, wait]);
      for (const step of [4, 3, 2, 1]) spans.push(["firstStageRead", "none", step, walker, read]);
      free[walker] = at + wait + 4 * read;
      level("walkersBusy", at + wait, free[walker]);
      at = free[walker];
    }
    let group: PageGroupAccount | undefined;
    if (isMiss && misses++ % faultEvery === faultEvery - 1) {
      const driver = 40 * (groups % 50);
      group = groupAt(at, driver, { number: groups++, sourceId, pasid, pages: 1 + (groups % 4) });
      spans.push(["pageRequestQueue", "none", 0, -1, 60], ["interrupt", "none", 0, -1, 500]);
      spans.push(["driver", "none", 0, -1, driver], ["response", "none", 0, -1, 40]);
      spans.push(["firstStageRead", "none", 1, -1, 30]);
      level("pageRequestQueue", group.queued, group.answered);
    }
    spans.push(["completion", "none", 0, -1, 10]);
    const page = (index * 7) % pages;
    const account = accountOf({ index, sourceId, pasid, arrival, isMiss, spans, group, page });
    open.push(account);
    level("requestsInFlight", arrival, account.finished);
    if (index % 64 === 63) tell(arrival - LATE);
  }
  tell(Infinity);
  const result = totals.result(run, walkers);
  for (const observer of observers) observer.end(result);
  return result;
}

function groupAt(
  sent: number,
  driver: number,
  facts: Pick<PageGroupAccount, "number" | "sourceId" | "pasid" | "pages">,
): PageGroupAccount {
  const interrupted = sent + 560;
  const answered = interrupted + driver;
  const received = answered + 40;
  return {
    ...facts,
    ...{ sent, queued: sent + 60, interrupted, answered, received, retried: received + 30 },
  };
}

interface AccountFacts {
  readonly index: number;
  readonly sourceId: number;
  readonly pasid: number;
  readonly arrival: number;
  readonly isMiss: boolean;
  readonly spans: readonly Span[];
  readonly group: PageGroupAccount | undefined;
  readonly page: number;
}

function accountOf(facts: AccountFacts): RequestAccount {
  const { index, sourceId, pasid, arrival, isMiss, spans, group, page } = facts;
  const kind = group === undefined ? "translate" : "access with page requests";
  const account = {
    ...{ index, sourceId, pasid, arrival, kind: requestKinds.indexOf(kind), stream: index % 2 },
    ...{ addressLow: page * 4096, addressHigh: 0x7f00, access: index % 2 },
    ...{ outcome: 0, condition: 0, finished: 0, spans: spans.length, pageGroup: group },
    lookups: new Uint8Array(cacheNames.length),
    hits: new Uint8Array(cacheNames.length),
    stage: new Uint8Array(SPANS),
    cause: new Uint8Array(SPANS),
    level: new Uint8Array(SPANS),
    walker: new Int16Array(SPANS),
    start: new Float64Array(SPANS),
    end: new Float64Array(SPANS),
  };
  account.lookups[0] = 1;
  account.hits[0] = isMiss ? 0 : 1;
  let at = arrival;
  for (const [span, [stage, cause, level, walker, cycles]] of spans.entries()) {
    account.stage[span] = stageNumber[stage];
    account.cause[span] = causeNumber[cause];
    account.level[span] = level;
    account.walker[span] = walker;
    account.start[span] = at;
    account.end[span] = at += cycles;
  }
  account.finished = at;
  return account;
}
