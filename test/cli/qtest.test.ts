import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

import { QtestClient } from "../../host/emulators/qtest/index.js";
import { temporaryFolder, viommuHere } from "./run.js";

const main = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));

/** What the command answers on standard output to commands on standard input. */
function stdio(input: string, ...args: string[]): string[] {
  const out = execFileSync(process.execPath, [main, "qtest", "--stdio", ...args], { input });
  return out.toString().trimEnd().split("\n");
}

describe("viommu qtest", () => {
  it("serves on standard input and output until the input ends", () => {
    expect(stdio("readl 0xfed90000\nendianness\n")).toEqual(["OK 0x0000000000000060", "OK little"]);
  });

  it("has the unit of --preset and --unit, or of --device", () => {
    const cap = "readq 0xfed90008\n";
    expect(stdio(cap, "--preset", "legacy")).toEqual(["OK 0x00d2008c226f0606"]);
    expect(stdio(cap, "--preset", "legacy", "--unit", "CM=1")).toEqual(["OK 0x00d2008c226f0686"]);
    expect(stdio(cap, "--device", "intel-iommu,aw-bits=39")).toEqual(["OK 0x80d2008c22260206"]);
  });

  it("listens at a socket, with a monitor beside it, and leaves nothing behind", async () => {
    const folder = temporaryFolder();
    const [socket, qmp] = [join(folder, "qtest"), join(folder, "qmp")];
    const child = spawn(process.execPath, [main, "qtest", "--socket", socket, "--qmp", qmp]);
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    const [said] = (await once(child.stderr, "data")) as [Buffer];
    expect(said.toString()).toContain(`serving at ${socket}`);
    const client = await QtestClient.connect(socket);
    expect(await client.command("endianness")).toBe("little");
    expect(existsSync(qmp)).toBe(true);
    child.kill("SIGINT");
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(0);
    expect([existsSync(socket), existsSync(qmp)]).toEqual([false, false]);
  });

  it.each([
    [[], "give --socket PATH or --stdio"],
    [["--stdio", "--socket", "/x"], "cannot be used with"],
    [["--stdio", "--device", "vga"], "there are intel-iommu"],
    [["--stdio", "--device", "intel-iommu", "--preset", "full"], "give one"],
    [["--stdio", "--device", "intel-iommu", "--unit", "CM=1"], "give one"],
    [["--stdio", "--memory", "5000"], '--memory "5000" is no number from 1 to 4095'],
    [["--stdio", "--unit", "XX=1"], 'no field "XX"'],
    [["--socket", ""], '--socket "" is no path'],
  ])("refuses %j with the reason", async (args, why) => {
    const { code, stderr } = await viommuHere(["qtest", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  it("says that a socket exists", async () => {
    const socket = join(temporaryFolder(), "qtest");
    writeFileSync(socket, "");
    const { code, stderr } = await viommuHere(["qtest", "--socket", socket]);
    expect(code).toBe(2);
    expect(stderr).toContain("the socket exists: delete it if no server has it");
  });
});
