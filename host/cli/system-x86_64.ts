#!/usr/bin/env node
import { closeSync, openSync, writeSync } from "node:fs";

import { CapabilityError } from "../core/capabilities.js";
import {
  deviceHelp,
  OptionError,
  parseSystemArguments,
  q35Devices,
  QtestServer,
  SYSTEM_OPTIONS,
  type SystemArguments,
  type SystemQuestion,
} from "../emulators/qtest/index.js";
import { stoppedBySignals } from "./interruption.js";
import { packageVersion } from "./package-files.js";

const NAME = "viommu-system-x86_64";
/** QEMU's exit code for a command line that it does not take. */
const REFUSED = 1;
/** How often it is looked whether the parent is still there. */
const PARENT_MS = 500;

/** `viommu-system-x86_64`: the built-in machine, started by QEMU's command line (docs/qtest.md). */
async function main(args: readonly string[]): Promise<void> {
  const parsed = parseSystemArguments(args);
  if ("asks" in parsed) process.stdout.write(answer(parsed));
  else await run(parsed);
}

async function run(options: SystemArguments): Promise<void> {
  const { machine, memoryMib, devices, takenSlots, qtest, monitors, qtestLog } = options;
  if ([qtest, ...monitors].every(({ kind }) => kind === "null")) {
    throw new OptionError("nobody can come: give -qtest unix:PATH or -qtest stdio");
  }
  if (machine === "none" && devices.length > 0) {
    throw new OptionError(`-device ${devices[0]!}: the machine none has no bus`);
  }
  const log = qtestLog === undefined ? undefined : openSync(qtestLog, "a");
  try {
    await stoppedBySignals(async (signal) => {
      const server = await QtestServer.start({
        ...(machine === "q35" && {
          machine: { memoryBytes: memoryMib * 2 ** 20, ...q35Devices(devices, takenSlots) },
        }),
        qtest,
        monitors,
        packageVersion: packageVersion(),
        stdio: { input: process.stdin, output: process.stdout },
        ...(log !== undefined && { log: (line: string) => void writeSync(log, line) }),
      });
      await Promise.race([server.ended(), stop(signal, options.exitsWithParent)]);
      await server.close();
      process.stdin.destroy();
    });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function stop(signal: AbortSignal, withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      resolve();
    });
    if (signal.aborted) resolve();
    const parent = process.ppid;
    if (!withParent) return;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, PARENT_MS).unref();
  });
}

function answer({ asks, text }: SystemQuestion): string {
  switch (asks) {
    case "version":
      return `${NAME} ${packageVersion()} (takes the options of QEMU 11.1)\n`;
    case "machines":
      return "none     no machine\nq35      the built-in machine with the addresses of QEMU's q35\n";
    case "devices":
      return deviceHelp(text ?? "help") ?? "";
    case "help":
      return `usage: ${NAME} -machine q35 -qtest unix:PATH -device intel-iommu -device edu ...\n${SYSTEM_OPTIONS}\n`;
  }
}

/** What the user can change is one line, as QEMU does it; anything else is a defect. */
function report(error: unknown): void {
  const { syscall, code } = error as NodeJS.ErrnoException;
  const isUsers =
    error instanceof OptionError ||
    error instanceof CapabilityError ||
    error instanceof RangeError ||
    syscall !== undefined;
  const text = error instanceof Error ? error.message : String(error);
  const why = code === "EADDRINUSE" ? ": the socket exists" : "";
  process.stderr.write(`${NAME}: ${isUsers ? "" : "internal error: "}${text}${why}\n`);
  process.exitCode = REFUSED;
}

process.stdout.on("error", () => process.exit(0));
try {
  await main(process.argv.slice(2));
} catch (error) {
  report(error);
}
