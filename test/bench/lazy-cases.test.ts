import { describe, expect, it } from "vitest";
import { growthCases } from "../../host/bench/growth-cases.js";
import { invalidationCases } from "../../host/bench/invalidation-cases.js";
import { portCases } from "../../host/bench/port-cases.js";
import { measureMemory, measureStart, startCaseNames } from "../../host/bench/start-cases.js";

/** What takes seconds to prepare is the same code with another number. */
const LARGE = /-(100000|10000000)$/;
const cases = [...portCases, ...invalidationCases, ...growthCases].filter(
  ({ name }) => !LARGE.test(name),
);

describe("cases that are prepared when they are wanted", () => {
  it.each(cases)("$name runs without a failure, also twice", async ({ name, create }) => {
    const single = await create();
    expect(name.endsWith(`/${single.name}`)).toBe(true);
    for (let times = 0; times < 2; times++) {
      expect(single.run).not.toThrow();
      single.restore?.();
    }
  });
});

it.each(startCaseNames)("measures how long %s takes", async (name) => {
  const { least, median } = await measureStart(name, 1);
  expect(least).toBeGreaterThan(0);
  expect(median).toBe(least);
});

it("tells the size of a unit's state, which is that of a snapshot", async () => {
  const { stateBytes, residentBytes } = await measureMemory();
  expect(stateBytes).toBeGreaterThan(200_000);
  expect(stateBytes).toBeLessThan(2 ** 20);
  expect(residentBytes).toBeGreaterThanOrEqual(0);
});
