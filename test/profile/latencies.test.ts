import { expect, it } from "vitest";

import { counterNames, type CounterName } from "../../host/core/layout.js";
import { pageRequestTime, type Latencies } from "../../host/profile/latencies.js";

const latencies: Latencies = {
  memoryAccess: 1,
  message: 100,
  translationRequest: 1000,
  interrupt: 10_000,
};

function counters(set: Partial<Record<CounterName, number>>): Record<CounterName, number> {
  const none = Object.fromEntries(counterNames.map((name) => [name, 0]));
  return { ...none, ...set } as Record<CounterName, number>;
}

it("takes no time without page requests", () => {
  expect(pageRequestTime(counters({ requests: 50, interrupts: 3 }), latencies)).toBe(0);
});

it("adds up messages, queue entries, responses and page events", () => {
  const run = counters({ pageRequests: 4, pageRequestsQueued: 4, pageGroupResponses: 1 });
  expect(pageRequestTime(run, latencies)).toBe(4 * 1100 + 4 + 101 + 10_000);
});

it("counts no interrupt for requests that the unit answers itself (§7.5)", () => {
  const run = counters({ pageRequests: 1, pageRequestsAnswered: 1 });
  expect(pageRequestTime(run, latencies)).toBe(1100 + 101);
});
