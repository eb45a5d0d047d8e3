import { expect, it } from "vitest";

import { counterNames, type CounterName } from "../../host/core/layout.js";
import { pageRequestTime } from "../../host/profile/index.js";
import { idealBut } from "./model/synthetic-source.js";

const timing = idealBut({
  "link.latency": 100,
  "iotlb.latency": 1,
  "memory.latency": 7,
  "pageRequest.latency": 20,
  "invalidation.descriptor": 3,
  "interrupt.latency": 10_000,
});
const TRANSLATION_REQUEST = 201;

function counters(set: Partial<Record<CounterName, number>>): Record<CounterName, number> {
  const none = Object.fromEntries(counterNames.map((name) => [name, 0]));
  return { ...none, ...set } as Record<CounterName, number>;
}

it("takes no time without page requests", () => {
  expect(pageRequestTime(counters({ requests: 50, interrupts: 3 }), timing)).toBe(0);
});

it("adds up messages, queue entries, responses and page events of the timing", () => {
  const run = counters({ pageRequests: 4, pageRequestsQueued: 4, pageGroupResponses: 1 });
  const once = 4 * (TRANSLATION_REQUEST + 100) + 4 * 20 + (7 + 3 + 100) + 10_000;
  expect(pageRequestTime(run, timing)).toBe(once);
  // Two cycles in a nanosecond.
  expect(pageRequestTime(run, { ...timing, clock: 2000 })).toBe(once / 2);
});

it("counts no interrupt for requests that the unit answers itself (§7.5)", () => {
  const run = counters({ pageRequests: 1, pageRequestsAnswered: 1 });
  expect(pageRequestTime(run, timing)).toBe(TRANSLATION_REQUEST + 100 + 100);
});
