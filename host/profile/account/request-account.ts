/** What a device asked for. */
export const requestKinds = [
  "translate",
  "translation request",
  "translated request",
  "page request",
  "interrupt",
  "access with page requests",
] as const;

export type RequestKind = (typeof requestKinds)[number];

/** What came of it in the end. */
export const outcomes = ["ok", "interrupt", "fault", "blocked", "answered", "dropped"] as const;

export type Outcome = (typeof outcomes)[number];

/** Number of an outcome: its place in `outcomes`. */
export const outcomeNumber = Object.freeze(
  Object.fromEntries(outcomes.map((name, number) => [name, number])),
) as Readonly<Record<Outcome, number>>;

/**
 * The way of a page request and its answer, in cycles of the model; each is the end of one part and the
 * beginning of the next. `undefined` numbers do not exist: what did not happen ends when it began.
 */
export interface PageGroupAccount {
  /** Counted from 0 over the run. */
  readonly number: number;
  readonly sourceId: number;
  /** -1: without PASID. */
  readonly pasid: number;
  /** Page requests in the group. */
  readonly pages: number;
  /** The device begins to send the page request. */
  readonly sent: number;
  /** The entry stands in the queue: part `queue` ends. */
  readonly queued: number;
  /** The driver has been interrupted: part `interrupt` ends. */
  readonly interrupted: number;
  /** The driver has submitted the response: part `driver`, waiting for a busy driver included. */
  readonly answered: number;
  /** The device has the response: part `response`. */
  readonly received: number;
  /** The device's second attempt has succeeded: part `retry`. `received` if there was none. */
  readonly retried: number;
}

/** Parts of a page fault, with the fields of `PageGroupAccount` between which each lies. */
export const pageFaultParts = [
  { name: "queue", from: "sent", to: "queued", description: "message, check, write of the entry" },
  { name: "interrupt", from: "queued", to: "interrupted", description: "until the driver knows" },
  { name: "driver", from: "interrupted", to: "answered", description: "until the response is out" },
  { name: "response", from: "answered", to: "received", description: "until the device has it" },
  { name: "retry", from: "received", to: "retried", description: "the device asks again" },
] as const;

export type PageFaultPart = (typeof pageFaultParts)[number]["name"];

/**
 * What one request did, and when, in cycles of the model (integers). One object serves for all requests: copy what is
 * to outlive the call. Spans 0 to `spans` - 1 are in order, do not overlap, and have no gaps between them; together
 * they are the time from `arrival` to `finished`.
 */
export interface RequestAccount {
  /** Place in the order in which the workload made the requests, which is the order of what they did to the caches. */
  readonly index: number;
  /** Place in `requestKinds`. */
  readonly kind: number;
  readonly sourceId: number;
  /** -1: without PASID. */
  readonly pasid: number;
  /** Which of the workload's sequences of requests it belongs to: a ring, a queue, a chain; counted from 0. */
  readonly stream: number;
  readonly addressLow: number;
  readonly addressHigh: number;
  /** 0 to read, 1 to write, 2 an AtomicOp. */
  readonly access: number;
  /** Of `outcomeNumber`. */
  readonly outcome: number;
  /** Place in `faultConditions` of viommu/spec counted from 1; 0: no fault. */
  readonly condition: number;
  readonly arrival: number;
  readonly finished: number;
  /** Lookups and hits in each cache, in the order of `cacheNames`. */
  readonly lookups: Uint8Array;
  readonly hits: Uint8Array;
  readonly spans: number;
  /** By span: place in `stages`. */
  readonly stage: Uint8Array;
  /** By span: 0, or place in `causes` of what the stage waits for in this span. */
  readonly cause: Uint8Array;
  /** By span: level of the paging structure that is read (1 is the last), or at which a walk goes on; else 0. */
  readonly level: Uint8Array;
  /** By span: which page walker works on it, -1 for none. */
  readonly walker: Int16Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Of a request that asked for a page, or waited for one. */
  readonly pageGroup: PageGroupAccount | undefined;
}
