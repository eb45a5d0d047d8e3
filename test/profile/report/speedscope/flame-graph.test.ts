import { describe, expect, it } from "vitest";

import type { SpeedscopeFile } from "../../../../host/profile/report/speedscope/file-format.js";
import { flameGraphOutput } from "../../../../host/profile/report/speedscope/index.js";
import type { SyntheticRun } from "../synthetic-run.js";
import { written } from "../written.js";

const run: SyntheticRun = { requests: 600, devices: 2, pasids: 2, missEvery: 5, interval: 5 };

async function graphOf(of: SyntheticRun) {
  const { text, result } = await written(flameGraphOutput, of);
  const file = JSON.parse(text) as SpeedscopeFile;
  const [profile] = file.profiles;
  const stacks = profile!.samples.map((sample, place) => ({
    names: sample.map((frame) => file.shared.frames[frame]!.name),
    cycles: profile!.weights[place]!,
  }));
  return { text, file, result, profile: profile!, stacks };
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

describe("the flame graph of a run", () => {
  it("has what speedscope's schema asks for, and nothing that it does not know", async () => {
    const { file, profile } = await graphOf(run);
    expect(Object.keys(file).sort()).toEqual([
      ...["$schema", "activeProfileIndex", "exporter", "name", "profiles", "shared"],
    ]);
    expect(file.$schema).toBe("https://www.speedscope.app/file-format-schema.json");
    expect(Object.keys(profile).sort()).toEqual([
      ...["endValue", "name", "samples", "startValue", "type", "unit", "weights"],
    ]);
    expect(profile).toMatchObject({ type: "sampled", unit: "none", startValue: 0 });
    expect(profile.samples).toHaveLength(profile.weights.length);
    expect(profile.endValue).toBe(sum(profile.weights));
    for (const frame of profile.samples.flat()) expect(file.shared.frames[frame]).toBeDefined();
  });

  it("gives each cycle of each request to one stack", async () => {
    const { profile, result } = await graphOf(run);
    expect(profile.endValue).toBe(Math.round(result.cycles.perRequest.mean * run.requests));
  });

  it("divides by device, PASID, stage, and level or what was waited for", async () => {
    const { stacks, result } = await graphOf(run);
    expect(stacks.map(({ names }) => names)).toContainEqual([
      ...["00:02.0", "PASID 0", "first-stage read", "level 4"],
    ]);
    const waits = stacks.filter(({ names }) => names.includes("waits: walkers"));
    expect(waits[0]!.names).toEqual(["00:02.0", "no PASID", "dispatch", "waits: walkers"]);
    for (const { stage, cause, cycles } of result.stages.filter(
      (row) => row.stage === "dispatch",
    )) {
      expect({ stage, cause }).toEqual({ stage: "dispatch", cause: "walkers" });
      const here = stacks.filter(({ names }) => names.includes("dispatch"));
      expect(sum(here.map((stack) => stack.cycles))).toBe(cycles);
    }
  });

  it("puts address spaces beyond 1024 together, so that it does not grow with them", async () => {
    const { stacks, profile, result } = await graphOf({ requests: 3000, devices: 1, pasids: 2999 });
    const firsts = new Set(stacks.map(({ names }) => names.slice(0, 2).join(" ")));
    expect(stacks.some(({ names }) => names[0] === "other devices and PASIDs")).toBe(true);
    expect([...firsts].filter((first) => first.includes("PASID ")).length).toBe(1023);
    expect(profile.endValue).toBe(Math.round(result.cycles.perRequest.mean * 3000));
  });

  it("is the same, byte for byte, for the same run", async () => {
    expect((await graphOf(run)).text).toBe((await graphOf(run)).text);
  });
});
