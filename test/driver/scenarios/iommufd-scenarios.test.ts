import { readFileSync } from "node:fs";
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
    "generation-wrap-late": ["wrong-group"],
    "grpid-flood": ["C-I1"],
    "tuple-flood": ["C-I1"],
    "grpid-pasids": ["C-I1"],
    "grpid-devices": ["C-I1"],
    "lowest-reuse": ["wrong-group"],
    "grpid-reuse": ["wrong-group"],
    "tuple-reuse": ["wrong-group"],
    "index-alone": ["mixed-group"],
  },
});
behaves(faultQueueTeardown, {
  bounded: { replace: 200 },
  caught: { "no-drain": ["use-after-free", "C-I5"], "no-answers": ["C-I5"] },
});
behaves(faultFileClose, {
  bounded: { together: 100 },
  caught: { borrowed: ["use-after-free"] },
});

describe("the table of cookies in docs/iommufd.md", () => {
  const page = readFileSync(new URL("../../../docs/iommufd.md", import.meta.url), "utf8");
  const rows = page
    .split("\n")
    .filter((line) => /^\| `(lowest|cyclic|generation|grpid|tuple)`/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const head = page
    .split("\n")
    .find((line) => line.startsWith("| cookie "))!
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim().replaceAll("`", ""));

  it("says of each kind and threat what its variant expects", () => {
    const said = rows.flatMap(([kind, ...cells]) =>
      cells.map((cell, n) => [`${kind!.replaceAll("`", "")}-${head[n]}`, cell] as const),
    );
    const expected = Object.entries(faultCookies.variants)
      .filter(([name]) => head.includes(name.split("-")[1] ?? ""))
      .map(([name, variant]) => [name, variant.expected === "sound" ? "sound" : "caught"] as const);
    const order = (entries: readonly (readonly [string, string])[]) =>
      entries.map((entry) => entry.join(": ")).sort();
    expect(head).toEqual(["flood", "pasids", "devices", "partials", "reuse"]);
    expect(
      order(said.map(([name, cell]) => [name, cell.replace(/^caught: .*/, "caught")])),
    ).toEqual(order(expected));
  });
});
