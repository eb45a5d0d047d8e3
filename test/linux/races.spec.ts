import { describe, expect, it } from "vitest";

import { RACES } from "./checks.js";
import { guest, runGuest } from "./guest.js";

const FIGURES =
  /# races: (.*): (\d+) flags of the unit, (\d+) of them undid an update of the processor \([\d.]+%\), which made [\d.]+ a us; (\d+) flags lost; (\d+) DMA of (\d+) failed\r?$/gm;

describe("a processor and the unit change the same entries of a first stage", () => {
  const run = guest(
    "a kernel with IOMMUFD and two processors",
    () => runGuest({ kernel: "iommufd", flows: ["races"], args: ["--smp", "2"] }),
    RACES,
  );

  it("every update that either side loses is counted", () => {
    const rows = [...run().console.matchAll(FIGURES)].map(([, title, ...numbers]) => ({
      title,
      numbers: numbers.map(Number),
    }));
    expect(rows.map(({ title }) => title)).toEqual([
      "448 entries in turn",
      "448 entries in turn, not atomically",
      "1 entry, at times",
      "1 entry, all the time",
    ]);
    // A processor that reads and writes not atomically puts flags back that the program had just cleared: the unit then
    // finds them set, and need not update the entry.
    const flags = rows
      .filter(({ title }) => !title!.includes("not atomically"))
      .reduce((sum, { numbers }) => sum + numbers[0]!, 0);
    expect(run().counters["firstStageFlagUpdates"]).toBeGreaterThanOrEqual(flags);
    for (const { numbers } of rows) {
      const [set = NaN, undone = NaN, lost = NaN, failed = NaN, of = NaN] = numbers;
      expect(set).toBeGreaterThan(0);
      // An update that failed can have undone one as well.
      expect(undone).toBeLessThanOrEqual(set * (1 + failed / of) + 448 * failed);
      expect(lost).toBeLessThanOrEqual(set);
    }
  });
});
