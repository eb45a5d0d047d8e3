import {
  causeNumber as cause,
  sampledCounters,
  stageNumber as stage,
  stages,
  type ProfileObserver,
  type SampledCounter,
  type StageName,
} from "../account/index.js";
import type { Timing } from "../timing/parameters.js";
import { EventQueue } from "./event-queue.js";
import { Flight, Phase, WAITS } from "./flight.js";
import { LookupPipeline } from "./lookup-pipeline.js";
import { MemoryLatency } from "./memory-latency.js";
import { Occupancy } from "./occupancy.js";
import { control } from "./program.js";
import { PageRequestService, type PageRequestPort } from "./page-request-service.js";
import { ServerPool } from "./server-pool.js";
import { Streams } from "./streams.js";

/** Where requests come from: each is done in the unit when it is asked for. */
export interface RequestSource {
  /** Sequences of requests that it has, at least 1. */
  readonly streams: number;
  /** Requests of each that may be outstanding, where the timing allows no fewer. */
  readonly outstanding?: number;
  /** Fills in the next request, which was cleared; false at the end. */
  next(flight: Flight): boolean;
  /** The request with this `answers` has its end: none that comes later has to wait for it. */
  answered?(answers: number): void;
}

const LEAST_WINDOW = 64;
const MOST_WINDOW = 8192;

/** Cycles of stages that need nothing which others need, by their numbers. */
type Latencies = readonly (number | undefined)[];

/**
 * The timing model: an event-driven simulation of links, lookup pipeline, page walkers, memory, and the engines for
 * page requests and invalidations, which requests go through as their programs say. What the caches hold is decided
 * already, in the order of the workload; the model only says when.
 *
 * Numbers are whole cycles. The same requests, timing and seed give the same cycles.
 */
export class TimingModel {
  readonly occupancy: Readonly<Record<SampledCounter, Occupancy>>;
  /** Cycle of the first arrival, and of the last end. */
  begin = Number.MAX_SAFE_INTEGER;
  end = 0;
  requests = 0;
  /** Page walkers that there are. */
  readonly walkers: number;
  readonly #timing: Timing;
  readonly #memory: MemoryLatency;
  readonly #latency: Latencies;
  readonly #observers: readonly ProfileObserver[];
  readonly #sampled: readonly ProfileObserver[];
  readonly #events = new EventQueue();
  readonly #flights: Flight[] = [];
  #streams!: Streams;
  #source!: RequestSource;
  #sourceEnds = false;
  #count = 0;

  // Until when each is taken.
  readonly #linksUp = new Map<number, number>();
  readonly #linksDown = new Map<number, number>();
  #memoryPort = 0;
  #invalidationEngine = 0;

  readonly #pipeline: LookupPipeline;
  readonly #reads: ServerPool;
  readonly #pageRequests: PageRequestService;
  #groups = 0;
  /** Flights that wait for the answer with a key. */
  readonly #expected = new Map<number, number[]>();

