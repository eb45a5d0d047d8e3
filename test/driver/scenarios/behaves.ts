import { describe, expect, it } from "vitest";
import { explore, parseTrace, replayTrace, type Scenario } from "viommu/driver";

/** Which rule the first violation of an unsound variant may break. */
type Caught = Readonly<Record<string, readonly string[]>>;

/** `runs`: enough to try every order, where `exhaustive`; a bounded form of the search elsewhere. */
export interface Expected {
  readonly runs: number;
  readonly exhaustive: boolean;
  readonly caught: Caught;
}

/** Sound variants break no rule, and unsound ones are caught. */
export function behaves<World>(
  scenario: Scenario<World>,
  { runs, exhaustive, caught }: Expected,
): void {
  describe(scenario.name, () => {
    const variants = Object.entries(scenario.variants);
    for (const [variant] of variants.filter(([, { expected }]) => expected === "sound")) {
      it(`${variant}: breaks no rule in any order`, async () => {
        const result = await explore(scenario, { variant, runs, exhaustive });
        expect(result.violations.map(({ message }) => message)).toEqual([]);
        expect(result.exhaustive).toBe(exhaustive);
      });
    }
    for (const [variant] of variants.filter(([, { expected }]) => expected === "unsound")) {
      it(`${variant}: is caught, and the replay fails the same way`, async () => {
        const { violations } = await explore(scenario, {
          variant,
          exhaustive,
          runs: 4000,
          failures: false,
        });
        expect(caught[variant]).toContain(violations[0]?.invariant);
        const replay = await replayTrace(scenario, parseTrace(violations[0]!.trace));
        expect(replay.violation?.message).toBe(violations[0]!.message);
      });
    }
  });
}
