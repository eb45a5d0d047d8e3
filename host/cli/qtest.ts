import { Command, Option } from "commander";

import { OptionError, QtestServer, q35Devices, type Q35Options } from "../emulators/qtest/index.js";
import type { PresetName } from "../spec/index.js";
import type { CommandContext } from "./command-line.js";
import { UsageError } from "./exit-code.js";
import { stoppedBySignals } from "./interruption.js";
import { parseNumberIn } from "./numbers.js";
import { packageVersion } from "./package-files.js";
import { parseUnit, presetOption, unitOption } from "./unit-options.js";

interface QtestFlags {
  readonly socket?: string;
  readonly stdio?: true;
  readonly qmp?: string;
  readonly memory: string;
  readonly device: string[];
  readonly preset: PresetName;
  readonly unit: string[];
  readonly log?: true;
}

const USUAL_DEVICES = ["iommu-testdev", "edu,dma_mask=0xffffffffffffffff", "dma-engine"];
const MOST_MIB = 4095;

const HELP = `
The machine has the addresses of QEMU's q35 (docs/qtest.md). With --socket one
client at a time is served until Ctrl-C; the machine stays as the last one left it.

Examples:
  viommu qtest --socket /tmp/qtest.sock
  echo 'readq 0xfed90008' | viommu qtest --stdio
  viommu qtest --stdio --device intel-iommu,scalable-mode=on,fsts=on --device edu`;

/** `viommu qtest`: the built-in machine behind QEMU's qtest protocol. */
export function qtestCommand({ terminal }: CommandContext): Command {
  return new Command("qtest")
    .description("serve the built-in machine behind QEMU's qtest protocol (docs/qtest.md)")
    .addOption(new Option("--socket <path>", "listen at a Unix socket").conflicts("stdio"))
    .option("--stdio", "serve on standard input and output")
    .option("--qmp <path>", "serve a monitor (QMP) at a Unix socket")
    .option("--memory <MiB>", "RAM", "512")
    .addOption(
      new Option("--device <driver,name=value>", "a device, as QEMU's -device; repeatable")
        .argParser((text: string, before: string[]) => [...before, text])
        .default([], USUAL_DEVICES.join(" ")),
    )
    .addOption(presetOption())
    .addOption(unitOption())
    .option("--log", "write what is said to standard error")
    .addHelpText("after", HELP)
    .action(async (flags: QtestFlags, command: Command) => {
      const isPreset = command.getOptionValueSource("preset") !== "default";
      const options = {
        machine: parseMachine(flags, isPreset),
        qtest: parseEnd(flags),
        monitors: flags.qmp === undefined ? [] : [listenAt("--qmp", flags.qmp)],
        packageVersion: packageVersion(),
        stdio: { input: process.stdin, output: process.stdout },
        ...(flags.log && { log: (line: string) => void process.stderr.write(line) }),
      };
      await stoppedBySignals(async (signal) => {
        const server = await QtestServer.start(options).catch(asUsage);
        if (flags.socket !== undefined) {
          terminal.message(`serving at ${flags.socket}; Ctrl-C ends`);
        }
        const stopped = new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => {
            resolve();
          });
          if (signal.aborted) resolve();
        });
        await Promise.race([server.ended(), stopped]);
        await server.close();
        if (flags.stdio) process.stdin.destroy();
      });
    });
}

function parseMachine(flags: QtestFlags, isPreset: boolean): Q35Options {
  const given = asUsageOf(() => q35Devices(flags.device));
  if (given.unit !== undefined && (isPreset || flags.unit.length > 0)) {
    throw new UsageError(
      "--preset and --unit describe the unit, and so does --device intel-iommu: give one",
    );
  }
  const devices = flags.device.length === 0 ? q35Devices(USUAL_DEVICES) : given;
  return {
    memoryBytes: Math.floor(parseNumberIn("--memory", flags.memory, 1, MOST_MIB)) * 2 ** 20,
    ...devices,
    unit: devices.unit ?? parseUnit(flags.preset, flags.unit),
  };
}

function parseEnd({ socket, stdio }: QtestFlags): ReturnType<typeof listenAt> | { kind: "stdio" } {
  if (stdio) return { kind: "stdio" };
  if (socket === undefined) throw new UsageError("give --socket PATH or --stdio");
  return listenAt("--socket", socket);
}

function listenAt(option: string, path: string): { kind: "unix"; path: string; listens: true } {
  if (path === "") throw new UsageError(`${option} "" is no path`);
  return { kind: "unix", path, listens: true };
}

function asUsageOf<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof OptionError ? new UsageError(error.message) : error;
  }
}

/** A socket that cannot be made, or a machine that cannot be, is one of the command line. */
function asUsage(error: unknown): never {
  if (error instanceof OptionError || error instanceof RangeError)
    throw new UsageError(error.message);
  const { syscall, code, message } = error as NodeJS.ErrnoException;
  if (syscall !== "listen") throw error;
  const why = code === "EADDRINUSE" ? "; the socket exists: delete it if no server has it" : "";
  throw new UsageError(`${message}${why}`);
}
