import { describe, expect, it } from "vitest";

import {
  traceOutput,
  type TraceSelection,
} from "../../../../host/profile/report/perfetto/index.js";
import type { SyntheticRun } from "../synthetic-run.js";
import { written } from "../written.js";
import { readTrace, type ReadSlice, type ReadTrace, type ReadTrack } from "./trace-reader.js";

const run: SyntheticRun = { requests: 400, devices: 2, pasids: 3, walkers: 2 };

async function traceOf(of: SyntheticRun, selection: TraceSelection = {}) {
  const { bytes, result } = await written(traceOutput(selection), of);
  return { bytes, result, ...readTrace(bytes) };
}

const named = (trace: ReadTrace, name: string): ReadTrack =>
  [...trace.tracks.values()].find((track) => track.name === name)!;

/** Slices that lie in no other one, of tracks below the named one. */
const outerBelow = (trace: ReadTrace, name: string): ReadSlice[] => {
  const { uuid } = named(trace, name);
  return trace.slices.filter(({ track, around }) => track.parent === uuid && around === undefined);
};

const cyclesOf = (slices: readonly ReadSlice[]): number =>
  slices.reduce((sum, { from, to }) => sum + to - from, 0);

const about = (trace: ReadTrace) =>
  trace.slices.find(({ track }) => track.name === "viommu profile")!.details;

