import { Command, Option } from "commander";
import { cases as allCases, chosenCases, deviations, humanReport, jsonData, junitReport, runCases, tapReport, targetNamed, targetNames, TargetUnavailable, totalsOf, } from "../conformance/index.js";
import { presetNames } from "../spec/index.js";
import { ExitCode, UsageError } from "./exit-code.js";
import { jsonText } from "./json.js";
import { parseNumberIn } from "./numbers.js";
import { styled } from "./terminal.js";
import { textTable } from "./text-table.js";
const ABOUT = `
A filter is a section with those below it (7.2), an id or its start (VTD-7.2.1-), or a capability that
the case needs (SMTS). docs/conformance-cases.md tells how cases are written.

Exit codes: 0 nothing failed, 1 a case failed, 2 wrong usage, 77 everything was skipped, or the target
is not there.

Examples:
  viommu conformance
  viommu conformance --preset full --filter 6.5 --filter VTD-7.2.1-
  viommu conformance --target oracle --json
  viommu conformance --list --filter PRS`;
const LONGEST_TIMEOUT = 3600;
/** `viommu conformance`: does a unit do what the manual says? */
export function conformanceCommand({ terminal, exitWith }) {
    return new Command("conformance")
        .description("test a VT-d unit, this one or another, against the manual")
        .addOption(new Option("--target <name>", "what to test").choices(targetNames).default("core-port"))
        .addOption(new Option("--preset <name>", "set of capabilities of the unit")
        .choices([...presetNames, "all"])
        .default("all"))
        .addOption(new Option("--filter <what>", "only these cases; repeatable")
        .argParser((text, before) => [...before, text])
        .default([], "none"))
        .addOption(new Option("--format <name>", "form of the report")
        .choices(["human", "tap", "junit"])
        .default("human"))
        .option("--timeout <seconds>", "limit for each answer of a target in another process", "10")
        .option("--list", "print the cases, and run none")
        .option("--json", "print the result as JSON (docs/conformance.schema.json)")
        .addHelpText("after", ABOUT)
        .action(async (options) => {
        const cases = chosenCases(allCases, options.filter);
        if (cases.length === 0) {
            throw new UsageError(`no case fits --filter ${options.filter.join(", ")}: expected a section, an id or a capability`);
        }
        if (options.list === true) {
            terminal.out(options.json === true ? listData(cases) : listText(cases));
            return;
        }
        try {
            const result = await run(options, cases, terminal);
            terminal.out(report(result, options, terminal));
            exitWith(exitCodeOf(result));
        }
        catch (error) {
            if (!(error instanceof TargetUnavailable))
                throw error;
            terminal.message(`viommu: skipped: ${error.message}`);
            exitWith(ExitCode.skipped);
        }
    });
}
async function run({ target, preset, timeout }, cases, terminal) {
    const seconds = parseNumberIn("--timeout", timeout, 0.01, LONGEST_TIMEOUT);
    const shows = terminal.isTerminal === true;
    const result = await runCases({
        target: targetNamed(target),
        cases,
        presets: preset === "all" ? presetNames : [preset],
        deviations,
        milliseconds: 1000 * seconds,
        ...(shows && {
            progress: ({ id }, done, total) => {
                terminal.message(Buffer.from(`\r\u001b[K${done}/${total} ${id}`));
            },
        }),
    });
    if (shows)
        terminal.message(Buffer.from("\r\u001b[K"));
    return result;
}
function report(result, { format, json }, terminal) {
    if (json === true)
        return jsonText(jsonData(result));
    if (format === "tap")
        return tapReport(result);
    if (format === "junit")
        return junitReport(result);
    return humanReport(result, (style, text) => styled(terminal, style, text));
}
function exitCodeOf({ cases }) {
    const { failed, skipped } = totalsOf(cases);
    if (failed > 0)
        return ExitCode.failed;
    return skipped === cases.length ? ExitCode.skipped : ExitCode.pass;
}
function listText(cases) {
    return textTable(cases.map(({ id, title }) => [id, title]), "");
}
function listData(cases) {
    return jsonText({ cases: cases.map(({ id, section, title }) => ({ id, section, title })) });
}
