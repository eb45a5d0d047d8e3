import { cacheNames, type PageGroupAccount, type RequestAccount } from "../account/index.js";
import { Program } from "./program.js";

const FIRST_SPANS = 16;

export const Phase = {
  /** It begins. */
  new: 0,
  /** It waits in a queue. */
  waiting: 1,
  /** It has what it waited for. */
  granted: 2,
  /** It holds a place until its end, which is now. */
  ending: 3,
} as const;

export type Phase = (typeof Phase)[keyof typeof Phase];

/** In place of a time: the flight waits to be woken. */
export const WAITS = -1;

/** The numbers of a page group, while they come to be known. */
export class PageGroup implements PageGroupAccount {
  number = 0;
  sourceId = 0;
  pasid = -1;
  pages = 1;
  sent = 0;
  queued = 0;
  interrupted = 0;
  answered = 0;
  received = 0;
  retried = 0;

  begin(number: number, flight: Flight, now: number): void {
    this.number = number;
    this.sourceId = flight.sourceId;
    this.pasid = flight.pasid;
    this.pages = flight.pages;
    this.sent = now;
    this.queued = now;
    this.interrupted = now;
    this.answered = now;
    this.received = now;
    this.retried = now;
  }
}

/**
 * A request from the moment that a workload has made it to the end of its account: what it is and does, by the
 * workload; when, by the model. Each serves many requests, one after the other.
 */
export class Flight implements RequestAccount {
  // By the workload.
  index = 0;
  kind = 0;
  sourceId = 0;
  pasid = -1;
  stream = 0;
  addressLow = 0;
  addressHigh = 0;
  access = 0;
  outcome = 0;
  condition = 0;
  /** Bytes of data in its message to the unit. */
  bytes = 0;
  /** Pages that it asks for. */
  pages = 1;
  /** Cycle in which the workload has it; -1: as soon as its stream may send. */
  scheduled = -1;
  /** Cycles between the last request of its stream and this one. */
  gap = 0;
  /** It is no request of a device but work of the unit: a name for it. */
  work = "";
  /** Key of a page group whose answer it waits for; 0 for none. */
  waitsFor = 0;
  /** Key under which others may wait for its answer; 0 for none. */
  answers = 0;
  readonly program = new Program();
  readonly lookups = new Uint8Array(cacheNames.length);
  readonly hits = new Uint8Array(cacheNames.length);

  // By the model.
  arrival = 0;
  finished = 0;
  spans = 0;
  stage = new Uint8Array(FIRST_SPANS);
  cause = new Uint8Array(FIRST_SPANS);
  level = new Uint8Array(FIRST_SPANS);
  walker = new Int16Array(FIRST_SPANS);
  start = new Float64Array(FIRST_SPANS);
  end = new Float64Array(FIRST_SPANS);
  pageGroup: PageGroup | undefined;
  /** Next step of the program. */
  step = 0;
  /** The walker that works on it, -1 for none. */
  atWalker = -1;
  /** Since when it waits, or has what it waited for. */
  since = 0;
  /** How far its step is. */
  phase: Phase = Phase.new;
  /** The device has asked again. */
  retrying = false;
  readonly #group = new PageGroup();

  constructor(
    /** Its own number, by which queues know it. */
    readonly id: number,
  ) {}

  /** For the next request. */
  clear(): void {
    this.kind = 0;
    this.pasid = -1;
    this.stream = 0;
    this.access = 0;
    this.outcome = 0;
    this.condition = 0;
    this.bytes = 0;
    this.pages = 1;
    this.scheduled = -1;
    this.gap = 0;
    this.work = "";
    this.waitsFor = 0;
    this.answers = 0;
    this.program.clear();
    this.lookups.fill(0);
    this.hits.fill(0);
    this.spans = 0;
    this.pageGroup = undefined;
    this.step = 0;
    this.atWalker = -1;
    this.phase = Phase.new;
    this.retrying = false;
  }

  span(stage: number, cause: number, level: number, start: number, end: number): void {
    const at = this.spans++;
    if (at === this.stage.length) this.#grow();
    this.stage[at] = stage;
    this.cause[at] = cause;
    this.level[at] = level;
    this.walker[at] = this.atWalker;
    this.start[at] = start;
    this.end[at] = end;
  }

  /** A span in which a stage waits for something, if it does. */
  wait(stage: number, cause: number, from: number, to: number, level = 0): void {
    if (to > from) this.span(stage, cause, level, from, to);
  }

  beginGroup(number: number, now: number): void {
    this.#group.begin(number, this, now);
    this.pageGroup = this.#group;
  }

  #grow(): void {
    const length = 2 * this.stage.length;
    const grown = <T extends { set(from: T): void }>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.stage = grown(this.stage, new Uint8Array(length));
    this.cause = grown(this.cause, new Uint8Array(length));
    this.level = grown(this.level, new Uint8Array(length));
    this.walker = grown(this.walker, new Int16Array(length));
    this.start = grown(this.start, new Float64Array(length));
    this.end = grown(this.end, new Float64Array(length));
  }
}
