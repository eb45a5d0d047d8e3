import { expect, it } from "vitest";

import { stageNumber } from "../../../host/profile/account/index.js";
import type { Flight } from "../../../host/profile/model/flight.js";
import { control } from "../../../host/profile/model/program.js";
import { idealBut, run, source } from "./synthetic-source.js";

const timing = idealBut({
  "pageRequest.latency": 10,
  "interrupt.latency": 100,
  "driver.wake": 200,
  "driver.group": 30,
  "driver.page": 70,
  "driver.threads": 1,
  "invalidation.descriptor": 5,
  "link.latency": 50,
});

function fault({ program }: Flight): void {
  program.add(control.askForPages);
  for (const stage of ["request", "pageRequestQueue", "interrupt", "driver"] as const) {
    program.add(stageNumber[stage]);
  }
  for (const stage of ["response", "completion"] as const) program.add(stageNumber[stage]);
  program.add(control.retry);
  program.add(stageNumber.request);
}

function parts(count: number, scheduled: (index: number) => number) {
  return run(
    timing,
    source(count, (flight, index) => {
      flight.sourceId = index;
      flight.stream = index;
      flight.scheduled = scheduled(index);
      fault(flight);
    }),
    ({ pageGroup }) => {
      const { sent, queued, interrupted, answered, received, retried } = pageGroup!;
      return [
        queued - sent,
        interrupted - queued,
        answered - interrupted,
        received - answered,
        retried - received,
      ];
    },
  ).seen;
}

it("a page fault is its parts: queue, interrupt, driver, response, retry", () => {
  // Message 50 + entry 10; interrupt 100 + wake 200; group 30 + page 70; descriptor 5 + message 50; message 50.
  // Each message takes one cycle on the link besides.
  expect(parts(1, () => 0)).toEqual([[60, 300, 100, 55, 50]]);
});

it("a driver that is awake needs no second interrupt, and answers one after the other", () => {
  expect(parts(2, (index) => 250 * index)).toEqual([
    [60, 300, 100, 55, 50],
    [60, 50, 200, 55, 50],
  ]);
});

it("a driver that has answered everything sleeps until the next interrupt", () => {
  expect(parts(2, (index) => 10_000 * index)).toEqual([
    [60, 300, 100, 55, 50],
    [60, 300, 100, 55, 50],
  ]);
});

it("a request for a page that was asked for waits for the answer", () => {
  const { seen } = run(
    timing,
    source(2, (flight, index) => {
      flight.scheduled = 0;
      if (index === 0) {
        flight.answers = 1;
        flight.program.add(control.askForPages);
        flight.program.add(stageNumber.pageRequestQueue);
        flight.program.add(stageNumber.interrupt);
        flight.program.add(stageNumber.driver);
      } else {
        flight.waitsFor = 1;
        flight.program.add(stageNumber.request);
      }
    }),
    ({ index, finished, pageGroup }) => [index, finished, pageGroup!.retried - pageGroup!.received],
  );
  expect(seen).toEqual([
    [0, 410, 0],
    [1, 460, 50],
  ]);
});
