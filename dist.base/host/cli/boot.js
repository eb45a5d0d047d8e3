import { Command, Option } from "commander";
import { bootAccount } from "./boot-account.js";
import { readDisk } from "./boot-disk.js";
import { parseEndpoints } from "./boot-endpoints.js";
import { readImage } from "./boot-image.js";
import { bootImage } from "./boot-session.js";
import { endpointOption } from "./endpoint-options.js";
import { ExitCode } from "./exit-code.js";
import { jsonText } from "./json.js";
import { parseNumberIn, parseUnsigned } from "./numbers.js";
import { packageFile } from "./package-files.js";
import { parseUnit, presetOption, unitOption } from "./unit-options.js";
const DEFAULT_IMAGE = "images/pri-demo.elf";
/** v86 has less than 2 GiB of RAM, and a multiboot guest starts at 1 MiB. */
const MEMORY = { least: 2, most: 2047 };
const LONGEST_SECONDS = 86_400;
const HELP = `
Without an image, the demonstration of page requests that comes with viommu is
booted. An image is a 32-bit x86 ELF executable with a multiboot header. Its
lines "ok NAME", "not ok NAME: detail" and "skip NAME: why" on the first serial
port are its checks; a write to I/O port 0xf4 ends it, and 0 means pass. Serial output goes to
standard output; with --json it goes to standard error.

Examples:
  viommu boot
  viommu boot my-driver-test.elf --timeout 60 --trace trace.jsonl
  viommu boot my-disk-test.elf --disk pattern:1M
  viommu boot --json --quiet | jq .verdict
  viommu boot --preset linux --unit PSS=15 my-driver-test.elf`;
const EXIT_CODES = {
    pass: ExitCode.pass,
    fail: ExitCode.failed,
    hang: ExitCode.guest,
    crash: ExitCode.guest,
    timeout: ExitCode.timeLimit,
};
/** `viommu boot`: a guest in v86 with a virtual IOMMU. */
export function bootCommand({ terminal, exitWith }) {
    return new Command("boot")
        .description("boot a test image in v86 with the virtual IOMMU attached, and show what happened")
        .argument("[image]", "multiboot ELF image")
        .option("--timeout <seconds>", "time limit", "30")
        .option("--memory <mib>", "RAM of the guest in MiB", "64")
        .option("--disk <image>", "IDE disk of the guest: a file, or pattern:SIZE where each 32-bit word is its own offset")
        .addOption(endpointOption("dma-engine and edu"))
        .addOption(new Option("--interrupt-remapping <form>", "let DMAR announce interrupt remapping, for messages of the endpoints only").choices(["msi-only"]))
        .addOption(presetOption())
        .addOption(unitOption())
        .option("--seed <number>", "told to the guest on its command line, as seed=NUMBER", "1")
        .option("--trace <file>", "write every event of the unit to a file, one JSON object on a line")
        .option("--jit", "let v86 translate hot code: faster, and not as exactly repeatable")
        .option("--json", "print the result as JSON (docs/boot.schema.json)")
        .option("--quiet", "no account; with --json, no serial output")
        .addHelpText("after", HELP)
        .action(async (image, flags) => {
        const record = await bootImage(parseRun(image, flags), serialSink(flags, terminal));
        if (flags.json === true)
            terminal.out(bootJson(record));
        else if (flags.quiet !== true)
            terminal.out(bootAccount(record, terminal));
        else if (record.reason !== undefined)
            terminal.message(`${record.verdict}: ${record.reason}`);
        exitWith(EXIT_CODES[record.verdict]);
    });
}
function parseRun(image, flags) {
    return {
        name: image ?? DEFAULT_IMAGE,
        image: readImage(image ?? packageFile(DEFAULT_IMAGE)),
        memoryMib: parseNumberIn("--memory", flags.memory, MEMORY.least, MEMORY.most),
        timeLimitSeconds: parseNumberIn("--timeout", flags.timeout, 0.1, LONGEST_SECONDS),
        seed: Number(parseUnsigned("--seed", flags.seed, 32)),
        jit: flags.jit === true,
        ...(flags.interruptRemapping && { interruptRemapping: flags.interruptRemapping }),
        ...parseEndpoints(flags.endpoint),
        ...(flags.disk !== undefined && { disk: readDisk(flags.disk) }),
        unit: parseUnit(flags.preset, flags.unit),
        traceFile: flags.trace,
    };
}
/** Where serial output goes: it must not mix with JSON. */
function serialSink(flags, terminal) {
    if (flags.json !== true)
        return terminal.out;
    return flags.quiet === true ? () => undefined : terminal.message;
}
function bootJson(record) {
    const { image, verdict, reason, unit, seed, checks, counters, wallMs } = record;
    return jsonText({
        image,
        emulator: "v86",
        verdict,
        ...(reason !== undefined && { reason }),
        preset: unit.preset,
        seed,
        checks,
        counters,
        wallMs: Math.round(wallMs),
    });
}