describe("the Perfetto trace of a run", () => {
  it("keeps the rules of the format: sequences, interned names, tracks, and slices that nest and end", async () => {
    const { slices, tracks } = await traceOf(run);
    expect(slices.length).toBeGreaterThan(1000);
    for (const { from, to, around } of slices) {
      expect(to).toBeGreaterThanOrEqual(from);
      if (around === undefined) continue;
      expect(from).toBeGreaterThanOrEqual(around.from);
      expect(to).toBeLessThanOrEqual(around.to);
    }
    expect(
      [...tracks.values()].filter(({ parent }) => parent === undefined).map(({ name }) => name),
    ).toEqual([
      "viommu profile",
      ...["Counters", "Page walkers", "Devices", "PASIDs", "Page groups", "Unit and driver"],
    ]);
  });

  it("has a slice for each request on the track of its device, as long as the request", async () => {
    const trace = await traceOf(run);
    const requests = outerBelow(trace, "Devices");
    const { perRequest } = trace.result.cycles;
    expect(requests).toHaveLength(run.requests);
    expect(cyclesOf(requests)).toBe(Math.round(perRequest.mean * run.requests));
    expect(new Set(requests.map(({ track }) => track.name))).toEqual(
      new Set(["00:02.0", "00:03.0"]),
    );
    expect(requests[0]!.details).toMatchObject({ request: 0, device: "00:02.0", way: "walk" });
  });

  it("divides each request without a gap into its stages and what it waits for", async () => {
    const trace = await traceOf({ ...run, missEvery: 2, interval: 10 });
    const requests = outerBelow(trace, "Devices");
    const inside = trace.slices.filter(
      ({ around }) => around !== undefined && requests.includes(around),
    );
    expect(cyclesOf(inside)).toBe(cyclesOf(requests));
    const names = new Set(inside.map(({ name }) => name));
    expect(names).toContain("first-stage read, level 4");
    expect(names).toContain("waits: walkers");
  });

  it("shows on the track of each walker what it reads, for as long as it is busy", async () => {
    const trace = await traceOf(run);
    const walks = outerBelow(trace, "Page walkers");
    expect(new Set(walks.map(({ track }) => track.name))).toEqual(
      new Set(["walker 0", "walker 1"]),
    );
    const { mean } = trace.result.walkers;
    expect(cyclesOf(walks)).toBe(Math.round(mean * trace.result.cycles.total));
  });

  it("leads from a request to its walk by a flow", async () => {
    const trace = await traceOf(run);
    const flows = new Map(outerBelow(trace, "Devices").map(({ flow, details }) => [flow, details]));
    const walks = outerBelow(trace, "Page walkers");
    for (const { flow, details } of walks) expect(flows.get(flow)).toEqual(details);
    expect(walks).toHaveLength(run.requests / 4);
  });

  it("shows page groups that overlap beside each other, with the parts of the fault", async () => {
    const trace = await traceOf({ ...run, missEvery: 2, faultEvery: 2 });
    const groups = outerBelow(trace, "Page groups");
    expect(groups).toHaveLength(trace.result.pageFaults!.count);
    expect(new Set(groups.map(({ track }) => track.uuid)).size).toBeGreaterThan(3);
    const parts = trace.slices.filter(
      ({ around }) => around !== undefined && groups.includes(around),
    );
    expect(cyclesOf(parts)).toBe(cyclesOf(groups));
    const ofLast = parts.filter(({ around }) => around === groups.at(-1));
    expect(ofLast.map(({ name }) => name)).toEqual([
      ...["queue", "interrupt", "driver", "response", "retry"],
    ]);
  });

  it("has a slice on the track of its PASID for each request that has one", async () => {
    const pasids = outerBelow(await traceOf(run), "PASIDs");
    expect(pasids).toHaveLength((run.requests * 3) / 4);
    expect(new Set(pasids.map(({ track }) => track.name)).size).toBe(6);
    expect(new Set(pasids.map(({ name }) => name))).toEqual(new Set(["hit", "walk", "page fault"]));
  });

  it("counts over time: the mean of the walkers at work is that of the result", async () => {
    const trace = await traceOf(run);
    const { uuid } = named(trace, "walkers busy");
    const values = trace.values.filter(({ track }) => track.uuid === uuid);
    const area = values.reduce((sum, { at, value }, place) => {
      return sum + value * ((values[place + 1]?.at ?? trace.result.cycles.total) - at);
    }, 0);
    expect(area / trace.result.cycles.total).toBeCloseTo(trace.result.walkers.mean, 6);
    const rates = trace.values.filter(({ track }) => track.name === "IOTLB hit rate");
    expect(rates.every(({ value }) => value >= 0 && value <= 100)).toBe(true);
    expect(rates.length).toBeGreaterThan(1);
  });

  it("shows only the cycles of its window", async () => {
    const trace = await traceOf(run, { window: [3000, 6000] });
    const requests = outerBelow(trace, "Devices");
    expect(requests).toHaveLength(100);
    expect(Math.min(...requests.map(({ from }) => from))).toBe(3000);
    expect(about(trace)).toMatchObject({ "requests in the window": 100, "requests shown": 100 });
    const ats = trace.values.map(({ at }) => at);
    expect(Math.min(...ats)).toBeGreaterThanOrEqual(3000);
    const walkers = trace.values.filter(({ track }) => track.name === "walkers busy");
    expect(walkers.some(({ value }) => value > 0)).toBe(true);
  });

  it("keeps runs of neighbours when it samples, and says so", async () => {
    const trace = await traceOf({ ...run, requests: 2048 }, { sample: 4 });
    const shown = outerBelow(trace, "Devices").map(({ details }) => details["request"] as number);
    expect(new Set(shown.map((index) => Math.floor(index / 256)))).toEqual(new Set([0, 4]));
    expect(about(trace)).toMatchObject({
      requests: 2048,
      "requests shown": 512,
      sampling: "one of 4 runs of 256 neighbouring requests",
    });
  });

  it("samples long runs by itself, so that the file does not grow with them", async () => {
    const of = { ...run, requests: 16_384, missEvery: 16 };
    const long = await traceOf(of, { requests: 1024 });
    expect(long.bytes.length).toBeLessThan(600_000);
    expect(outerBelow(long, "Devices")).toHaveLength(1024);
    expect(about(long)).toMatchObject({
      ...{ requests: 16_384, "requests shown": 1024 },
      sampling: "one of 16 runs of 256 neighbouring requests",
    });
  });

  it("is the same, byte for byte, for the same run", async () => {
    const [first, second] = [await traceOf(run), await traceOf(run)];
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  });
});
