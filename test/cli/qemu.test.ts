import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";

import { fakeQemu } from "./fake-qemu.js";
import { temporaryFolder, viommuHere, type Finished } from "./run.js";
import { schemaProblems } from "./schema.js";

interface Printed {
  readonly verdict: string;
  readonly reason?: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
  readonly counters: Readonly<Record<string, number>>;
}

const parents = ["/dev/shm", tmpdir()].filter((folder) => existsSync(folder));
const leftBehind = (pid = process.pid) =>
  parents.flatMap((folder) =>
    readdirSync(folder).filter((name) => name.startsWith(`viommu-${pid}-`)),
  );

let kernel: string;

beforeEach(() => {
  kernel = join(temporaryFolder(), "bzImage");
  writeFileSync(kernel, "a kernel");
});

afterEach(() => {
  expect(leftBehind()).toEqual([]);
});

const run = (script: string, ...args: string[]): Promise<Finished> =>
  viommuHere(["qemu", "--kernel", kernel, "--qemu", fakeQemu(script), ...args]);

async function runJson(script: string, ...args: string[]): Promise<Printed & { code: unknown }> {
  const { code, stdout, stderr } = await run(script, "--json", "--quiet", ...args);
  expect(stderr).toBe("");
  const printed = JSON.parse(stdout) as Printed;
  expect(schemaProblems("qemu", printed)).toEqual([]);
  return { ...printed, code };
}

