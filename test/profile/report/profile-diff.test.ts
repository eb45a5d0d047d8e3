import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import {
  profileDiff,
  storedProfile,
  type StoredProfile,
} from "../../../host/profile/report/diff/index.js";
import { temporaryFolder, viommuHere } from "../../cli/run.js";
import { schemaProblems } from "../../cli/schema.js";
import { runSynthetically, type SyntheticRun } from "./synthetic-run.js";

const slow: SyntheticRun = { requests: 1000, missEvery: 3, interval: 20, walkers: 1 };
const fast: SyntheticRun = { ...slow, walkers: 4, missEvery: 5 };

const profileOf = (run: SyntheticRun): StoredProfile => storedProfile(runSynthetically(run, []));

/** Paths of two results, the first in a folder as --out writes it. */
function written(a: unknown, b: unknown): [string, string] {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "a"));
  writeFileSync(join(folder, "a/profile.json"), JSON.stringify(a));
  writeFileSync(join(folder, "b.json"), JSON.stringify(b));
  return [join(folder, "a"), join(folder, "b.json")];
}

describe("the difference of two profiles", () => {
  it("names the largest cause first: here, that requests wait for walkers no more", () => {
    const { stages } = profileDiff(profileOf(slow), profileOf(fast));
    expect(stages[0]).toMatchObject({ stage: "dispatch", cause: "walkers", b: 0 });
    const sizes = stages.map(({ change }) => Math.abs(change));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it("explains the change of the mean latency without a rest", () => {
    const { stages, cyclesPerRequest } = profileDiff(profileOf(slow), profileOf(fast));
    const sum = stages.reduce((total, { change }) => total + change, 0);
    expect(sum).toBeCloseTo(cyclesPerRequest.change, 6);
    expect(cyclesPerRequest.change).toBeLessThan(0);
  });

  it("says what was set differently", () => {
    expect(profileDiff(profileOf(slow), profileOf(fast)).configuration).toEqual([
      { name: "workload.missEvery", a: 3, b: 5 },
      { name: "workload.walkers", a: 1, b: 4 },
    ]);
  });

  it("compares means of a request where runs are not as long", () => {
    const short = profileOf({ requests: 500, missEvery: 5 });
    const long = profileOf({ requests: 1000, missEvery: 5 });
    const { configuration, hitRates } = profileDiff(short, long);
    expect(configuration[0]).toEqual({ name: "requests", a: 500, b: 1000 });
    expect(hitRates).toEqual([]);
  });

  it("of a profile and itself is nothing", async () => {
    const profile = profileOf(slow);
    const { stdout, code } = await viommuHere(["profile", "diff", ...written(profile, profile)]);
    expect({ stdout, code }).toEqual({ stdout: "synthetic: nothing differs\n", code: 0 });
  });

  it("refuses two workloads", () => {
    const other = { ...profileOf(fast), workload: "nic" };
    expect(() => profileDiff(profileOf(slow), other)).toThrow(
      "A is a run of the workload synthetic, and B of nic: only runs of one workload can be compared",
    );
  });
});

describe("viommu profile diff", () => {
  it("prints causes, hit rates and figures of folders and of files", async () => {
    const paths = written(profileOf(slow), profileOf(fast));
    const { stdout, stderr, code } = await viommuHere(["profile", "diff", ...paths]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(/^synthetic: [\d.,]+ -> [\d.,]+ cycles a request \(-[\d.]+ %\)\n/);
    expect(stdout).toMatch(/where the change comes from.*\n +-[\d.,]+ +dispatch, waits: walkers/);
    expect(stdout).toContain("workload.walkers    1 -> 4");
    expect(stdout).toMatch(/hit rates\n +\+13.\d\d points +IOTLB/);
  });

  it("prints JSON that keeps its schema", async () => {
    const paths = written(profileOf(slow), profileOf(fast));
    const { stdout, code } = await viommuHere(["profile", "diff", ...paths, "--json"]);
    expect(code).toBe(0);
    expect(schemaProblems("profile-diff", JSON.parse(stdout))).toEqual([]);
  });

  it.each([
    [
      "a result of another format",
      { schemaVersion: 9 },
      "has schemaVersion 9, and this viommu reads 1",
    ],
    [
      "a result with a damaged field",
      { requests: "many" },
      "is no result of viommu profile: requests:",
    ],
    ["a run of another workload", { workload: "nic" }, "only runs of one workload can be compared"],
  ])("refuses %s", async (_what, damage, message) => {
    const paths = written(profileOf(slow), { ...profileOf(slow), ...damage });
    const { stderr, code } = await viommuHere(["profile", "diff", ...paths]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("names the file that is not there, or is no JSON", async () => {
    const [a, b] = written(profileOf(slow), profileOf(slow));
    writeFileSync(b, "{");
    const wrong = await viommuHere(["profile", "diff", a, b]);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toContain(`${b} is no JSON`);
    const missing = await viommuHere(["profile", "diff", a, "missing.json"]);
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr).toContain("missing.json cannot be read");
  });

  it("asks for both profiles", async () => {
    const { code, stderr } = await viommuHere(["profile", "diff", "a"]);
    expect(code).toBe(2);
    expect(stderr).toContain("missing required argument 'b'");
  });
});
