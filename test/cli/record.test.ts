import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import type { ProfileResult } from "../../host/profile/index.js";
import { Recording, Replay } from "../../host/profile/recording/index.js";
import { fakeQemu } from "./fake-qemu.js";
import { temporaryFolder, viommuHere } from "./run.js";

const main = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));

const SMALLEST = { context: 1, pasid: 1, iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };

/** A file for a recording in a folder with nothing else. */
function recordingFile(): { file: string; folder: string } {
  const folder = temporaryFolder();
  return { folder, file: join(folder, "boot.viommu") };
}

async function bootRecorded(): Promise<string> {
  const { file } = recordingFile();
  const { code, stderr } = await viommuHere(["boot", "--quiet", "--record", file]);
  expect([code, stderr]).toEqual([0, ""]);
  return file;
}

describe("boot --record", () => {
  it("records a boot that is replayed bit for bit, page requests and all", async () => {
    const replay = await Replay.create(Recording.open(await bootRecorded()));
    const kinds = new Set<string>();
    const sent = new Set<string>();
    for (const { call, messages, same, index } of replay) {
      if (!same) expect.fail(`call ${index} differs: ${call.kind}`);
      kinds.add(call.kind);
      for (const [kind] of messages) sent.add(kind);
    }
    expect([...kinds]).toEqual(expect.arrayContaining(["requestPage", "endAccess"]));
    expect([...sent]).toEqual(
      expect.arrayContaining(["interrupt", "pageGroupResponse", "deviceTlbInvalidate", "fault"]),
    );
    expect(replay.summary).toMatchObject({ different: 0, unrecordedReads: 0, exact: true });
  });

  it("records the same bytes of the same boot", async () => {
    const [first, second] = [await bootRecorded(), await bootRecorded()];
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  });

  it("records what runs with other caches too, with the same answers", async () => {
    const recording = Recording.open(await bootRecorded());
    const recorded = (await Replay.create(recording)).run().recordedCounters;
    for (const caches of [SMALLEST, { iotlb: 2 ** 16 }]) {
      const replay = await Replay.create(recording, { caches });
      expect(replay.run()).toMatchObject({ different: 0, unrecordedReads: 0, exact: false });
      const { iotlbHits } = replay.iommu.counters();
      expect(iotlbHits < recorded.iotlbHits).toBe(caches === SMALLEST);
    }
  });

  it("leaves no file when there is no room for it, and says so", async () => {
    const { folder, file } = recordingFile();
    const words = [process.execPath, main, "boot", "--quiet", "--record", file];
    // A file may have two blocks, of 512 or 1024 bytes: all that a full disk has room for.
    const script = `trap "" XFSZ; ulimit -f 2; exec "$@"`;
    const [code, stderr] = await new Promise<[number, string]>((resolve) => {
      const child = execFile("sh", ["-c", script, "sh", ...words], (_error, _stdout, text) => {
        resolve([child.exitCode ?? 0, text]);
      });
    });
    expect(stderr).toMatch(/^viommu: .*boot\.viommu cannot be written: .*\(EFBIG\)/);
    expect([code, readdirSync(folder)]).toEqual([2, []]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "leaves no file of a boot that %s ends",
    async (signal) => {
      const { folder, file } = recordingFile();
      const hang = fileURLToPath(new URL("../../images/hang.elf", import.meta.url));
      const command = spawn(process.execPath, [main, "boot", hang, "--quiet", "--record", file]);
      const exited = once(command, "exit");
      while (readdirSync(folder).length === 0) await new Promise(setImmediate);
      command.kill(signal);
      expect(await exited).toEqual([null, signal]);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it("leaves no file of a boot that cannot be", async () => {
    const { folder, file } = recordingFile();
    const text = join(temporaryFolder(), "text");
    writeFileSync(text, "no image");
    const { code } = await viommuHere(["boot", text, "--record", file]);
    expect([code, readdirSync(folder)]).toEqual([2, []]);
  });

  it("says which file cannot be made", async () => {
    const { code, stderr } = await viommuHere(["boot", "--record", "no/such/boot.viommu"]);
    expect(stderr).toMatch(/^viommu: no\/such\/boot\.viommu cannot be written: .*\(ENOENT\)/);
    expect(code).toBe(2);
  });
});

describe("explore --record", () => {
  const explored = async (...args: string[]) => {
    const { file, folder } = recordingFile();
    const { code, stderr } = await viommuHere(["explore", ...args, "--record", file]);
    return { file, folder, code, stderr };
  };

  it("records every run of a variant, which is replayed bit for bit, and profiled", async () => {
    const what = ["--scenario", "sva-unbind", "--variant", "drain-first", "--runs", "60"];
    const { file, code } = await explored(...what);
    expect(code).toBe(0);
    const replay = await Replay.create(Recording.open(file), { strict: true });
    const kinds = [...replay].map(({ call }) => call.kind);
    expect(kinds.filter((kind) => kind === "reset")).toHaveLength(60);
    expect(kinds).toContain("requestPage");
    expect(replay.summary).toMatchObject({ different: 0, unrecordedReads: 0, exact: true });

    const { stdout } = await viommuHere(["profile", file, "--timing", "server", "--json"]);
    const { replay: replayed, requests } = JSON.parse(stdout) as ProfileResult;
    expect(replayed).toEqual({ exact: true, different: 0, unrecordedReads: 0 });
    expect(requests).toBeGreaterThan(60);
  });

  it("records the one run of a trace, and its violation is found all the same", async () => {
    const variant = ["--scenario", "sva-unbind", "--variant", "no-flush", "--runs", "200"];
    const { stdout } = await viommuHere(["explore", ...variant, "--json"]);
    const { runs } = JSON.parse(stdout) as { runs: { violations: { trace: string }[] }[] };
    const { file, code } = await explored("--replay", runs[0]!.violations[0]!.trace);
    expect(code).toBe(0);
    const kinds = [...(await Replay.create(Recording.open(file)))].map(({ call }) => call.kind);
    expect(kinds.filter((kind) => kind === "reset")).toHaveLength(1);
  });

  it("sees the walks of the unit, and not those of the recorder: verdicts and states are the same", async () => {
    for (const variant of ["gather", "gather-no-flush"]) {
      const what = ["--scenario", "table-scan", "--variant", variant, "--runs", "150", "--json"];
      const recorded = await viommuHere(["explore", ...what, "--record", recordingFile().file]);
      expect(recorded.stdout).toBe((await viommuHere(["explore", ...what])).stdout);
    }
  });

  it.each([
    [
      ["--scenario", "sva-unbind"],
      "--record is of one unit: name a --variant of sva-unbind; there",
    ],
    [["--all"], "--record is of one unit: name a --scenario and a --variant"],
    [["--debates"], "--record is for a scenario, and not for --debates"],
    [
      ["--scenario", "fault-cookies", "--variant", "lowest"],
      "--record: fault-cookies runs without a remapping unit",
    ],
    [
      ["--scenario", "table-install", "--variant", "exchange", "--runs", "5"],
      "boot.viommu has no unit to record",
    ],
  ])("%j is refused: %s", async (args, message) => {
    const { code, stderr, folder } = await explored(...args);
    expect(stderr).toContain(message);
    expect([code, readdirSync(folder)]).toEqual([2, []]);
  });
});

describe("qemu --record", () => {
  const run = (script: string, file: string) => {
    const kernel = join(temporaryFolder(), "bzImage");
    writeFileSync(kernel, "a kernel");
    const words = ["--kernel", kernel, "--qemu", fakeQemu(script), "--quiet", "--record", file];
    return viommuHere(["qemu", ...words]);
  };

  it("records what QEMU does to the unit", async () => {
    const { file } = recordingFile();
    const { code } = await run(
      `const { ask } = await client(0);
      await ask(9, bytes([8, 8], [4, 0], [4, 8]));
      await tell("guest-shutdown");`,
      file,
    );
    expect(code).toBe(0);
    const recording = Recording.open(file);
    expect(recording.unit.preset).toBe("linux");
    const replay = await Replay.create(recording);
    expect([...replay].map(({ call }) => call)).toEqual([
      { kind: "readRegister", offset: 8, size: 8 },
    ]);
    expect(replay.summary.exact).toBe(true);
  });

  it("records a run up to its crash", async () => {
    const { file } = recordingFile();
    const { code } = await run(
      `const { ask } = await client(0);
      await say("[0.1] Linux\\n");
      await ask(9, bytes([8, 8], [4, 0], [4, 8]));
      process.kill(process.pid, "SIGKILL");`,
      file,
    );
    expect(code).toBe(3);
    expect((await Replay.create(Recording.open(file))).run()).toMatchObject({ exact: true });
  });

  it("leaves no file of a QEMU that does not run", async () => {
    const { folder, file } = recordingFile();
    const { code } = await run(`process.exitCode = 1;`, file);
    expect([code, readdirSync(folder), existsSync(file)]).toEqual([2, [], false]);
  });
});
