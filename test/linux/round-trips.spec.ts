import { describe, expect, it } from "vitest";

import { pageRequestStages } from "../../host/cli/page-request-times.js";
import { ROUND_TRIPS } from "./checks.js";
import { guest, runGuest } from "./guest.js";

describe("1000 page requests of a process, one after another", () => {
  const run = guest(
    "Debian's kernel",
    () => runGuest({ kernel: "stock", flows: ["round-trips"] }),
    ROUND_TRIPS,
  );

  it("each has passed every stage of its way", () => {
    const { roundTrip, stages, unanswered } = run().pageRequestTimes ?? { stages: {} };
    expect([roundTrip?.count, unanswered]).toEqual([1000, 0]);
    expect(Object.keys(stages)).toEqual([...pageRequestStages]);
    for (const [stage, { count }] of Object.entries(stages)) {
      // Linux may look before QEMU says that it took the interrupt.
      if (stage !== "interrupt") expect([stage, count]).toEqual([stage, 1000]);
    }
  });

  it("the stages add up to the round trip", () => {
    const { roundTrip, stages } = run().pageRequestTimes ?? { stages: {} };
    const least = pageRequestStages.slice(0, -1).map((stage) => stages[stage]?.min ?? 0);
    const most = pageRequestStages.slice(0, -1).map((stage) => stages[stage]?.max ?? 0);
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    expect(roundTrip?.min).toBeGreaterThanOrEqual(sum(least) - (stages.interrupt?.min ?? 0));
    expect(roundTrip?.max).toBeLessThanOrEqual(sum(most));
  });
});
