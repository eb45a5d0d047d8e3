import { causeNumber as cause, stageNumber as stage } from "../account/index.js";
import type { Timing } from "../timing/parameters.js";
import { Phase, type Flight } from "./flight.js";
import { ServerPool } from "./server-pool.js";

/** What the service needs of the model around it. */
export interface PageRequestPort {
  /** Page requests that the driver has not answered. */
  readonly unanswered: number;
  /** So many more, or fewer, from now on. */
  changeUnanswered(now: number, by: number): void;
  /** The flight waits until `wake`. */
  sleep(flight: Flight, now: number): void;
  /** A flight that slept has what it waited for. */
  wake(id: number, now: number): void;
  /** The flight is at work until `end`, and goes on then. */
  workUntil(flight: Flight, end: number): void;
}

/** The way of page requests: the unit's engine for them, the interrupt, and the threads of the driver. */
export class PageRequestService {
  readonly #timing: Timing;
  readonly #port: PageRequestPort;
  /** Until when the engine is taken. */
  #engine = 0;
  readonly #threads: ServerPool;
  /** When the driver is awake. */
  #awake = 0;

  constructor(timing: Timing, port: PageRequestPort) {
    this.#timing = timing;
    this.#port = port;
    this.#threads = new ServerPool(timing["driver.threads"]);
  }

  /** Check of a page request and write of its entry: the time when it is done. */
  queue(flight: Flight, now: number): number {
    const start = Math.max(now, this.#engine);
    this.#engine = start + this.#timing["pageRequest.interval"];
    const end = start + this.#timing["pageRequest.latency"];
    flight.wait(stage.pageRequestQueue, cause.pageRequestEngine, now, start);
    flight.span(stage.pageRequestQueue, 0, 0, start, end);
    const { pageGroup } = flight;
    if (pageGroup !== undefined) pageGroup.queued = end;
    flight.step++;
    return end;
  }

  /** When the driver knows. One that is awake sees the entry without another interrupt. */
  interrupt(flight: Flight, now: number): number {
    const timing = this.#timing;
    if (this.#port.unanswered === 0) {
      this.#awake = now + timing["interrupt.latency"] + timing["driver.wake"];
    }
    this.#port.changeUnanswered(now, flight.pages);
    const end = Math.max(now, this.#awake);
    flight.span(stage.interrupt, 0, 0, now, end);
    flight.pageGroup!.interrupted = end;
    flight.step++;
    return end;
  }

  /** A thread of the driver answers a group. True when it has; else the flight goes on later. */
  drive(flight: Flight, now: number): boolean {
    if (flight.phase === Phase.ending) {
      this.#endDriver(flight, now);
      return true;
    }
    if (flight.phase === Phase.granted) {
      flight.wait(stage.driver, cause.driver, flight.since, now);
    } else if (this.#threads.take() < 0) {
      this.#threads.waiting.push(flight.id);
      this.#port.sleep(flight, now);
      return false;
    }
    const timing = this.#timing;
    const end = now + timing["driver.group"] + flight.pages * timing["driver.page"];
    flight.span(stage.driver, 0, 0, now, end);
    this.#port.workUntil(flight, end);
    return false;
  }

  #endDriver(flight: Flight, now: number): void {
    flight.pageGroup!.answered = now;
    flight.phase = Phase.new;
    flight.step++;
    this.#port.changeUnanswered(now, -flight.pages);
    const { waiting } = this.#threads;
    if (waiting.length > 0) this.#port.wake(waiting.shift(), now);
    else this.#threads.free(0);
  }
}