describe("a guest in QEMU", () => {
  it("has passed when it turns off, and shows its console and an account", async () => {
    const { code, stdout } = await run(`
      await say("[0.0] Linux\\nok mapped\\nskip nested: no IOMMUFD\\n");
      await tell("guest-shutdown");`);
    expect(stdout).toMatch(/Linux[^]*checks +1 passed, 1 skipped, 0 failed[^]*\npass\n$/);
    expect(code).toBe(0);
  });

  it("has failed when a check did", async () => {
    const { code, ...printed } = await runJson(`
      await say("not ok mapped: 3 bytes differ\\n");
      await tell("guest-shutdown");`);
    expect(printed).toMatchObject({ verdict: "fail", reason: "1 checks failed" });
    expect(printed.checks).toEqual([{ name: "mapped", ok: false, detail: "3 bytes differ" }]);
    expect(code).toBe(1);
  });

  it("has failed when its kernel complained, whatever else it wrote", async () => {
    const { code, ...printed } = await runJson(
      `await say("ok mapped\\n[ 2.1] WARNING: drivers/iommu/x.c:1 at y+0x1/0x2, CPU#0: z/1\\r\\nready\\n");
      await tell("guest-shutdown");`,
      ...["--expect-text", "ready"],
    );
    expect(printed).toMatchObject({
      verdict: "fail",
      reason: "the kernel complained: WARNING: drivers/iommu/x.c:1 at y+0x1/0x2, CPU#0: z/1",
    });
    expect(code).toBe(1);
  });

  it("has reached the time limit: the reason has what its kernel complained of", async () => {
    const { code, reason } = await runJson(
      `await say("[ 9.1] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [a:1]\\r\\n");
      setInterval(() => 0, 1000);`,
      ...["--timeout", "1"],
    );
    expect(reason).toMatch(/time limit of 1 s was reached \(watchdog: BUG: soft lockup - CPU#0/);
    expect(code).toBe(124);
  });

  it("has crashed when it resets: the reason has the words of its panic", async () => {
    const { code, reason } = await runJson(`
      await say("[1.5] Kernel panic - not syncing: No working init found.\\r\\n");
      await tell("guest-reset");`);
    expect(reason).toMatch(
      /reset the machine.*Kernel panic - not syncing: No working init found\.\)/,
    );
    expect(code).toBe(3);
  });

  it("ends at the time limit", async () => {
    const { code, verdict, reason } = await runJson(
      "setInterval(() => 0, 1000);",
      "--timeout",
      "1",
    );
    expect([verdict, reason, code]).toEqual(["timeout", "the time limit of 1 s was reached", 124]);
  });

  it("ends, and has passed, when it wrote what is expected, in whatever pieces", async () => {
    const script = `
      await say("login: ready to ");
      await say("serve\\n");
      setInterval(() => 0, 1000);`;
    expect(await runJson(script, "--expect-text", "ready to serve")).toMatchObject({
      verdict: "pass",
      code: 0,
    });
  });

  it("has failed when it turned off, and never wrote what is expected", async () => {
    const { reason, code } = await runJson(`await tell("guest-shutdown");`, "--expect-text", "up");
    expect([reason, code]).toEqual(['the guest turned off, and never wrote "up"', 1]);
  });

  it("gets its options, behind those of every run, and what stands behind --", async () => {
    const { stdout } = await run(
      `await say(JSON.stringify(args)); await tell("guest-shutdown");`,
      ...["--append", "quiet", "--smp", "2", "--memory", "256", "--initrd", kernel, "--quiet"],
      ...["--endpoint", "edu@00:03.0", "--", "-device", '{"driver":"more"}'],
    );
    const args = JSON.parse(stdout) as string[];
    const after = (option: string) => args.filter((_, index) => args[index - 1] === option);
    expect(after("-append")).toEqual(["console=ttyS0 panic=-1 intel_iommu=on,sm_on quiet"]);
    expect([after("-smp"), after("-m"), after("-initrd")]).toEqual([["2"], ["256M"], [kernel]]);
    expect(after("-cpu")).toEqual(["max,la57=off"]);
    expect(after("-run-with")).toEqual(["exit-with-parent=on"]);
    const devices = after("-device").map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(devices.map(({ addr, driver }) => addr ?? driver)).toEqual(["04.0", "03.0", "more"]);
    expect(JSON.parse(after("-object")[0]!)).toMatchObject({ size: 256 * 2 ** 20, share: true });
  });

  it("has five-level tables if the unit can walk them", async () => {
    const { stdout } = await run(
      `await say(args[args.indexOf("-cpu") + 1]); await tell("guest-shutdown");`,
      ...["--unit", "FS5LP=1", "--quiet"],
    );
    expect(stdout).toBe("max");
  });

  // An MSI has 4 bytes of data, behind a header of 16 bytes, an address, and a count that is 32 or 64 bits wide.
  it.each([
    ["10.1.0", 16 + 8 + 4 + 4],
    ["10.2.3", 16 + 8 + 4 + 4],
    ["11.0.0", 16 + 8 + 8 + 4],
    ["11.1.3", 16 + 8 + 8 + 4],
  ])(
    "gets messages of DMA as its QEMU %s has them: an interrupt of %i bytes",
    async (version, size) => {
      const qemu = fakeQemu(
        `const { socket, ask } = await client(0);
      let seen = Buffer.alloc(0);
      socket.on("data", (chunk) => { seen = Buffer.concat([seen, chunk]); });
      const write = (offset, size, value) =>
        ask(10, bytes([8, offset], [4, 0], [4, size], [size, value]));
      await write(0x3c, 4, 0x31);
      await write(0x40, 4, 0xfee00000);
      await write(0x38, 4, 0);
      // A queue in memory that nobody lends.
      await write(0x90, 8, 0x40000000);
      await write(0x18, 4, 1 << 26);
      await write(0x88, 4, 0x10);
      for (let at = 0; ; await new Promise(setImmediate)) {
        while (at + 8 <= seen.length && seen.readUInt16LE(at + 2) !== 12) at += seen.readUInt32LE(at + 4);
        if (at + 8 > seen.length) continue;
        await say(String(seen.readUInt32LE(at + 4)));
        break;
      }
      await tell("guest-shutdown");`,
        version,
      );
      const { stdout } = await viommuHere(["qemu", "--kernel", kernel, "--qemu", qemu, "--quiet"]);
      expect(stdout).toBe(String(size));
    },
  );

  it("is not disturbed by a second client of a socket, which is sent away", async () => {
    const { code, stderr } = await run(
      `const first = await client(0);
      const { path } = JSON.parse(args[args.indexOf("-device") + 1]).socket;
      await once(connect(path).on("error", () => undefined), "close");
      await first.ask(9, bytes([8, 8], [4, 0], [4, 8]));
      await tell("guest-shutdown");`,
      "--quiet",
    );
    expect(stderr).toMatch(/^refused: the unit: a second client came .*sent away\n$/);
    expect(code).toBe(0);
  });

  it("leaves a trace of what it did to the unit", async () => {
    const file = join(temporaryFolder(), "trace.jsonl");
    await run(
      `const { ask } = await client(0);
      await ask(9, bytes([8, 8], [4, 0], [4, 8]));
      await tell("guest-shutdown");`,
      ...["--trace", file, "--quiet"],
    );
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      event: "trace",
      kind: "register",
      access: "read",
      offset: 8,
      size: 8,
    });
  });
});

