import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  containerCensus,
  containerUnset,
  explore,
  groupAgainstCdev,
  notifierActions,
  parseTrace,
  proveNotifier,
  replayTrace,
  siblingBind,
  vfioNotifier,
  vfioUnplug,
  type Scenario,
} from "viommu/driver";

/** What each unsound variant breaks, and the beginning of the message. */
const caught: readonly [Scenario, Readonly<Record<string, string>>][] = [
  [
    vfioNotifier,
    {
      "inline-put": "deadlock: sibling waits to write-lock group.notifier.rwsem, held for reading",
      "deferred-put": "leak: never freed: vfio_group#0.1",
      "free-first": "use-after-free: vfio_unbound_dev#0.1 is used, vfio freed it",
    },
  ],
  [
    containerUnset,
    {
      atomic: "E-link: the group loses its container, and has a container user",
      torn: "E-link: the group loses its container, and has a container user",
    },
  ],
  [
    siblingBind,
    {
      notifier: "E-BUG: the host stops: a driver is bound to 00:02.1 of a live group",
      "failed-probe": "E-viability: the group counts as viable, and 00:02.1 has the driver nic",
    },
  ],
  [groupAgainstCdev, { unlocked: "E-exclusive: the group is open, and a device" }],
  [
    vfioUnplug,
    {
      unheard: "deadlock: host waits to wait ten seconds for vfio_device#0.1.comp",
      "no-wait": "E-release-cdev: 1 devices block the group's file",
      "no-drain": "warning: 00:02.0 is in no queue: group 1",
    },
  ],
];

describe.each(caught)("$name", (scenario, messages) => {
  const variants = Object.entries(scenario.variants);
  const named = (expected: string) =>
    variants.filter(([, variant]) => variant.expected === expected).map(([name]) => name);

  it.each(named("sound"))("%s: breaks no rule in any order", async (variant) => {
    const result = await explore(scenario, { variant, runs: 5000 });
    expect(result.violations.map(({ message }) => message)).toEqual([]);
    expect(result.exhaustive).toBe(true);
  });

  it.each(named("unsound"))("%s: is caught, and the replay fails the same way", async (variant) => {
    const { violations } = await explore(scenario, { variant, hunt: 300, runs: 2000 });
    const [found] = violations;
    expect(`${found?.invariant}: ${found?.message}`.indexOf(messages[variant]!)).toBe(0);
    const replay = await replayTrace(scenario, parseTrace(found!.trace));
    expect(replay.violation?.message).toBe(found!.message);
  });
});

describe("the notifier ahead of the patch", () => {
  it("deferred-put: breaks no rule as long as there is memory", async () => {
    const options = { variant: "deferred-put", failures: false, runs: 5000 };
    const result = await explore(vfioNotifier, options);
    expect(result).toMatchObject({ exhaustive: true, violations: [] });
  });
});

describe("the proof of the notifier patch (I.5)", () => {
  it.each(notifierActions)("%s: harmless in every state of the group's life", async (action) => {
    const proof = await proveNotifier(action);
    expect(proof).toMatchObject({ exhaustive: true, violations: [] });
    const texts = proof.met.map(
      ({ listed, containerUsers, hasDevices, hasUnbound }) =>
        `${listed ? "listed" : "not listed"}, ${containerUsers} users` +
        `${hasDevices ? ", devices" : ""}${hasUnbound ? ", unbound" : ""}`,
    );
    expect(texts).toEqual([
      "not listed, 0 users",
      "not listed, 0 users, unbound",
      "listed, 0 users",
      "listed, 0 users, unbound",
      "listed, 0 users, devices",
      "listed, 0 users, devices, unbound",
      "listed, 1 users, unbound",
      "listed, 1 users, devices",
      "listed, 1 users, devices, unbound",
      "listed, 2 users, devices",
      "listed, 2 users, devices, unbound",
    ]);
  });
});

describe("V1 and V2: how the calls may end in a kernel that goes on (E.1)", () => {
  async function census(...args: Parameters<typeof containerCensus>) {
    const { exhaustive, outcomes } = await containerCensus(...args);
    expect(exhaustive).toBe(true);
    return {
      ends: outcomes.length,
      outOfStep: outcomes.filter((end) => end.outOfStep).length,
      open: outcomes.filter((end) => end.openWithoutContainer).length,
      leaked: outcomes.filter((end) => end.leaked).length,
      dereferences: outcomes.filter((end) => end.nullDereference).length,
    };
  }
  const harmless = { outOfStep: 0, open: 0, leaked: 0, dereferences: 0 };

  it("V1: atomic, unset and set: 2 of 4 ends are out of step, and leak a container", async () => {
    expect(await census("atomic", ["unset", "set"])).toEqual({
      ...{ ends: 4, outOfStep: 2, open: 0, leaked: 2, dereferences: 0 },
    });
  });

  it("V2: atomic, unset and get: in 1 of 3 ends a device is open without container", async () => {
    expect(await census("atomic", ["unset", "get"])).toEqual({
      ...{ ends: 3, outOfStep: 1, open: 1, leaked: 0, dereferences: 0 },
    });
  });

  it("atomic, all three: 7 of 11 ends are out of step, 6 leak, 2 dereference nothing", async () => {
    expect(await census("atomic", ["unset", "set", "get"])).toEqual({
      ...{ ends: 11, outOfStep: 7, open: 3, leaked: 6, dereferences: 2 },
    });
  });

  it("torn, unset and get: the pointer may be gone between the two loads", async () => {
    expect(await census("torn", ["unset", "get"])).toMatchObject({ ends: 4, dereferences: 1 });
  });

  it.each(["locked", "7.2"] as const)("%s: no mix of calls ends badly", async (variant) => {
    expect(await census(variant, ["unset", "set"])).toMatchObject(harmless);
    expect(await census(variant, ["unset", "get"])).toMatchObject(harmless);
    expect(await census(variant, ["unset", "set", "get"])).toEqual({ ...harmless, ends: 3 });
  });
});

describe("the table of rules in docs/vfio.md", () => {
  const text = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const rules = (found: Iterable<RegExpMatchArray>) => new Set([...found].map(([, rule]) => rule));

  it("has every rule that VFIO's code asserts, and no other", () => {
    const folders = ["host/driver/vfio", "host/driver/vfio/2021", "host/driver/vfio/7.2"];
    const files = folders.flatMap((folder) =>
      readdirSync(new URL(`../../../${folder}/`, import.meta.url))
        .filter((name) => name.endsWith(".ts"))
        .map((name) => `${folder}/${name}`),
    );
    const code = [...files, "host/driver/scenarios/notifier-proof.ts"].map(text).join("\n");
    const asserted = rules(code.matchAll(/"(E-[A-Za-z-]+)"/g));
    expect(rules(text("docs/vfio.md").matchAll(/^\| `(E-[A-Za-z-]+)` /gm))).toEqual(asserted);
  });
});
