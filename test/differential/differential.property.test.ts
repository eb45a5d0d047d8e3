import { describe, expect, it } from "vitest";
import { compare, report } from "./comparison.js";
import { kinds } from "./kinds.js";

const DEFAULT_SEED = 20251101;
const RUNS = Number(process.env["VIOMMU_RUNS"] ?? 2000);
const SEED = Number(process.env["VIOMMU_SEED"] ?? DEFAULT_SEED);
const TIME_LIMIT = 600_000;

describe("the fast unit and the oracle", () => {
  for (const [name, { claim }] of Object.entries(kinds)) {
    it(
      `${name}: ${claim}`,
      async () => {
        const { difference } = await compare({ kind: name, runs: RUNS, seed: SEED });
        expect(difference && report(difference)).toBeUndefined();
      },
      TIME_LIMIT,
    );
  }
});