  constructor(timing: Timing, seed: number, observers: readonly ProfileObserver[]) {
    this.#timing = timing;
    this.#memory = new MemoryLatency(timing, seed);
    this.#observers = observers;
    this.#sampled = observers.filter((observer) => observer.counterSample !== undefined);
    this.walkers = timing["walkers"];
    this.#pipeline = new LookupPipeline(timing, this.#flights, {
      sleep: (flight, now) => {
        this.#sleep(flight, now);
      },
      wake: (flight, now) => {
        this.#wake(flight, now);
      },
      change: (counter, now, by) => {
        this.#change(counter, now, by);
      },
    });
    this.#reads = new ServerPool(timing["memory.outstanding"]);
    this.occupancy = Object.fromEntries(
      sampledCounters.map(({ name }) => [name, new Occupancy()]),
    ) as Record<SampledCounter, Occupancy>;
    this.#pageRequests = new PageRequestService(timing, this.#pageRequestPort());
    const own: Partial<Record<StageName, number>> = {
      contextLookup: timing["context.latency"],
      pasidLookup: timing["pasid.latency"],
      firstStagePagingLookup: timing["firstStagePaging.latency"],
      secondStagePagingLookup: timing["secondStagePaging.latency"],
      interruptEntryLookup: timing["interruptEntry.latency"],
      faultReport: timing["fault.latency"],
    };
    this.#latency = stages.map(({ name }) => own[name]);
  }

  /** Sends all requests of a source, and sees each to its end. Once. */
  run(source: RequestSource): void {
    this.start(source);
    this.goOn(Infinity);
  }

  /** The first requests of a source are on their way; `goOn` does the rest. */
  start(source: RequestSource): void {
    const allowed = this.#timing["device.outstanding"];
    const outstanding = Math.min(allowed, source.outstanding ?? allowed);
    const gap = this.#timing["device.gap"];
    const wanted = 2 * source.streams * outstanding;
    const window = Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, wanted));
    this.#source = source;
    this.#streams = new Streams(this.#flights, this.#events, { outstanding, gap });
    for (let id = 0; id < window && !this.#sourceEnds; id++) {
      const flight = new Flight(id);
      this.#flights.push(flight);
      this.#make(flight, 0);
    }
  }

  /** Goes on for so many events; true when every request has come to its end. */
  goOn(events: number): boolean {
    for (let left = events; left > 0 && !this.#events.isEmpty; left--) {
      const flight = this.#flights[this.#events.take()]!;
      this.#go(flight, this.#events.now);
    }
    return this.#events.isEmpty;
  }

  /** The workload makes one more request, if there is one. */
  #make(flight: Flight, now: number): void {
    if (this.#sourceEnds) return;
    flight.clear();
    flight.index = this.#count;
    if (!this.#source.next(flight)) {
      this.#sourceEnds = true;
      return;
    }
    if (flight.work === "") this.#count++;
    if (flight.answers !== 0) this.#expected.set(flight.answers, []);
    flight.step = SENT;
    this.#streams.add(flight, now);
  }

  #go(flight: Flight, now: number): void {
    if (flight.step === SENT && !this.#issue(flight, now)) return;
    const { program } = flight;
    let time = now;
    while (flight.step < program.length) {
      const word = program.steps[flight.step]!;
      const step = word & 0xff;
      const own = this.#latency[step];
      if (own !== undefined) {
        flight.span(step, 0, word >> 8, time, time + own);
        time += own;
        flight.step++;
        continue;
      }
      if (time !== now) {
        // What others want, too, is asked for in the order of time.
        this.#events.add(time, flight.id);
        return;
      }
      const next = this.#shared(flight, step, word >> 8, now);
      if (next === WAITS) return;
      time = next;
    }
    if (time !== now) this.#events.add(time, flight.id);
    else this.#finish(flight, now);
  }

  /** True if the request is on its way; else it waits for a page. */
  #issue(flight: Flight, now: number): boolean {
    if (flight.phase === Phase.new && flight.work === "") {
      if (flight.arrival < this.begin) this.begin = flight.arrival;
      this.#change("requestsInFlight", now, 1);
      flight.wait(stage.issue, cause.outstanding, flight.arrival, now);
    }
    const waiters = flight.phase === Phase.new ? this.#expected.get(flight.waitsFor) : undefined;
    if (waiters !== undefined) {
      waiters.push(flight.id);
      this.#sleep(flight, now);
      return false;
    }
    if (flight.phase === Phase.granted) {
      flight.wait(stage.issue, cause.page, flight.since, now);
      flight.beginGroup(this.#groups++, now);
      flight.retrying = true;
    }
    flight.phase = Phase.new;
    flight.step = 0;
    return true;
  }

  #finish(flight: Flight, now: number): void {
    flight.finished = now;
    const { pageGroup } = flight;
    if (pageGroup !== undefined) {
      if (!flight.retrying) pageGroup.received = now;
      pageGroup.retried = now;
    }
    if (flight.answers !== 0) {
      for (const id of this.#expected.get(flight.answers) ?? [])
        this.#wake(this.#flights[id]!, now);
      this.#expected.delete(flight.answers);
      this.#source.answered?.(flight.answers);
    }
    if (flight.work === "") {
      this.requests++;
      if (now > this.end) this.end = now;
      this.#change("requestsInFlight", now, -1);
      for (const observer of this.#observers) observer.request(flight);
    } else {
      const { work: what, arrival: start } = flight;
      for (const observer of this.#observers) {
        observer.work?.({ engine: "invalidation", what, start, end: now });
      }
    }
    this.#streams.done(flight, now);
    this.#make(flight, now);
  }

  /** A step that needs something which others need, too: the time when it is done, or WAITS. */
  #shared(flight: Flight, step: number, level: number, now: number): number {
    const timing = this.#timing;
    switch (step) {
      case stage.request:
        return this.#message(
          flight,
          step,
          this.#linksUp,
          timing["link.header"] + flight.bytes,
          now,
        );
      case stage.completion:
        return this.#message(flight, step, this.#linksDown, timing["link.header"], now);
      case stage.iotlbLookup:
        return this.#pipeline.lookup(flight, now);
      case stage.dispatch:
        return this.#pipeline.dispatch(flight, now);
      case control.leaveWalker:
        return this.#pipeline.leaveWalker(flight, now);
      case stage.firstStageFlagUpdate:
      case stage.secondStageFlagUpdate:
        return this.#access(flight, step, level, now, timing["memory.atomic"]);
      case control.askForPages:
        flight.beginGroup(this.#groups++, now);
        flight.step++;
        return now;
      case stage.pageRequestQueue:
        return this.#pageRequests.queue(flight, now);
      case stage.interrupt:
        return this.#pageRequests.interrupt(flight, now);
      case stage.driver:
        return this.#pageRequests.drive(flight, now) ? now : WAITS;
      case stage.response:
      case control.invalidate:
      case control.execute:
        return this.#execute(flight, step, now);
      case control.retry:
        flight.pageGroup!.received = now;
        flight.retrying = true;
        flight.step++;
        return now;
      default:
        return this.#access(flight, step, level, now, 0);
    }
  }

  #message(
    flight: Flight,
    step: number,
    links: Map<number, number>,
    bytes: number,
    now: number,
  ): number {
    const start = Math.max(now, links.get(flight.sourceId) ?? 0);
    const sent = start + Math.ceil(bytes / this.#timing["link.bandwidth"]);
    const end = sent + this.#timing["link.latency"];
    links.set(flight.sourceId, sent);
    flight.wait(step, cause.link, now, start);
    flight.span(step, 0, 0, start, end);
    flight.step++;
    return end;
  }

  // ---- memory ----

  /** A read, or an update, which takes `more` cycles than a read. */
  #access(flight: Flight, step: number, level: number, now: number, more: number): number {
    if (flight.phase === Phase.ending) {
      this.#endAccess(now);
      flight.phase = Phase.new;
      flight.step++;
      return now;
    }
    if (flight.phase === Phase.granted) {
      flight.wait(step, cause.outstandingReads, flight.since, now, level);
    } else if (this.#reads.take() < 0) {
      this.#reads.waiting.push(flight.id);
      return this.#sleep(flight, now);
    } else {
      this.#change("outstandingReads", now, 1);
    }
    const start = Math.max(now, this.#memoryPort);
    this.#memoryPort = start + this.#timing["memory.interval"];
    const end = start + this.#memory.of(flight.index, flight.step) + more;
    flight.wait(step, cause.memoryPort, now, start, level);
    flight.span(step, 0, level, start, end);
    flight.phase = Phase.ending;
    this.#events.add(end, flight.id);
    return WAITS;
  }

  #endAccess(now: number): void {
    const { waiting } = this.#reads;
    if (waiting.length > 0) {
      this.#wake(this.#flights[waiting.shift()]!, now);
      return;
    }
    this.#reads.free(0);
    this.#change("outstandingReads", now, -1);
  }

  // ---- invalidation queue ----

  #execute(flight: Flight, step: number, now: number): number {
    const timing = this.#timing;
    if (flight.phase !== Phase.ending) {
      const start = Math.max(now, this.#invalidationEngine);
      this.#invalidationEngine = start + timing["invalidation.descriptor"];
      flight.wait(stage.response, cause.invalidationEngine, now, start);
      if (start > now) {
        flight.phase = Phase.ending;
        this.#events.add(start, flight.id);
        return WAITS;
      }
    }
    flight.phase = Phase.new;
    if (step === control.invalidate) this.#pipeline.pause(now);
    const end = now + timing["invalidation.descriptor"];
    flight.span(stage.response, 0, 0, now, end);
    flight.step++;
    return end;
  }

  #pageRequestPort(): PageRequestPort {
    const unanswered = this.occupancy.pageRequestQueue;
    return {
      get unanswered() {
        return unanswered.value;
      },
      changeUnanswered: (now, by) => {
        this.#change("pageRequestQueue", now, by);
      },
      sleep: (flight, now) => {
        this.#sleep(flight, now);
      },
      wake: (id, now) => {
        this.#wake(this.#flights[id]!, now);
      },
      workUntil: (flight, end) => {
        flight.phase = Phase.ending;
        this.#events.add(end, flight.id);
      },
    };
  }

  // ---- waiting ----

  #sleep(flight: Flight, now: number): typeof WAITS {
    flight.phase = Phase.waiting;
    flight.since = now;
    return WAITS;
  }

  #wake(flight: Flight, now: number): void {
    flight.phase = Phase.granted;
    this.#events.add(now, flight.id);
  }

  #change(name: SampledCounter, now: number, by: number): void {
    const occupancy = this.occupancy[name];
    occupancy.change(now, by);
    for (const observer of this.#sampled) observer.counterSample!(now, name, occupancy.value);
  }
}

/** Place in the program of a request that is to be sent. */
const SENT = -1;
