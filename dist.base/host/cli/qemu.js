import { accessSync, constants, statSync } from "node:fs";
import { Command } from "commander";
import { QemuError } from "../emulators/qemu/qemu-error.js";
import { findQemu } from "../emulators/qemu/qemu-program.js";
import { bootAccount } from "./boot-account.js";
import { endpointOption } from "./endpoint-options.js";
import { ExitCode, UsageError } from "./exit-code.js";
import { endedBySignals } from "./interruption.js";
import { jsonText } from "./json.js";
import { parseNumberIn } from "./numbers.js";
import { parseQemuEndpoints } from "./qemu-endpoints.js";
import { memoryOption, parseMemory } from "./qemu-memory.js";
import { runQemuSession } from "./qemu-session.js";
import { parseUnit, presetOption, unitOption } from "./unit-options.js";
const PROCESSORS = { least: 1, most: 64 };
const LONGEST_SECONDS = 86_400;
const HELP = `
The guest is a 64-bit Linux kernel as its build makes it (bzImage), in QEMU 10.1
or newer without KVM. The unit and the endpoints are served to it by this process.
Its first serial port is the console: lines "ok NAME", "not ok NAME: detail" and
"skip NAME: why" are its checks. A guest that powers off has passed, unless a check
failed; one that resets, which a panic does, has crashed. Arguments behind -- are
QEMU's.

Examples:
  viommu qemu --kernel bzImage --initrd initramfs.gz
  viommu qemu --kernel bzImage --expect-text "Adding to iommu group" --timeout 60
  viommu qemu --kernel bzImage --initrd tests.gz --json --quiet | jq .checks
  viommu qemu --kernel bzImage --endpoint dma-engine,pasid-bits=16 -- -device virtio-rng-pci`;
const EXIT_CODES = {
    pass: ExitCode.pass,
    fail: ExitCode.failed,
    crash: ExitCode.guest,
    timeout: ExitCode.timeLimit,
};
/** `viommu qemu`: an unmodified Linux in QEMU with a virtual IOMMU. */
export function qemuCommand({ terminal, exitWith }) {
    return new Command("qemu")
        .description("boot a 64-bit Linux in QEMU with the virtual IOMMU attached (docs/qemu.md)")
        .requiredOption("--kernel <file>", "kernel to boot (bzImage)")
        .option("--initrd <file>", "initramfs of the guest")
        .option("--append <words>", "more words of the kernel command line")
        .addOption(memoryOption())
        .option("--smp <number>", "processors of the guest", "1")
        .addOption(endpointOption("dma-engine"))
        .addOption(presetOption("linux"))
        .addOption(unitOption())
        .option("--timeout <seconds>", "time limit", "120")
        .option("--expect-text <text>", "end the run, as passed, when the guest has written this")
        .option("--trace <file>", "write every event of the unit to a file, one JSON object on a line")
        .option("--qemu <program>", "the QEMU to run (default: qemu-system-x86_64 of PATH)")
        .option("--json", "print the result as JSON (docs/qemu.schema.json)")
        .option("--quiet", "no account; with --json, no console output")
        .argument("[arguments...]", "behind --: more arguments of QEMU")
        .addHelpText("after", HELP)
        .action(async (more, flags) => {
        const { options, qemu } = await parseSession(more, flags);
        const record = await endedBySignals((signal) => runQemuSession({ ...options, signal }, { show: consoleSink(flags, terminal), told: terminal.message })).catch(asUsage);
        if (flags.json === true)
            terminal.out(qemuJson(flags, qemu, record));
        else if (flags.quiet !== true)
            terminal.out(bootAccount(record, terminal));
        else if (record.reason !== undefined)
            terminal.message(`${record.verdict}: ${record.reason}`);
        exitWith(EXIT_CODES[record.verdict]);
    });
}
async function parseSession(more, flags) {
    const { initrd, append, expectText } = flags;
    const parsed = {
        kernel: requireFile("--kernel", flags.kernel),
        ...(initrd !== undefined && { initrd: requireFile("--initrd", initrd) }),
        ...(append !== undefined && { append }),
        memoryMib: parseMemory(flags.memory),
        processors: Math.floor(parseNumberIn("--smp", flags.smp, PROCESSORS.least, PROCESSORS.most)),
        timeLimitSeconds: parseNumberIn("--timeout", flags.timeout, 0.1, LONGEST_SECONDS),
        ...parseQemuEndpoints(flags.endpoint),
        unit: parseUnit(flags.preset, flags.unit),
        traceFile: flags.trace,
        expectedText: expectText,
        more,
    };
    if (expectText === "")
        throw new UsageError('--expect-text "" would be met by anything');
    const qemu = await findQemu(flags.qemu).catch(asUsage);
    return { qemu, options: { ...parsed, qemu } };
}
/** QEMU's own message for a file that it cannot read comes late, and names no option. */
function requireFile(option, path) {
    try {
        accessSync(path, constants.R_OK);
    }
    catch (error) {
        const missing = error.code === "ENOENT";
        throw new UsageError(`${option}: ${missing ? "no such file" : "cannot read"}: ${path}`);
    }
    if (!statSync(path).isFile())
        throw new UsageError(`${option}: ${path} is no file`);
    return path;
}
/** Before anything runs, a value out of range is one of the command line. */
function asUsage(error) {
    const known = error instanceof QemuError || error instanceof RangeError;
    throw known ? new UsageError(error.message) : error;
}
/** Where the console goes: it must not mix with JSON. */
function consoleSink(flags, terminal) {
    if (flags.json !== true)
        return terminal.out;
    return flags.quiet === true ? () => undefined : terminal.message;
}
function qemuJson(flags, qemu, record) {
    const { verdict, reason, unit, checks, counters, wallMs } = record;
    return jsonText({
        emulator: "qemu",
        emulatorVersion: qemu.version,
        kernel: flags.kernel,
        verdict,
        ...(reason !== undefined && { reason }),
        preset: unit.preset,
        checks,
        counters,
        wallMs: Math.round(wallMs),
    });
}
