import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, vi } from "vitest";

import { readTrace, type ReadSlice } from "../profile/report/perfetto/trace-reader.js";
import { temporaryFolder, viommuHere } from "./run.js";

const main = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));
const FEW = ["profile", "--workload", "nic,rings=2", "--requests", "2000"];

describe("a folder of --out that cannot be had", () => {
  it("is refused by name where it, or what it is to be in, is a file", async () => {
    const file = join(temporaryFolder(), "taken");
    writeFileSync(file, "mine");
    for (const out of [file, join(file, "profile")]) {
      const { code, stdout, stderr } = await viommuHere([...FEW, "--out", out]);
      expect(stderr).toBe(`viommu: ${file} is a file: a folder is needed there\n`);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    }
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it("is refused at once where the system makes no folders", async (context) => {
    context.skip(!existsSync("/proc/self"), "there is no /proc");
    const { code, stderr } = await viommuHere([...FEW, "--out", "/proc/profile/nic"]);
    expect(stderr).toBe(
      "viommu: /proc/profile cannot be made: there is no such file or folder (ENOENT)\n",
    );
    expect(code).toBe(2);
  });

  it("is refused where nothing may be written", async (context) => {
    context.skip(process.getuid?.() === 0, "root may write everywhere");
    const folder = join(temporaryFolder(), "closed");
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    const { code, stderr } = await viommuHere([...FEW, "--out", folder]);
    expect(stderr).toMatch(/^viommu: \S+ cannot be written: permission denied \(EACCES\)\n$/);
    expect(code).toBe(2);
  });

  it("is refused where a folder has the name of one of its files", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "stats.txt"));
    const { code, stderr } = await viommuHere([...FEW, "--out", folder]);
    expect(stderr).toMatch(/^viommu: \S+stats\.txt cannot be written: it is a folder\n$/);
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual(["stats.txt"]);
  });
});

/** Ends with its exit code, or the name of the signal that ended it, and what it said. */
async function ended(child: ReturnType<typeof spawn>): Promise<[number | string, string]> {
  let stderr = "";
  child.stderr!.on("data", (data: Buffer) => (stderr += data.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return [code ?? signal ?? "", stderr];
}

describe("files of --out that do not become whole", () => {
  /** Files may have 64 KiB there: the trace is longer, what is written ahead of it is not. */
  const limited = (out: string) =>
    ended(
      spawn("sh", [
        ...["-c", `trap "" XFSZ; ulimit -f 128; exec "$@"`, "sh"],
        ...[process.execPath, main, ...FEW, "--out", out],
      ]),
    );

  it("get no names on a full disk, and the message has the file and the reason", async () => {
    const out = join(temporaryFolder(), "new");
    const [code, stderr] = await limited(out);
    expect(stderr).toMatch(
      /^viommu: \S+trace\.perfetto-trace cannot be written: \S[^\n]+ \((EFBIG|ENOSPC)\)\n$/,
    );
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it("leave those of an earlier run as they were", async () => {
    const out = temporaryFolder();
    expect((await viommuHere([...FEW, "--seed", "7", "--out", out])).code).toBe(0);
    const files = () => readdirSync(out).map((file) => [file, readFileSync(join(out, file))]);
    const before = files();
    expect((await limited(out))[0]).toBe(2);
    expect(files()).toEqual(before);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "are gone after %s, which ends a long run at once",
    async (signal) => {
      const out = join(temporaryFolder(), "long");
      const long = ["profile", "--requests", "1000000000", "--out", out];
      const child = spawn(process.execPath, [main, ...long]);
      const end = ended(child);
      await vi.waitUntil(() => existsSync(out) && readdirSync(out).length > 0, 30_000);
      child.kill(signal);
      expect(await end).toEqual([signal, ""]);
      expect(existsSync(out)).toBe(false);
    },
    60_000,
  );
});

describe("the part of a run that its trace shows", () => {
  async function requestsOf(...args: string[]): Promise<ReadSlice[]> {
    const out = temporaryFolder();
    const { code, stderr } = await viommuHere([...FEW, "--out", out, ...args]);
    expect(stderr).toContain("trace.perfetto-trace");
    expect(code).toBe(0);
    const { tracks, slices } = readTrace(readFileSync(join(out, "trace.perfetto-trace")));
    const devices = [...tracks.values()].find(({ name }) => name === "Devices")!;
    return slices.filter(
      ({ track, around }) => track.parent === devices.uuid && around === undefined,
    );
  }

  it("is all of it where it is short, and no more than --trace-window asks for", async () => {
    const all = await requestsOf();
    expect(all).toHaveLength(2000);
    const [from, to] = [all[500]!.from, all[1500]!.from];
    const part = await requestsOf("--trace-window", `${from}:${to}`);
    const wanted = all.filter((slice) => slice.from >= from && slice.from < to);
    expect(wanted.length).toBeGreaterThan(100);
    const requests = (slices: ReadSlice[]) => slices.map(({ details }) => details["request"]);
    expect(new Set(requests(part))).toEqual(new Set(requests(wanted)));
  });

  it("is one of so many runs of 256 requests with --trace-sample", async () => {
    const runs = (await requestsOf("--trace-sample", "4")).map(({ details }) =>
      Math.floor(Number(details["request"]) / 256),
    );
    expect(runs).toHaveLength(512);
    expect(new Set(runs)).toEqual(new Set([0, 4]));
  });

  it("makes the file smaller", async () => {
    const size = async (...args: string[]) => {
      const out = temporaryFolder();
      await viommuHere([...FEW, "--out", out, ...args]);
      return statSync(join(out, "trace.perfetto-trace")).size;
    };
    expect(await size("--trace-sample", "8")).toBeLessThan((await size()) / 3);
  });

  it.each([
    [["--trace-window", "5"], '--trace-window "5" is no pair of cycles like 100000:200000'],
    [["--trace-window", "9:5"], '--trace-window "9:5" is no pair of cycles'],
    [["--trace-window", ":5"], '--trace-window ":5" is no pair of cycles'],
    [["--trace-window", "1:2:3"], '--trace-window "1:2:3" is no pair of cycles'],
    [["--trace-window", "0:1e99"], '--trace-window "0:1e99" is no pair of cycles'],
    [["--trace-sample", "0"], '--trace-sample "0" is no number from 1 to 1000000000'],
    [["--trace-sample", "1.5"], '--trace-sample "1.5" is no whole number'],
  ])("is refused with %j", async (args, message) => {
    const out = join(temporaryFolder(), "never");
    const { code, stderr } = await viommuHere([...FEW, "--out", out, ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it("needs --out", async () => {
    const { code, stderr } = await viommuHere([...FEW, "--trace-sample", "2"]);
    expect(stderr).toContain("are for the trace of --out");
    expect(code).toBe(2);
  });
});