describe("a run ends with 3, and the reason, when", () => {
  it("QEMU is killed in the middle of a message", async () => {
    const { code, reason } = await runJson(`
      await say("[0.1] Linux\\n");
      const { socket } = await client(0);
      socket.write(bytes([2, 7], [2, 10], [4, 4096], [4, 0]), () => process.kill(process.pid, "SIGKILL"));
      setInterval(() => 0, 1000);`);
    expect([reason, code]).toEqual(["QEMU was ended by SIGKILL", 3]);
  });

  it("QEMU fails in the middle of a run", async () => {
    const { code, reason } = await runJson(`
      await say("[0.1] Linux\\n");
      process.stderr.write("qemu: warning: of no interest\\nqemu: internal error\\n");
      process.exitCode = 1;`);
    expect([reason, code]).toEqual(["QEMU ended with code 1: qemu: internal error", 3]);
  });

  it("the guest's memory is not shared", async () => {
    const { code, reason } = await runJson(`
      const { ask } = await client(0);
      await ask(2, bytes([4, 32], [4, 3], [8, 0], [8, 0x100000], [8, 0x1ff00000]));
      setInterval(() => 0, 1000);`);
    expect(reason).toMatch(/memory is not shared with the server: .*share=on/);
    expect(code).toBe(3);
  });

  it("the guest has put the registers elsewhere than DMAR says", async () => {
    const { code, reason } = await runJson(`
      const { ask } = await client(0);
      await ask(10, bytes([8, 0x10], [4, 7], [4, 4], [4, 0xfb000000]));
      await ask(10, bytes([8, 4], [4, 7], [4, 2], [2, 7]));
      setInterval(() => 0, 1000);`);
    expect(reason).toMatch(/registers at 0xfb000000, and DMAR says 0xfd000000/);
    expect(code).toBe(3);
  });

  it("QEMU breaks the protocol, and says nothing of it", async () => {
    const { code, reason } = await runJson(`
      const { socket } = await client(1);
      socket.write(bytes([2, 7], [2, 10], [4, 3], [4, 0], [4, 0]));
      setInterval(() => 0, 1000);`);
    expect(reason).toMatch(/connection to the endpoint at 00:05\.0 broke: .*size is 3/);
    expect(code).toBe(3);
  });
});

