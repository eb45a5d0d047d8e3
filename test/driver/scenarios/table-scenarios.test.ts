import { describe, expect, it } from "vitest";
import { dirtyScan, explore, tableInstall, tableScan, type Exploration } from "viommu/driver";
import { behaves } from "./behaves.js";

behaves(tableInstall, {
  runs: 2000,
  exhaustive: true,
  caught: { store: ["D-I6", "lost-mapping"], "keeps-loser": ["D-I6"] },
});
behaves(tableScan, {
  runs: 150,
  exhaustive: false,
  caught: {
    immediate: ["D-I1"],
    "gather-no-flush": ["D-I5"],
    "gather-leaves-only": ["D-I1"],
    "gather-unlocked": ["D-I1"],
    "rcu-domain-off": ["D-I1"],
    "rcu-before-flush": ["D-I5"],
  },
});
behaves(dirtyScan, {
  runs: 150,
  exhaustive: false,
  caught: {
    "no-flush": ["D-I2"],
    "no-flush-ssade": ["D-I2"],
    "left-dirty-kept": ["D-I4"],
    "accessed-write": ["Q12"],
    "ats-no-device-flush": ["D-I2"],
    "ats-no-flush-ssade": ["D-I2"],
    "ats-answers-early": ["D-I2"],
    "ats-keeps-translations": ["D-I2"],
  },
});

describe("every order, without failures", () => {
  const all = { failures: false };
  const searches: Readonly<Record<string, () => Promise<Exploration>>> = {
    "dirty-scan as Linux does it": () => explore(dirtyScan, { variant: "write", ...all }),
    "dirty-scan of a device that translates itself": () =>
      explore(dirtyScan, { variant: "ats", ...all }),
    "dirty-scan that keeps A": () => explore(dirtyScan, { variant: "accessed-exchange", ...all }),
  };
  it.each(Object.entries(searches))("%s: breaks no rule", async (_, search) => {
    expect(await search()).toMatchObject({ exhaustive: true, violations: [] });
  });
});
