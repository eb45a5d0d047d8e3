import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LevelSeries } from "../../../../host/profile/report/series/level-series.js";
import { TimeSeries } from "../../../../host/profile/report/series/time-series.js";

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

describe("sums by time", () => {
  it("lose nothing when their spans double", () => {
    const additions = fc.array(
      fc.record({ at: fc.nat({ max: 100_000 }), amount: fc.nat({ max: 9 }) }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(additions, (all) => {
        const series = new TimeSeries(16);
        for (const { at, amount } of all) series.add(at, amount);
        const sums = series.sums();
        expect(sums.length).toBeLessThanOrEqual(16);
        for (const [span, found] of sums.entries()) {
          const inside = all.filter(({ at }) => Math.floor(at / series.width) === span);
          expect(found).toBe(sum(inside.map(({ amount }) => amount)));
        }
      }),
    );
  });

  it("need an even number of spans", () => {
    expect(() => new TimeSeries(7)).toThrow("an even number of spans, at least 2: not 7");
  });
});

describe("the means of a level over time", () => {
  const changes = fc.array(fc.record({ after: fc.nat({ max: 5000 }), level: fc.nat({ max: 9 }) }), {
    minLength: 1,
    maxLength: 40,
  });

  it("have the area of the level itself, in a bounded number of spans", () => {
    fc.assert(
      fc.property(changes, fc.nat({ max: 10_000 }), (all, rest) => {
        const series = new LevelSeries(16);
        let at = 0;
        let before = 0;
        let area = 0;
        for (const { after, level } of all) {
          area += after * before;
          at += after;
          series.set(at, level);
          before = level;
        }
        const until = at + rest + 1;
        area += (rest + 1) * before;
        const means = series.means(until);
        expect(means.length).toBeLessThanOrEqual(16);
        const areas = means.map(
          ({ from, mean }, place) => mean * ((means[place + 1]?.from ?? until) - from),
        );
        expect(sum(areas)).toBeCloseTo(area, 4);
      }),
    );
  });

  it("of a level that never changed are few, however long the run is", () => {
    const means = new LevelSeries(16).means(1e12);
    expect(means.length).toBeLessThanOrEqual(16);
    expect(means.every(({ mean }) => mean === 0)).toBe(true);
  });
});
