import { expect, it } from "vitest";
import { median, quantile } from "../../host/bench/statistics.js";

it("takes the middle value, and the higher of two", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(3);
  expect(median([7])).toBe(7);
});

it("takes quartiles, and leaves its input as it is", () => {
  const values = [8, 7, 6, 5, 4, 3, 2, 1];
  expect(quantile(values, 0.25)).toBe(3);
  expect(quantile(values, 0.75)).toBe(7);
  expect(quantile(values, 0)).toBe(1);
  expect(quantile(values, 1)).toBe(8);
  expect(values[0]).toBe(8);
});

it("refuses to take a quantile of nothing", () => {
  expect(() => median([])).toThrow(RangeError);
});
