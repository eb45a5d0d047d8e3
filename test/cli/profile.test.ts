import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  timingParameters,
  timingSets,
  workloadList,
  workloads,
  type ProfileResult,
} from "../../host/profile/index.js";
import { FaultLoad } from "../../host/driver/load/index.js";
import { Recorder } from "../../host/profile/recording/index.js";
import { temporaryFolder, viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

const FEW = ["--requests", "2000"];

describe("viommu profile", () => {
  it("prints where the cycles went, and for programs JSON of its schema", async () => {
    const sva = ["profile", "--workload", "sva,pages=100", ...FEW];
    const { code, stdout } = await viommuHere(sva);
    expect(code).toBe(0);
    for (const heading of [
      "Throughput",
      "Where the cycles",
      "Caches",
      "Page walkers",
      "Page faults",
    ]) {
      expect(stdout).toContain(heading);
    }
    const json = JSON.parse((await viommuHere([...sva, "--json"])).stdout) as ProfileResult;
    expect(schemaProblems("profile", json)).toEqual([]);
    expect(json).toMatchObject({ workload: "sva", timing: "desktop", requests: 2000 });
  });

  it.each(workloads)("fits its summary of $name into 80 columns", async ({ name }) => {
    const { code, stdout } = await viommuHere(["profile", "--workload", name, "--requests", "600"]);
    expect(code).toBe(0);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/ % of the cycles of requests are work/);
  });

  it("shows on a terminal how far it is, and nothing elsewhere", async () => {
    const args = ["profile", "--workload", "sequential", "--requests", "40000"];
    const { stderr, stdout } = await viommuHere(args, { isTerminal: true });
    const [ahead, ...shown] = stderr.split("\r\u001b[K");
    expect([ahead, shown.pop()]).toEqual(["", ""]);
    expect(shown.length).toBeGreaterThan(1);
    for (const text of shown) expect(text).toMatch(/^\d+ % of 40,000 requests$/);
    expect(await viommuHere(args)).toEqual({ code: 0, stderr: "", stdout });
  });

  it("lists workloads, sets and parameters with what they are", async () => {
    const { stdout } = await viommuHere(["profile", "--list"]);
    expect(stdout).toMatch(/^nvme: queues of a storage device/m);
    expect(stdout).toMatch(/^ +memory\.latency +100 +80 +90 +cycles\s+read of memory/m);
  });

  it("lists them in 80 columns, with every word of the descriptions", async () => {
    const { stdout } = await viommuHere(["profile", "--list"]);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const listed = stdout.replaceAll(/\s+/g, " ");
    const descriptions = [
      ...workloadList.flatMap(({ description, parameters }) => [
        description,
        ...parameters.map((parameter) => parameter.description),
      ]),
      ...timingSets.flatMap(({ description, sources }) => [description, ...sources]),
      ...timingParameters.map(({ description }) => description),
    ];
    expect(descriptions.filter((text) => !listed.includes(text))).toEqual([]);
  });

  it("writes the same bytes into every file of --out for the same seed, and nothing half-written", async () => {
    const folder = temporaryFolder();
    const files = async (name: string, seed: string) => {
      const out = join(folder, name);
      const args = ["profile", "--workload", "nic,rings=2", ...FEW, "--seed", seed, "--out", out];
      expect((await viommuHere(args)).code).toBe(0);
      return readdirSync(out).map((file) => [file, readFileSync(join(out, file), "latin1")]);
    };
    const first = await files("a", "5");
    expect(first.map(([name]) => name)).toEqual(
      expect.arrayContaining(["profile.json", "stats.txt", "flame.speedscope.json"]),
    );
    expect(first.filter(([name]) => name!.endsWith(".part"))).toEqual([]);
    expect(await files("b", "5")).toEqual(first);
    expect(await files("c", "6")).not.toEqual(first);
    const stats = first.find(([name]) => name === "stats.txt")![1]!;
    expect(stats).toMatch(/^requests +2000 # requests of devices$/m);
  });

  it("prints what one request did: its stages fill the time from its arrival to its end", async () => {
    const sva = ["profile", "--workload", "sva,pages=100", "--requests", "200"];
    const { code, stdout } = await viommuHere([...sva, "--request", "3"]);
    expect(code).toBe(0);
    const [, text] = stdout.split("\nRequest 3\n");
    const [about, ends, , ...lines] = text!.trimEnd().split("\n");
    expect(about).toMatch(
      /^ {2}access with page requests of 01:00\.0, PASID 4, at 0x7f00[0-9a-f]{8}: a page fault$/,
    );
    const numbers = (line: string) =>
      [...line.matchAll(/\b[\d,]+\b/g)].map(([number]) => Number(number.replaceAll(",", "")));
    const [arrival, end, cycles] = numbers(ends!);
    const rows = lines.map((line) => /^ +([\d,]+) +([\d,]+) {2}(.*)$/.exec(line)!.slice(1));
    let at = arrival!;
    for (const [start, length] of rows) {
      expect(numbers(start!)).toEqual([at]);
      at += numbers(length!)[0]!;
    }
    expect([at, at - arrival!]).toEqual([end, cycles]);
    const names = rows.map(([, , name]) => name!);
    expect(names).toContain("driver");
    expect(names).toContain("driver, waits: driver");
    expect(names).toContainEqual(expect.stringMatching(/^first-stage read, level 1, walker \d$/));
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("prints the slowest request, the one whose latency is the most", async () => {
    const sva = ["profile", "--workload", "sva,pages=100", "--requests", "200"];
    const { stdout } = await viommuHere([...sva, "--request", "slowest"]);
    const [, most] = /most ([\d,]+) cycles/.exec(stdout)!;
    expect(stdout).toMatch(/^The slowest request, number \d+$/m);
    expect(stdout).toContain(`after ${most} cycles\n`);
  });

  it.each([
    [["--request", "first"], '--request "first": expected a number, from 0 on, or slowest'],
    [["--request", "600", "--requests", "600"], "--request 600: the run has 600 requests"],
    [["--request", "1", "--json"], "--request is for the summary: leave out --json"],
    [["--workload", "disk"], '--workload "disk": expected one of sequential'],
    [["--workload", "nic,rings=0"], 'rings is "0": expected a whole number from 1 to 128'],
    [["--timing", "laptop"], '--timing "laptop": expected ideal, desktop, server, or a YAML file'],
    [["--requests", "0"], '--requests "0" is no number from 1 to 1000000000'],
    [["--requests", "1.5"], '--requests "1.5" is no whole number'],
    [["--cache", "iotlb=3"], '--cache iotlb is "3": expected a power of two, 1 to 1048576'],
    [["--cache", "l2=4"], '--cache "l2": expected one of iotlb, context'],
    [["no-such-file"], "no-such-file cannot be read"],
  ])("refuses %j and says why", async (args, message) => {
    const { code, stderr } = await viommuHere(["profile", ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe("viommu profile of a recording", () => {
  const folder = mkdtempSync(join(tmpdir(), "viommu-profile-"));
  const recording = join(folder, "faults.viommu");

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  beforeAll(async () => {
    const recorder = Recorder.toFile(recording);
    const load = await FaultLoad.create({ endpoints: 2, pasids: 3, groups: 40, tap: recorder });
    load.run(40);
    recorder.finish();
  });

  const profile = async (...args: string[]) =>
    JSON.parse(
      (await viommuHere(["profile", recording, "--json", ...args])).stdout,
    ) as ProfileResult;

  it("replays it exactly, and times page requests and their retries", async () => {
    const result = await profile();
    expect(schemaProblems("profile", result)).toEqual([]);
    expect(result.replay).toEqual({ exact: true, different: 0, unrecordedReads: 0 });
    expect(result.workload).toBe("faults.viommu");
    expect(result.configuration.workload).toMatchObject({
      recording: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
    });
    expect(result.pageFaults!.count).toBe(40);
    expect(result.pageFaults!.parts.driver.min).toBeGreaterThan(0);
    expect(result.requests).toBe(
      result.counters.pageRequests + result.counters.translationRequests + result.counters.requests,
    );
  });

  it("replays it under another timing and with other caches", async () => {
    const [usual, server, small] = [
      await profile(),
      await profile("--timing", "server"),
      await profile("--cache", "iotlb=1"),
    ];
    expect(server.caches).toEqual(usual.caches);
    expect(server.cycles.total).not.toBe(usual.cycles.total);
    expect(small.caches.iotlb.entries).toBe(1);
    expect(small.caches.iotlb.hits).toBeLessThanOrEqual(usual.caches.iotlb.hits);
  });

  it("writes the same bytes wherever it lies, so that a copy of it can be compared", async () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    const copy = join(elsewhere, "faults.viommu");
    copyFileSync(recording, copy);
    const written = async (file: string, out: string) => {
      expect((await viommuHere(["profile", file, "--out", out])).code).toBe(0);
      return readdirSync(out).map((name) => [name, readFileSync(join(out, name), "latin1")]);
    };
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    expect(await written(copy, b)).toEqual(await written(recording, a));
    const { code, stdout } = await viommuHere(["profile", "diff", a, b]);
    expect([code, stdout]).toEqual([0, "faults.viommu: nothing differs\n"]);
  });

  it("says whether other caches made another answer", async () => {
    const { stdout } = await viommuHere(["profile", recording, "--cache", "iotlb=1"]);
    expect(stdout).toContain("replayed with other caches: every answer as it was recorded\n");
    expect((await viommuHere(["profile", recording])).stdout).toContain(
      "replayed exactly as it was recorded\n",
    );
  });

  it("names file and byte of one that is cut off, and leaves no file of it", async () => {
    const cut = join(folder, "cut.viommu");
    const bytes = readFileSync(recording);
    writeFileSync(cut, bytes.subarray(0, bytes.length - 20));
    const out = join(folder, "cut-profile");
    mkdirSync(out);
    const { code, stderr } = await viommuHere(["profile", cut, "--out", out]);
    expect(stderr).toMatch(/cut\.viommu, byte \d+: /);
    expect(code).toBe(2);
    expect(readdirSync(out)).toEqual([]);
  });

  it("refuses a file of another kind", async () => {
    const foreign = join(folder, "foreign");
    writeFileSync(foreign, "nothing of the kind, but long enough to be looked at as a recording");
    const { code, stderr } = await viommuHere(["profile", foreign]);
    expect(stderr).toContain("foreign");
    expect(code).toBe(2);
  });
});
