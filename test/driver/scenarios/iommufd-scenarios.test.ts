import { describe, expect, it } from "vitest";
import {
  explore,
  faultCookies,
  faultFileClose,
  faultQueueTeardown,
  parseTrace,
  replayTrace,
  type Scenario,
} from "viommu/driver";

/** Every order, or as many as `bounded` says where that takes more than a second; and which rule is broken. */
interface Expected {
  readonly bounded?: Readonly<Record<string, number>>;
  readonly caught: Readonly<Record<string, readonly string[]>>;
}

function behaves(scenario: Scenario, { bounded = {}, caught }: Expected): void {
  describe(scenario.name, () => {
    const variants = Object.entries(scenario.variants);
    for (const [variant] of variants.filter(([, { expected }]) => expected === "sound")) {
      const runs = bounded[variant];
      it(`${variant}: breaks no rule in ${runs === undefined ? "any order" : `${runs} orders`}`, async () => {
        const result = await explore(scenario, { variant, ...(runs !== undefined && { runs }) });
        expect(result.violations.map(({ message }) => message)).toEqual([]);
        expect(result.exhaustive).toBe(runs === undefined);
      });
    }
    for (const [variant] of variants.filter(([, { expected }]) => expected === "unsound")) {
      it(`${variant}: is caught, and the replay fails the same way`, async () => {
        const { violations } = await explore(scenario, { variant, failures: false });
        expect(caught[variant]).toContain(violations[0]?.invariant);
        const replay = await replayTrace(scenario, parseTrace(violations[0]!.trace));
        expect(replay.violation?.message).toBe(violations[0]!.message);
      });
    }
  });
}

behaves(faultCookies, {
  bounded: { "cyclic-late": 300, "generation-late": 300 },
  caught: {
    grpid: ["C-I1"],
    tuple: ["C-I1"],
    "lowest-late": ["wrong-group"],
    "wrap-late": ["wrong-group"],
  },
});
behaves(faultQueueTeardown, {
  bounded: { replace: 200 },
  caught: { "no-drain": ["use-after-free", "C-I5"], "no-answers": ["C-I5"] },
});
behaves(faultFileClose, { caught: { borrowed: ["use-after-free"] } });
