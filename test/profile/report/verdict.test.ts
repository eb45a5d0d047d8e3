import { describe, expect, it } from "vitest";

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

  it("adds up to all cycles", () => {
    const { stages } = runSynthetically({ requests: 600, missEvery: 2, interval: 10 }, []);
    const text = verdict(runSynthetically({ requests: 600, missEvery: 2, interval: 10 }, []));
    const [work, waiting] = [...text.matchAll(/([\d.]+) % (?:of the cycles|are waiting)/g)];
    expect(stages.some(({ cause }) => cause !== "none")).toBe(true);
    expect(Math.abs(Number(work![1]) + Number(waiting![1]) - 100)).toBeLessThan(1.1);
  });
});
