import { describe, expect, it } from "vitest";

import { stageNumber } from "../../../host/profile/account/index.js";
import { control } from "../../../host/profile/model/program.js";
import type { Flight } from "../../../host/profile/model/flight.js";
import { Arrivals } from "../../../host/profile/workloads/arrivals.js";
import { idealBut, mean, run, source } from "./synthetic-source.js";

const SERVICE = 100;
const REQUESTS = 120_000;
const SEED = 7;

/** A walk of one read, which takes `SERVICE` cycles; no lookups. */
function walk({ program }: Flight): void {
  program.add(stageNumber.dispatch);
  program.add(stageNumber.firstStageRead, 1);
  program.add(control.leaveWalker);
}

/** Waiting of requests that arrive as a Poisson process, with so many cycles between them on average. */
function poisson(walkers: number, interval: number) {
  const arrivals = new Arrivals({ interval, arrivals: "poisson" }, SEED);
  const timing = idealBut({ walkers, "device.outstanding": 65_536 });
  return run(
    timing,
    source(REQUESTS, (flight) => {
      walk(flight);
      flight.scheduled = arrivals.next();
    }),
    ({ arrival, finished }) => finished - arrival,
  );
}

/** Share of requests of an M/M/c queue that wait (Erlang C). */
function erlangC(servers: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  return (servers * blocked) / (servers - load * (1 - blocked));
}

describe("page walkers as a queue", () => {
  // The fuller the queue, the more a run scatters: with a load of 0.9 by 5 % from seed to seed.
  it.each([
    [0.3, 4],
    [0.5, 4],
    [0.7, 4],
    [0.9, 10],
  ])(
    "M/D/1: at a load of %s the mean waiting is that of Pollaczek and Khinchine within %s per cent",
    (load, percent) => {
      const { seen } = poisson(1, SERVICE / load);
      const expected = (load * SERVICE) / (2 * (1 - load));
      const waiting = mean(seen) - SERVICE;
      expect(Math.abs(waiting / expected - 1)).toBeLessThan(percent / 100);
    },
  );

  it.each([
    [2, 0.7],
    [4, 0.8],
    [8, 0.9],
  ])(
    "M/D/c: %s walkers at a load of %s wait half as long as M/M/c (Erlang C) within 10 %",
    (servers, load) => {
      const { seen, model } = poisson(servers, SERVICE / (load * servers));
      const erlang = (erlangC(servers, load * servers) * SERVICE) / (servers * (1 - load));
      // Cosmetatos: constant service waits a little longer than half of what exponential service does.
      const correction =
        1 + ((1 - load) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * load * servers);
      const waiting = mean(seen) - SERVICE;
      expect(Math.abs(waiting / ((erlang / 2) * correction) - 1)).toBeLessThan(0.1);
      const cycles = model.end - model.begin;
      expect(model.occupancy.walkersBusy.result(cycles).mean).toBeCloseTo(load * servers, 0);
    },
  );

  it("D/D/c: nobody waits as long as there are enough, and throughput is c in a service time beyond", () => {
    const every = (interval: number) =>
      run(
        idealBut({ walkers: 4, "device.outstanding": 65_536 }),
        source(10_000, (flight, index) => {
          walk(flight);
          flight.scheduled = index * interval;
        }),
        ({ arrival, finished }) => finished - arrival,
      );
    expect(new Set(every(SERVICE / 4).seen)).toEqual(new Set([SERVICE]));
    const { model } = every(SERVICE / 5);
    // The walkers begin one after the other.
    expect(model.end - model.begin).toBe((10_000 / 4) * SERVICE + 3 * (SERVICE / 5));
  });

  it.each([1, 4])(
    "Little's law: requests in flight are rate times latency, %s walkers",
    (walkers) => {
      const { seen, model } = poisson(walkers, SERVICE / (0.8 * walkers));
      const cycles = model.end - model.begin;
      const inFlight = model.occupancy.requestsInFlight.result(cycles).mean;
      expect(inFlight / ((seen.length / cycles) * mean(seen))).toBeCloseTo(1, 9);
    },
  );

  it("a full queue ahead of the walkers stalls lookups, hits too", () => {
    const timing = idealBut({ walkers: 1, "walkers.queue": 1, "lookup.interval": 1 });
    const { seen } = run(
      timing,
      source(5, (flight, index) => {
        flight.scheduled = index;
        flight.program.add(stageNumber.iotlbLookup);
        if (index < 4) walk(flight);
      }),
      ({ index, finished }) => [index, finished],
    );
    // The hit comes when the third walk has begun, and with it the fourth a place in the queue.
    expect(seen).toEqual([
      [0, 101],
      [1, 201],
      [4, 202],
      [2, 301],
      [3, 401],
    ]);
  });
});

describe("memory", () => {
  it("as many reads are on their way as may be, and the others wait for them", () => {
    const timing = idealBut({ "memory.outstanding": 2 });
    const { seen, model } = run(timing, source(6, walk), ({ finished }) => finished);
    expect(seen).toEqual([100, 100, 200, 200, 300, 300]);
    expect(model.occupancy.outstandingReads.result(300)).toEqual({ mean: 2, most: 2 });
  });

  it("latencies follow the distribution of the timing within 1 %, and are the same for the same seed", () => {
    const timing = idealBut({
      "memory.latency": 80,
      "memory.jitter": 20,
      "memory.cached": 0.5,
      "memory.cached.latency": 30,
      "memory.slow": 0.02,
      "memory.slow.latency": 400,
    });
    const latencies = (seed: number) =>
      run(timing, source(100_000, walk), ({ arrival, finished }) => finished - arrival, seed).seen;
    const seen = latencies(SEED);
    const expected = 0.02 * 400 + 0.98 * (0.5 * 30 + 0.5 * 90);
    expect(Math.abs(mean(seen) / expected - 1)).toBeLessThan(0.01);
    expect(latencies(SEED)).toEqual(seen);
    expect(latencies(SEED + 1)).not.toEqual(seen);
  });
});

it("messages of a device share its link, those of two devices do not", () => {
  const timing = idealBut({ "link.bandwidth": 1, "link.header": 10, "link.latency": 5 });
  const finished = (devices: number) =>
    run(
      timing,
      source(4, (flight, index) => {
        flight.sourceId = index % devices;
        flight.bytes = 20;
        flight.program.add(stageNumber.request);
      }),
      ({ finished }) => finished,
    ).seen;
  expect(finished(1)).toEqual([35, 65, 95, 125]);
  expect(finished(2)).toEqual([35, 35, 65, 65]);
});