describe("a command that is ended in the middle of a run", () => {
  const main = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));
  const CONNECTED = "await monitor(); await client(0); await client(1);";

  /** The built command, and the QEMU that it runs; `script` comes before QEMU tells its process id. */
  async function midway(script: string, version: string) {
    const tellAndStay = `await say("process " + process.pid + "\\n"); setInterval(() => 0, 1000);`;
    const qemu = fakeQemu(`${script} ${tellAndStay}`, version);
    const args = [main, "qemu", "--kernel", kernel, "--qemu", qemu];
    const command = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [said] = (await once(command.stdout, "data")) as [Buffer];
    const qemuPid = Number(/process (\d+)/.exec(said.toString())?.[1]);
    onTestFinished(() => {
      if (isRunning(qemuPid)) process.kill(qemuPid, "SIGKILL");
    });
    return { command, qemuPid, exited: once(command, "exit") };
  }

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends by %s, and leaves neither files nor QEMU behind",
    async (signal) => {
      const { command, qemuPid, exited } = await midway("", "11.1.3");
      expect(leftBehind(command.pid)).toHaveLength(1);
      command.kill(signal);
      expect(await exited).toEqual([null, signal]);
      expect(leftBehind(command.pid)).toEqual([]);
      expect(isRunning(qemuPid)).toBe(false);
    },
  );

  it("leaves nothing when it is killed: what QEMU has open has no name any more", async () => {
    const { command, exited } = await midway(CONNECTED, "10.1.3");
    expect(leftBehind(command.pid)).toEqual([]);
    command.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);
    expect(leftBehind(command.pid)).toEqual([]);
  });

  it("takes a QEMU with it that cannot be told to end with its parent (before 10.2)", async () => {
    const { command, qemuPid, exited } = await midway(CONNECTED, "10.1.3");
    command.kill("SIGKILL");
    await exited;
    await ended(qemuPid);
  });

  it("leaves files when it is killed before QEMU has opened them: the next run removes them", async () => {
    const { command, exited } = await midway("", "10.1.3");
    command.kill("SIGKILL");
    await exited;
    expect(leftBehind(command.pid)).toHaveLength(1);
    const other = await midway("", "10.1.3");
    await run(`await tell("guest-shutdown");`, "--quiet");
    expect(leftBehind(command.pid)).toEqual([]);
    expect(leftBehind(other.command.pid)).toHaveLength(1);
    other.command.kill("SIGTERM");
    await other.exited;
  });

  it.each([
    ["the console", "", `{ "$@"; echo "code $?" >&2; } | head -n 1`],
    [
      "standard error",
      "--json",
      `{ { "$@"; echo "code $?" >&3; } 2>&1 >/dev/null | head -n 1; } 3>&2`,
    ],
  ])(
    "ends with 0 when nobody reads %s, and leaves neither files nor QEMU behind",
    async (_, option, script) => {
      const qemu = fakeQemu(`
      await say("process " + process.pid + " of " + process.ppid + "\\n");
      setInterval(() => void say("[0.1] Linux\\n"), 10);`);
      const options = ["--kernel", kernel, "--qemu", qemu, ...(option === "" ? [] : [option])];
      const words = [process.execPath, main, "qemu", ...options];
      const shell = spawn("sh", ["-c", script, "sh", ...words]);
      let [stdout, stderr] = ["", ""];
      shell.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
      shell.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
      await once(shell, "close");
      const [, qemuPid, pid] = /^process (\d+) of (\d+)\n$/.exec(stdout)?.map(Number) ?? [];
      expect(isRunning(qemuPid!)).toBe(false);
      expect(leftBehind(pid)).toEqual([]);
      expect(stderr).toBe("code 0\n");
    },
  );
});

/** A process that has ended stays in the table until its parent, or init, has looked. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("a run that cannot be ends with 2, and says what can:", () => {
  it("QEMU does not take its arguments", async () => {
    const { code, stderr } = await run(
      `process.stderr.write("qemu: -device nope: not valid\\n"); process.exitCode = 1;`,
    );
    expect(stderr).toBe("viommu: QEMU does not run: qemu: -device nope: not valid\n");
    expect(code).toBe(2);
  });

  it("QEMU has no vfio-user yet", async () => {
    const qemu = fakeQemu("", "10.0.3");
    const { code, stderr } = await viommuHere(["qemu", "--kernel", kernel, "--qemu", qemu]);
    expect(stderr).toMatch(/is QEMU 10\.0\.3, and vfio-user came with 10\.1: .*--qemu PATH/);
    expect(code).toBe(2);
  });

  it.each([
    [["--qemu", "qemu-nowhere"], /there is no qemu-nowhere: .*Debian.*--qemu PATH/],
    [["--qemu", "/bin/true"], /\/bin\/true is no QEMU: asked for its version, it says "/],
    [["--initrd", "nowhere.gz"], /--initrd: no such file: nowhere\.gz/],
    [["--kernel", "."], /--kernel: \. is no file/],
    [["--memory", "1"], /--memory "1" is no number from 64 to 65536/],
    [["--smp", "many"], /--smp "many" is no number from 1 to 64/],
    [["--timeout", "0"], /--timeout "0" is no number from 0\.1/],
    [["--expect-text", ""], /--expect-text "" would be met by anything/],
    [["--endpoint", "edu@00:04.0"], /00:04\.0 is taken by the unit/],
    [["--endpoint", "edu@01:00.0"], /01:00\.0 is not function 0 of a device on bus 0/],
    [["--endpoint", "dma-engine,pasid-bits=21"], /pasidBits must be 1 to 20, got 21/],
    [["--endpoint", "edu,bits=4"], /"bits=4" is no option of edu; it has dma-mask=NUMBER/],
    [["--trace", "/nowhere/t"], /cannot write the trace/],
  ])("%j", async (args, message) => {
    const { code, stderr } = await run("", ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it("there is no kernel to boot", async () => {
    const { code, stderr } = await viommuHere(["qemu"]);
    expect(stderr).toMatch(/required option '--kernel <file>'/);
    expect(code).toBe(2);
  });
});
