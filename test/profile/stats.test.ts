import { describe, expect, it } from "vitest";

import { counterNames } from "../../host/core/layout.js";
import { statsOutput } from "../../host/profile/outputs/stats.js";
import { written } from "./report/written.js";

describe("stats.txt", () => {
  it("has gem5's form: Begin, a name with a number and a description on each line, End", async () => {
    const run = { requests: 500, devices: 2, pasids: 2, missEvery: 5, interval: 5 };
    const { text, result } = await written(statsOutput, run);
    const [about, begin, ...rest] = text.split("\n");
    expect(about).toBe(
      `# workload ${result.workload}, timing ${result.timing}, seed ${result.configuration.seed}`,
    );
    expect(begin).toBe("---------- Begin Simulation Statistics ----------");
    expect(rest.slice(-2)).toEqual(["---------- End Simulation Statistics   ----------", ""]);
    const rows = rest.slice(0, -2).map((line) => /^(\S+) +(\S+) # (\S.*)$/.exec(line)?.slice(1));
    for (const row of rows) expect(Number(row?.[1])).toBeGreaterThanOrEqual(0);
    const names = rows.map((row) => row![0]!);
    expect(new Set(names).size).toBe(names.length);
    const value = (name: string) => Number(rows[names.indexOf(name)]![1]);
    const ofUnit = rows.filter((row) => row![0]!.startsWith("unit."));
    expect(ofUnit).toHaveLength(counterNames.length);
    expect(ofUnit).toContainEqual([
      "unit.pageRequestsDropped",
      "0",
      "page requests that were dropped",
    ]);
    expect(value("requests")).toBe(500);
    expect(value("request.cycles.max")).toBe(result.cycles.perRequest.max);
    expect(value("cache.iotlb.lookups")).toBe(result.caches.iotlb.lookups);
  });
});
