import { describe, expect, it } from "vitest";

import { causes, stageNumber } from "../../../host/profile/account/index.js";
import type { Flight } from "../../../host/profile/model/flight.js";
import { control } from "../../../host/profile/model/program.js";
import { Prng } from "../../../host/random/prng.js";
import { idealBut, mean, run, source } from "./synthetic-source.js";

const SEED = 11;
const LATENCY = 100;

function read({ program }: Flight): void {
  program.add(stageNumber.dispatch);
  program.add(stageNumber.firstStageRead, 1);
  program.add(control.leaveWalker);
}

describe("bandwidth of a link", () => {
  const HEADER = 24;
  const timing = idealBut({
    "link.bandwidth": 8,
    "link.header": HEADER,
    "link.latency": 50,
    "device.outstanding": 65_536,
  });
  /** Messages of a device with so much data each, one every so many cycles. */
  const send = (interval: number, bytes: (index: number) => number) =>
    run(
      timing,
      source(4000, (flight, index) => {
        flight.scheduled = index * interval;
        flight.bytes = bytes(index);
        flight.program.add(stageNumber.request);
      }),
      ({ arrival, finished }) => finished - arrival,
    );

  it("below it no message waits", () => {
    // 24 + 104 bytes take 16 cycles.
    expect(new Set(send(16, () => 104).seen)).toEqual(new Set([16 + 50]));
  });

  it("at it the link is saturated: throughput is the bandwidth, whatever more is offered", () => {
    for (const interval of [15, 8, 1]) {
      const { model } = send(interval, () => 104);
      expect(model.end - model.begin).toBe(4000 * 16 + 50);
    }
  });

  it("throughput is never above it, with messages of any size", () => {
    const prng = new Prng(SEED);
    const sizes = Array.from({ length: 4000 }, () => prng.below(4096));
    const { model } = send(1, (index) => sizes[index]!);
    const bytes = sizes.reduce((sum, size) => sum + size + HEADER, 0);
    const cycles = model.end - model.begin - 50;
    expect(bytes / cycles).toBeLessThanOrEqual(8);
    // What is lost is the rest of each message's last cycle: half a cycle on average.
    expect(bytes / (cycles - 4000)).toBeGreaterThan(8);
  });
});

describe("outstanding reads", () => {
  it.each([1, 4, 16])(
    "Little's law bounds their throughput: %s in each latency, and so many are on their way",
    (outstanding) => {
      const timing = idealBut({ "memory.outstanding": outstanding, "device.outstanding": 65_536 });
      const { model } = run(timing, source(1600, read), () => 0);
      const cycles = model.end - model.begin;
      expect(1600 / cycles).toBeCloseTo(outstanding / LATENCY, 12);
      const { mean: busy, most } = model.occupancy.outstandingReads.result(cycles);
      expect([busy, most]).toEqual([outstanding, outstanding]);
    },
  );

  it.each([
    [2, 8],
    [8, 8],
    [16, 8],
    [64, 8],
  ])(
    "a device with %s requests on their way and %s walkers: throughput is that of the scarcer",
    (outstanding, walkers) => {
      const timing = idealBut({ walkers, "device.outstanding": outstanding });
      const { model, seen } = run(timing, source(6400, read), ({ arrival, finished }) => {
        return finished - arrival;
      });
      const rate = 6400 / (model.end - model.begin);
      expect(rate).toBeCloseTo(Math.min(outstanding, walkers) / LATENCY, 12);
      // Closed system: those on their way are rate times latency, but for the first round.
      const inFlight = model.occupancy.requestsInFlight.result(model.end - model.begin).mean;
      expect(inFlight / (rate * mean(seen))).toBeCloseTo(1, 9);
    },
  );

  it("the way to memory bounds them too: one access in each interval", () => {
    const timing = idealBut({ "memory.interval": 7, "device.outstanding": 65_536 });
    const { model } = run(timing, source(1000, read), () => 0);
    expect(model.end - model.begin).toBe(999 * 7 + LATENCY);
  });
});

