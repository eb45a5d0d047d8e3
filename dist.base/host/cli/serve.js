import { resolve } from "node:path";
import { Command, Option } from "commander";
import { KERNEL_WORDS } from "../emulators/qemu/machine-arguments.js";
import { QemuError } from "../emulators/qemu/qemu-error.js";
import { endpointOption } from "./endpoint-options.js";
import { ExitCode, UsageError } from "./exit-code.js";
import { stoppedBySignals } from "./interruption.js";
import { jsonText } from "./json.js";
import { parseQemuEndpoints } from "./qemu-endpoints.js";
import { memoryOption, parseMemory } from "./qemu-memory.js";
import { serve } from "./serve-session.js";
import { parseUnit, presetOption, unitOption } from "./unit-options.js";
const HELP = `
Prints the options that your QEMU needs, and serves until Ctrl-C. Standard error
tells of clients that come and go, of requests that were refused, and of interrupts
that no client took. The RAM file, the DMAR table and the sockets are gone afterwards.

Examples:
  viommu serve --directory /tmp/viommu
  viommu serve --json --until-disconnected --dma-layout count32`;
const EXIT_CODES = {
    stopped: ExitCode.pass,
    gone: ExitCode.pass,
    broken: ExitCode.guest,
};
/** `viommu serve`: the unit and endpoints for a QEMU that the user starts. */
export function serveCommand({ terminal, exitWith }) {
    return new Command("serve")
        .description("serve the virtual IOMMU to a QEMU that you start (docs/qemu.md)")
        .option("--directory <folder>", "where sockets and files go (default: a new one in memory)")
        .addOption(memoryOption())
        .addOption(endpointOption("dma-engine"))
        .addOption(presetOption("linux"))
        .addOption(unitOption())
        .addOption(new Option("--dma-layout <layout>", "messages of DMA: count32 for QEMU 10.1 and 10.2")
        .choices(["count64", "count32"])
        .default("count64"))
        .option("--until-disconnected", "end when all clients are gone")
        .option("--json", "print the options as JSON (docs/serve.schema.json)")
        .addHelpText("after", HELP)
        .action(async (flags) => {
        const options = parseServe(flags);
        const listener = {
            serving: (served) => {
                terminal.out(flags.json === true ? servedJson(options, served) : pasteable(served));
                terminal.message(`serving in ${served.directory}; Ctrl-C ends. Linux: ${KERNEL_WORDS}`);
            },
            told: terminal.message,
        };
        const ending = await stoppedBySignals((signal) => serve({ ...options, signal }, listener)).catch(asUsage);
        exitWith(EXIT_CODES[ending]);
    });
}
function parseServe(flags) {
    const { directory, dmaLayout, untilDisconnected = false } = flags;
    if (directory === "")
        throw new UsageError('--directory "" is no folder');
    return {
        ...(directory !== undefined && { directory: resolve(directory) }),
        memoryMib: parseMemory(flags.memory),
        unit: parseUnit(flags.preset, flags.unit),
        ...parseQemuEndpoints(flags.endpoint),
        dmaLayout,
        untilDisconnected,
    };
}
/** A file or a socket that cannot be made is one of the command line. */
function asUsage(error) {
    if (error instanceof QemuError || error instanceof RangeError)
        throw new UsageError(error.message);
    const { syscall, code, message } = error;
    if (syscall !== "listen")
        throw error;
    const why = code === "EADDRINUSE" ? "the socket exists: delete it if no server has it" : "";
    throw new UsageError([message, why].filter((part) => part !== "").join("; "));
}
/** One option on a line, for a shell. */
function pasteable(served) {
    const lines = [];
    for (const word of served.arguments) {
        if (word.startsWith("-"))
            lines.push(word);
        else
            lines.push(`${lines.pop() ?? ""} ${shellWord(word)}`);
    }
    return `${lines.join(" \\\n")}\n`;
}
function shellWord(word) {
    return /^[\w./=,:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
function servedJson(options, served) {
    const { directory, ramFile, dmarFile, functions } = served;
    const { memoryMib, unit, dmaLayout } = options;
    return jsonText({
        directory,
        ramFile,
        dmarFile,
        memoryMib,
        preset: unit.preset,
        dmaLayout,
        functions,
        arguments: served.arguments,
        kernelWords: KERNEL_WORDS,
    });
}
