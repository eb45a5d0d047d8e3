import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Distribution } from "../../host/profile/distribution.js";

function of(values: Iterable<number>): Distribution {
  const distribution = new Distribution();
  for (const value of values) distribution.add(value);
  return distribution;
}

describe("a distribution", () => {
  it("has nothing to tell of no values", () => {
    expect(new Distribution().summary).toBeUndefined();
  });

  it("tells one value as it is", () => {
    const value = 123_456_789;
    expect(of([value]).summary).toEqual({
      ...{ count: 1, min: value, p50: value, p90: value, p99: value, max: value },
    });
  });

  it("has half of all values at or below the median, and so on", () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(of(values).summary).toEqual({ count: 100, min: 1, p50: 50, p90: 90, p99: 99, max: 100 });
  });

  it("counts what is below 0 as 0", () => {
    expect(of([-5]).summary).toMatchObject({ min: 0, max: 0 });
  });

  it("is at most 1.6 % above the exact quantile, for values of any size, in any order", () => {
    const value = fc.oneof(
      fc.maxSafeNat(),
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 0, max: 52 }).map((doublings) => 2 ** doublings),
      fc.integer({ min: 1, max: 52 }).map((doublings) => 2 ** doublings - 1),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
        const summary = of(values).summary!;
        const sorted = values.toSorted((a, b) => a - b);
        const exact = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
        for (const [told, share] of [
          [summary.p50, 0.5],
          [summary.p90, 0.9],
          [summary.p99, 0.99],
        ] as const) {
          expect(told).toBeGreaterThanOrEqual(exact(share));
          expect(told).toBeLessThanOrEqual(exact(share) * (1 + 1 / 64));
        }
        expect([summary.min, summary.max]).toEqual([sorted[0], sorted.at(-1)]);
        expect(summary.count).toBe(values.length);
      }),
    );
  });

  it("has a histogram that counts each value in the range in which it lies", () => {
    const values = [0, 3, 3, 200, 2 ** 40];
    const { histogram } = of(values);
    for (const { from, to, count } of histogram) {
      expect(values.filter((value) => value >= from && value <= to)).toHaveLength(count);
    }
    expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
    expect(histogram[1]).toEqual({ from: 3, to: 3, count: 2 });
  });
});