it("an atomic update of flags costs a read and `memory.atomic` more, and holds one of the outstanding", () => {
  const timing = idealBut({ "memory.atomic": 40, "memory.outstanding": 1 });
  const { seen } = run(
    timing,
    source(2, (flight, index) => {
      flight.scheduled = 0;
      flight.program.add(stageNumber.dispatch);
      flight.program.add(stageNumber.firstStageRead, 1);
      if (index === 0) flight.program.add(stageNumber.firstStageFlagUpdate, 1);
      flight.program.add(control.leaveWalker);
    }),
    ({ index, finished }) => [index, finished],
  );
  // Read of the first, read of the second, update of the first.
  expect(seen).toEqual([
    [1, 200],
    [0, 340],
  ]);
});

describe("the invalidation engine", () => {
  const timing = idealBut({
    "invalidation.descriptor": 30,
    "invalidation.stall": 50,
    "device.outstanding": 65_536,
  });
  /** Work of so many descriptors, one submission every so many cycles; its end after its arrival. */
  const submit = (interval: number, descriptors: number) => {
    const seen: number[] = [];
    const observed = { request: () => undefined, end: () => undefined };
    run(
      timing,
      source(500, (flight, index) => {
        flight.work = "descriptors";
        flight.scheduled = index * interval;
        for (let n = 0; n < descriptors; n++) flight.program.add(control.invalidate);
      }),
      () => 0,
      SEED,
      [{ ...observed, work: ({ start, end }) => void seen.push(end - start) }],
    );
    return seen;
  };

  it("is one server of constant service (D/D/1): nobody waits below its capacity, and beyond each waits longer", () => {
    expect(new Set(submit(30, 1))).toEqual(new Set([30]));
    expect(new Set(submit(60, 2))).toEqual(new Set([60]));
    const beyond = submit(20, 1);
    expect(beyond).toEqual(beyond.map((_, index) => 30 + 10 * index));
  });

  it("holds up lookups for its stall, once for each descriptor", () => {
    const { seen } = run(
      timing,
      source(3, (flight, index) => {
        flight.stream = index;
        flight.scheduled = 0;
        if (index === 0) {
          flight.work = "two descriptors";
          for (let n = 0; n < 2; n++) flight.program.add(control.invalidate);
        } else {
          // The first lookup is ahead of the second descriptor, the other behind both.
          flight.scheduled = index === 1 ? 0 : 40;
          flight.program.add(stageNumber.iotlbLookup);
        }
      }),
      ({ arrival, finished }) => finished - arrival,
    );
    expect(seen).toEqual([50 + 1, 100 - 40 + 1]);
  });

  it("tells who waits for its pauses from who waits for other lookups, to the cycle", () => {
    const { seen } = run(
      idealBut({ "lookup.interval": 10, "invalidation.stall": 50, "device.outstanding": 65_536 }),
      source(3, (flight, index) => {
        flight.stream = index;
        flight.scheduled = 0;
        if (index === 1) {
          flight.work = "a descriptor";
          flight.program.add(control.invalidate);
        } else {
          flight.program.add(stageNumber.iotlbLookup);
        }
      }),
      ({ spans, cause, start, end }) =>
        Array.from({ length: spans }, (_, n) => [causes[cause[n]!]!.name, end[n]! - start[n]!]),
    );
    // A lookup, the pause behind it, and a lookup that waits for both.
    expect(seen).toEqual([
      [["none", 1]],
      [
        ["invalidation", 50],
        ["lookupPort", 10],
        ["none", 1],
      ],
    ]);
  });

  it("does not hold up lookups for descriptors that it has not come to, nor for waits", () => {
    const lookupAt = (cycle: number, second: number) =>
      run(
        idealBut({
          "invalidation.descriptor": 1000,
          "invalidation.stall": 50,
          "device.outstanding": 65_536,
        }),
        source(3, (flight, index) => {
          flight.stream = index;
          flight.scheduled = index === 2 ? cycle : 0;
          if (index === 2) flight.program.add(stageNumber.iotlbLookup);
          else {
            flight.work = "a descriptor";
            flight.program.add(index === 0 ? control.invalidate : second);
          }
        }),
        ({ arrival, finished }) => finished - arrival,
      ).seen;
    expect(lookupAt(20, control.invalidate)).toEqual([30 + 1]);
    // The engine is at the first descriptor still.
    expect(lookupAt(60, control.invalidate)).toEqual([1]);
    expect(lookupAt(1020, control.invalidate)).toEqual([30 + 1]);
    expect(lookupAt(1020, control.execute)).toEqual([1]);
  });
});
