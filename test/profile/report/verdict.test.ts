import { describe, expect, it } from "vitest";

import { parseTiming, readTiming, readWorkload, runProfile } from "../../../host/profile/index.js";
import { verdict } from "../../../host/profile/report/verdict.js";
import { runSynthetically } from "./synthetic-run.js";

describe("the sentence on where cycles went", () => {
  it("names work and waiting with what they are most, and walkers that hold the run up", () => {
    const busy = runSynthetically({ requests: 600, missEvery: 1, interval: 1, walkers: 1 }, []);
    expect(verdict(busy)).toMatch(
      /^[\d.]+ % of the cycles of requests are work\b.*\. \d+ % are waiting \(walkers \d+ %.*\)\. The page walkers hold the run up: they are at work \d+ % of the time/,
    );
  });

  it("says nothing of waiting where nobody waits", () => {
    const idle = runSynthetically({ requests: 50, missEvery: 5, interval: 5000 }, []);
    expect(verdict(idle)).toMatch(/^100 % of the cycles of requests are work \(.*\)\.$/);
  });

  it.each([
    ["nic", /Invalidations hold the run up: their engine is at work (99|100) % of the time/],
    ["sva", /The driver holds the run up: it answers page requests (9\d|100) % of the time/],
    ["random", /The page walkers hold the run up: they are at work (9\d|100) % of the time/],
  ])("workload %s: names what holds it up", async (name, sentence) => {
    const timing = readTiming("desktop");
    const options = { ...readWorkload(name), timing, requests: 3000, seed: 1 };
    const result = await runProfile(options);
    expect(verdict(result)).toMatch(sentence);
    expect(verdict(result).match(/hold/g)).toHaveLength(1);
  });

  it("says how long lookups pause where requests wait for that", async () => {
    const file = "parameters: {invalidation.stall: 60, lookup.interval: 0}";
    const timing = parseTiming("pauses.yaml", file);
    const options = { ...readWorkload("nic,interval=30"), timing, requests: 3000, seed: 1 };
    const result = await runProfile(options);
    expect(verdict(result)).toMatch(/Lookups pause for invalidations \d+ % of the time\.$/);
    // A descriptor and its wait for each packet of three requests: one pause in 90 cycles.
    expect(result.invalidation.paused).toBeCloseTo(60 / 90, 2);
    expect(result.invalidation.utilization).toBeCloseTo((2 * 20) / 90, 2);
  });

  it("adds up to all cycles", () => {
    const { stages } = runSynthetically({ requests: 600, missEvery: 2, interval: 10 }, []);
    const text = verdict(runSynthetically({ requests: 600, missEvery: 2, interval: 10 }, []));
    const [work, waiting] = [...text.matchAll(/([\d.]+) % (?:of the cycles|are waiting)/g)];
    expect(stages.some(({ cause }) => cause !== "none")).toBe(true);
    expect(Math.abs(Number(work![1]) + Number(waiting![1]) - 100)).toBeLessThan(1.1);
  });
});
