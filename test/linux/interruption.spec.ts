import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, inject, it, onTestFinished } from "vitest";

const main = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));

/** The command, whose guest has written something; and its QEMU. */
async function midBoot(): Promise<{ command: ChildProcess; qemu: number }> {
  const { qemu, iommufdKernel } = inject("guestFiles");
  const words = [main, "qemu", "--qemu", qemu, "--kernel", iommufdKernel];
  const command = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void command.kill("SIGKILL"));
  await once(command.stdout, "data");
  const children = readFileSync(`/proc/${command.pid}/task/${command.pid}/children`, "utf8");
  return { command, qemu: Number(children.trim()) };
}

const filesOf = ({ pid }: ChildProcess) =>
  readdirSync("/dev/shm").filter((name) => name.startsWith(`viommu-${pid}-`));

/** A process that nobody has looked after at its end stays in the table for a while. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("a boot of Linux in QEMU whose command is ended", () => {
  it.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s leaves neither QEMU nor files",
    async (signal) => {
      const { command, qemu } = await midBoot();
      expect(runs(qemu)).toBe(true);
      command.kill(signal);
      expect(await once(command, "exit")).toEqual([null, signal]);
      while (runs(qemu)) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(filesOf(command)).toEqual([]);
    },
  );

  it("because nobody reads its output ends with 0, and leaves neither QEMU nor files", async () => {
    const { command, qemu } = await midBoot();
    command.stdout!.destroy();
    expect(await once(command, "exit")).toEqual([0, null]);
    expect(runs(qemu)).toBe(false);
    expect(filesOf(command)).toEqual([]);
  });
});
