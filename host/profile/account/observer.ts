import type { RequestAccount } from "./request-account.js";
import type { ProfileResult } from "./result.js";

/** Quantities that change in the course of a run. */
export const sampledCounters = [
  { name: "requestsInFlight", description: "requests that were sent and are not finished" },
  { name: "walkersBusy", description: "page walkers at work" },
  { name: "walkerQueue", description: "requests that wait for a page walker" },
  { name: "outstandingReads", description: "reads of memory on their way" },
  { name: "pageRequestQueue", description: "page requests that the driver has not answered" },
] as const;

export type SampledCounter = (typeof sampledCounters)[number]["name"];

/** Work that belongs to no request. */
export interface UnitWork {
  readonly engine: "invalidation";
  /** What it was, for people. */
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Is told of a run while it goes on. Requests come in the order in which they finish; samples and work in the order of
 * their cycle. What an observer keeps of millions of requests is its own to bound.
 */
export interface ProfileObserver {
  /** The account is used again for the next request. */
  request(account: RequestAccount): void;
  /** `name` has this value from this cycle on. Only those who ask pay for it. */
  counterSample?(cycle: number, name: SampledCounter, value: number): void;
  work?(work: UnitWork): void;
  /** Nothing more will come. */
  end(result: ProfileResult): void;
}
