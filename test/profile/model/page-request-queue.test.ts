import { describe, expect, it } from "vitest";

import { stageNumber, type PageGroupAccount } from "../../../host/profile/account/index.js";
import type { Flight } from "../../../host/profile/model/flight.js";
import { control } from "../../../host/profile/model/program.js";
import { Arrivals } from "../../../host/profile/workloads/arrivals.js";
import { readTiming } from "../../../host/profile/index.js";
import { idealBut, mean, run, source } from "./synthetic-source.js";

const SEED = 5;
const GROUPS = 100_000;
/** Of a thread for a group. */
const SERVICE = 300;

function fault({ program }: Flight): void {
  program.add(control.askForPages);
  for (const stage of ["request", "pageRequestQueue", "interrupt", "driver"] as const) {
    program.add(stageNumber[stage]);
  }
  for (const stage of ["descriptorRead", "response", "completion"] as const) {
    program.add(stageNumber[stage]);
  }
  program.add(control.retry);
  program.add(stageNumber.request);
}

/** Page faults that arrive as a Poisson process; `setup`: cycles until a driver that sleeps is awake. */
function faults(load: number, { threads = 1, setup = 0 } = {}) {
  const interval = SERVICE / (load * threads);
  const arrivals = new Arrivals({ interval, arrivals: "poisson" }, SEED);
  const timing = idealBut({
    "driver.group": 100,
    "driver.page": SERVICE - 100,
    "driver.threads": threads,
    "interrupt.latency": setup,
    "device.outstanding": 65_536,
  });
  const { seen, model } = run(
    timing,
    source(GROUPS, (flight, index) => {
      flight.sourceId = index & 0xffff;
      flight.scheduled = arrivals.next();
      fault(flight);
    }),
    ({ pageGroup }) => pageGroup!.answered - pageGroup!.queued - SERVICE,
  );
  return { waiting: mean(seen), model, interval };
}

/** Pollaczek and Khinchine, constant service. */
const md1 = (load: number) => (load * SERVICE) / (2 * (1 - load));

describe("page requests as a queue", () => {
  it.each([
    [0.3, 4],
    [0.6, 4],
    [0.8, 8],
  ])(
    "M/D/1: at a load of %s of one thread that is always awake, the mean waiting is that of theory within %s per cent",
    (load, percent) => {
      const { waiting } = faults(load);
      expect(Math.abs(waiting / md1(load) - 1)).toBeLessThan(percent / 100);
    },
  );

  it.each([
    [0.2, 1000],
    [0.6, 1000],
    [0.6, 5000],
  ])(
    "M/D/1 with setup: at a load of %s a driver that sleeps when all is answered, and takes %s cycles to wake, " +
      "makes them wait as theory says within 4 %",
    (load, setup) => {
      const { waiting, interval } = faults(load, { setup });
      const rate = 1 / interval;
      const expected = md1(load) + (setup * (2 + rate * setup)) / (2 * (1 + rate * setup));
      expect(Math.abs(waiting / expected - 1)).toBeLessThan(0.04);
    },
  );

  it.each([1, 4])(
    "Little's law: those without an answer are rate times the time until it, %s threads",
    (threads) => {
      const { waiting, model } = faults(0.7, { threads });
      const cycles = model.end;
      const unanswered = model.occupancy.pageRequestQueue.result(cycles).mean;
      expect(unanswered / ((GROUPS / cycles) * (waiting + SERVICE))).toBeCloseTo(1, 9);
    },
  );

  it("utilisation law: what keeps up answers as many as come, and beyond as many as its threads can", () => {
    const kept = faults(0.5, { threads: 2 });
    expect((GROUPS / kept.model.end) * kept.interval).toBeCloseTo(1, 1);
    const beyond = faults(1.5, { threads: 2 });
    expect(((GROUPS / beyond.model.end) * SERVICE) / 2).toBeCloseTo(1, 2);
  });

  it("the engine takes one message in each interval, and the parts of a fault are its whole, to the cycle", () => {
    const groups: (PageGroupAccount & { whole: number })[] = [];
    run(
      { ...readTiming("server").values, "pageRequest.interval": 500 },
      source(2000, (flight, index) => {
        flight.sourceId = index % 7;
        flight.stream = index % 7;
        fault(flight);
      }),
      ({ pageGroup, arrival, finished, start }) =>
        groups.push({ ...pageGroup!, sent: start[0]!, whole: finished - arrival }),
    );
    const times = groups.map(({ queued }) => queued).sort((a, b) => a - b);
    for (const [index, time] of times.entries()) {
      if (index > 0) expect(time - times[index - 1]!).toBeGreaterThanOrEqual(500);
    }
    for (const { sent, queued, interrupted, answered, received, retried, whole } of groups) {
      const parts = [
        queued - sent,
        interrupted - queued,
        answered - interrupted,
        received - answered,
        retried - received,
      ];
      expect(parts.every((part) => part >= 0)).toBe(true);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(whole);
    }
  });
});
