import type { CounterName } from "../../core/layout.js";
import type { Timing } from "./parameters.js";

type Counters = Readonly<Record<CounterName, bigint | number>>;

/**
 * Modelled time that hardware spends on page requests, in nanoseconds, summed over a run in which none waits for
 * another: messages up and down, queue entries, response descriptors, one interrupt for each group that was answered,
 * and the translation requests that led to them, without their walks. The time of software is not in it.
 */
export function pageRequestTime(counters: Counters, timing: Timing): number {
  const count = (name: CounterName): number => Number(counters[name]);
  const message = timing["link.latency"];
  const translationRequest = 2 * message + timing["iotlb.latency"];
  const response = timing["memory.latency"] + timing["invalidation.descriptor"] + message;
  const cycles =
    count("pageRequests") * (translationRequest + message) +
    count("pageRequestsQueued") * timing["pageRequest.latency"] +
    count("pageGroupResponses") * (response + timing["interrupt.latency"]) +
    count("pageRequestsAnswered") * message;
  return (1000 * cycles) / timing.clock;
}
