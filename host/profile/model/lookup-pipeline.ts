import {
  causeNumber as cause,
  stageNumber as stage,
  type SampledCounter,
} from "../account/index.js";
import type { Timing } from "../timing/parameters.js";
import { Phase, WAITS, type Flight } from "./flight.js";
import { IdQueue } from "./id-queue.js";
import { LookupPort } from "./lookup-port.js";
import { ServerPool } from "./server-pool.js";

/** What the pipeline needs of the model around it. */
export interface PipelinePort {
  /** The flight waits until `wake`. */
  sleep(flight: Flight, now: number): void;
  /** A flight that slept has what it waited for. */
  wake(flight: Flight, now: number): void;
  /** So many more, or fewer, from now on. */
  change(counter: SampledCounter, now: number, by: number): void;
}

/** Lookups, one behind the other, and the page walkers that misses go to, which have a queue. */
export class LookupPipeline {
  readonly #timing: Timing;
  readonly #flights: readonly Flight[];
  readonly #port: PipelinePort;
  readonly #walkers: ServerPool;
  readonly #lookups: LookupPort;
  /** Flights that the lookup port waits for: the walkers' queue has no room for them. */
  readonly #blocked = new IdQueue();
  readonly #atLookupPort = new IdQueue();

  constructor(timing: Timing, flights: readonly Flight[], port: PipelinePort) {
    this.#timing = timing;
    this.#flights = flights;
    this.#port = port;
    this.#walkers = new ServerPool(timing["walkers"]);
    this.#lookups = new LookupPort(timing["lookup.interval"]);
  }

  /** An invalidation that begins now keeps lookups out for a while. */
  pause(now: number): void {
    this.#lookups.pause(now, this.#timing["invalidation.stall"]);
  }

  /** A look into the IOTLB: the time when it is done, or WAITS. */
  lookup(flight: Flight, now: number): number {
    if (flight.phase === Phase.granted) {
      flight.wait(stage.iotlbLookup, cause.lookupPort, flight.since, now);
      flight.phase = Phase.new;
    }
    if (this.#blocked.length > 0) {
      this.#atLookupPort.push(flight.id);
      this.#port.sleep(flight, now);
      return WAITS;
    }
    const paused = this.#lookups.pausedFrom(now);
    const start = this.#lookups.take(now);
    const end = start + this.#timing["iotlb.latency"];
    flight.wait(stage.iotlbLookup, cause.invalidation, now, now + paused);
    flight.wait(stage.iotlbLookup, cause.lookupPort, now + paused, start);
    flight.span(stage.iotlbLookup, 0, 0, start, end);
    flight.step++;
    return end;
  }

  /** The time when a walker has the flight, or WAITS. */
  dispatch(flight: Flight, now: number): number {
    if (flight.phase !== Phase.granted) {
      const walker = this.#walkers.take();
      if (walker < 0) return this.#queueForWalker(flight, now);
      flight.atWalker = walker;
      this.#port.change("walkersBusy", now, 1);
    }
    flight.phase = Phase.new;
    flight.step++;
    return now;
  }

  #queueForWalker(flight: Flight, now: number): number {
    const hasRoom = this.#walkers.waiting.length < this.#timing["walkers.queue"];
    (hasRoom ? this.#walkers.waiting : this.#blocked).push(flight.id);
    this.#port.change("walkerQueue", now, 1);
    this.#port.sleep(flight, now);
    return WAITS;
  }

  /** A walker is free for the next. */
  leaveWalker(flight: Flight, now: number): number {
    const walker = flight.atWalker;
    flight.atWalker = -1;
    flight.step++;
    const { waiting } = this.#walkers;
    if (waiting.length === 0) {
      this.#walkers.free(walker);
      this.#port.change("walkersBusy", now, -1);
      return now;
    }
    const next = this.#flights[waiting.shift()]!;
    this.#port.change("walkerQueue", now, -1);
    next.wait(stage.dispatch, cause.walkers, next.since, now);
    next.atWalker = walker;
    this.#port.wake(next, now);
    if (this.#blocked.length > 0) this.#unblock(now);
    return now;
  }

  /** The queue has room for one that stalls the lookups. */
  #unblock(now: number): void {
    const admitted = this.#flights[this.#blocked.shift()]!;
    admitted.wait(stage.dispatch, cause.walkerQueue, admitted.since, now);
    admitted.since = now;
    this.#walkers.waiting.push(admitted.id);
    if (this.#blocked.length > 0) return;
    for (let left = this.#atLookupPort.length; left > 0; left--) {
      this.#port.wake(this.#flights[this.#atLookupPort.shift()]!, now);
    }
  }
}
