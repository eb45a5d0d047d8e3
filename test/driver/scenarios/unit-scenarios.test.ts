import { describe, expect, it } from "vitest";
import { explore, parseTrace, replayTrace, type Scenario } from "../../../host/driver/index.js";
import { hotRemoval } from "../../../host/driver/scenarios/hot-removal.js";
import { nestedReplace } from "../../../host/driver/scenarios/nested-replace.js";
import { overflowDuringDrain } from "../../../host/driver/scenarios/overflow-during-drain.js";
import { prqReportAgainstRemoval } from "../../../host/driver/scenarios/prq-report-against-removal.js";
import { ridDetachOrder } from "../../../host/driver/scenarios/rid-detach-order.js";

/** Which rule the first violation of an unsound variant may break. */
type Caught = Readonly<Record<string, readonly string[]>>;

/** `runs`: enough to try every order, where `exhaustive`; a bounded form of the search elsewhere. */
interface Expected {
  readonly runs: number;
  readonly exhaustive: boolean;
  readonly caught: Caught;
}

function behaves<World>(scenario: Scenario<World>, { runs, exhaustive, caught }: Expected): void {
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

behaves(prqReportAgainstRemoval, {
  runs: 2000,
  exhaustive: true,
  caught: {
    "list-scan": ["use-after-free"],
    "get-device": ["use-after-free"],
    ordering: ["use-after-free"],
  },
});
behaves(ridDetachOrder, { runs: 2000, exhaustive: true, caught: { "leave-first": ["A-I7"] } });
behaves(nestedReplace, { runs: 2000, exhaustive: true, caught: { leak: ["warning"] } });
behaves(hotRemoval, {
  runs: 60,
  exhaustive: false,
  caught: {
    "no-tear-down": ["A-I1", "stale-pasid", "use-after-free"],
    "no-ring-scan": ["A-I1", "stale-pasid", "use-after-free"],
    "no-flush": ["use-after-free"],
    "rebind-no-hardware": ["A-I1", "stale-pasid"],
  },
});
behaves(overflowDuringDrain, {
  runs: 60,
  exhaustive: false,
  caught: { "does-not-wait": ["F-overflow"] },
});
