import { Command, Option } from "commander";

import {
  cases as allCases,
  chosenCases,
  deviationPage,
  deviations,
  humanReport,
  jsonData,
  junitReport,
  runCases,
  tapReport,
  targetNamed,
  targetNames,
  TargetUnavailable,
  totalsOf,
  type ConformanceCase,
  type RunResult,
  type Target,
} from "../conformance/index.js";
import { presetNames } from "../spec/index.js";
import type { CommandContext } from "./command-line.js";
import { ExitCode, UsageError } from "./exit-code.js";
import { jsonText } from "./json.js";
import { parseNumberIn } from "./numbers.js";
import { styled, type Terminal } from "./terminal.js";
import { textTable } from "./text-table.js";

interface Options {
  readonly target: string;
  readonly preset: string;
  readonly filter: readonly string[];
  readonly format: "human" | "tap" | "junit" | "deviations";
  readonly timeout: string;
  readonly list?: true;
  readonly json?: true;
}

const ABOUT = `
A filter is a section with those below it (7.2), an id or its start (VTD-7.2.1-), or a capability that
the case needs (SMTS). docs/conformance-cases.md tells how cases are written.

Exit codes: 0 nothing failed, 1 a case failed, 2 wrong usage, 77 everything was skipped, or the target
is not there.

Examples:
  viommu conformance
  viommu conformance --preset full --filter 6.5 --filter VTD-7.2.1-
  viommu conformance --target oracle --json
  viommu conformance --target "stdio:./my-target --quiet"
  viommu conformance --list --filter PRS`;

const LONGEST_TIMEOUT = 3600;

/** `viommu conformance`: does a unit do what the manual says? */
export function conformanceCommand({ terminal, exitWith }: CommandContext): Command {
  return new Command("conformance")
    .description("test a VT-d unit, this one or another, against the manual")
    .option("--target <name>", `what to test: ${targetNames.join(", ")}`, "core-port")
    .addOption(
      new Option("--preset <name>", "set of capabilities of the unit")
        .choices([...presetNames, "all"])
        .default("all"),
    )
    .addOption(
      new Option("--filter <what>", "only these cases; repeatable")
        .argParser((text: string, before: string[]) => [...before, text])
        .default([], "none"),
    )
    .addOption(
      new Option("--format <name>", "form of the report")
        .choices(["human", "tap", "junit", "deviations"])
        .default("human"),
    )
    .option("--timeout <seconds>", "limit for each answer of a target in another process", "10")
    .option("--list", "print the cases, and run none")
    .option("--json", "print the result as JSON (docs/conformance.schema.json)")
    .addHelpText("after", ABOUT)
    .action(async (options: Options) => {
      const cases = chosenCases(allCases, options.filter);
      if (cases.length === 0) {
        throw new UsageError(
          `no case fits --filter ${options.filter.join(", ")}: expected a section, an id or a capability`,
        );
      }
      if (options.list === true) {
        terminal.out(options.json === true ? listData(cases) : listText(cases));
        return;
      }
      try {
        const result = await run(options, cases, terminal);
        terminal.out(report(result, options, terminal));
        exitWith(exitCodeOf(result));
      } catch (error) {
        if (!(error instanceof TargetUnavailable)) throw error;
        terminal.message(`viommu: skipped: ${error.message}`);
        exitWith(ExitCode.skipped);
      }
    });
}

async function run(
  { target, preset, timeout }: Options,
  cases: readonly ConformanceCase[],
  terminal: Terminal,
): Promise<RunResult> {
  const seconds = parseNumberIn("--timeout", timeout, 0.01, LONGEST_TIMEOUT);
  const shows = terminal.isTerminal === true;
  const result = await runCases({
    target: await started(target),
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
  if (shows) terminal.message(Buffer.from("\r\u001b[K"));
  return result;
}

/** The target; one that cannot be had is a file or an option that is not there. */
async function started(name: string): Promise<Target> {
  try {
    return await targetNamed(name);
  } catch (error) {
    if (error instanceof TargetUnavailable || !(error instanceof Error)) throw error;
    throw new UsageError(`--target ${name}: ${error.message}`);
  }
}

function report(result: RunResult, { format, json }: Options, terminal: Terminal): string {
  if (json === true) return jsonText(jsonData(result));
  if (format === "tap") return tapReport(result);
  if (format === "junit") return junitReport(result);
  if (format === "deviations") return deviationPage(result, deviations);
  return humanReport(result, (style, text) => styled(terminal, style, text));
}

function exitCodeOf({ cases }: RunResult): ExitCode {
  const { failed, skipped } = totalsOf(cases);
  if (failed > 0) return ExitCode.failed;
  return skipped === cases.length ? ExitCode.skipped : ExitCode.pass;
}

function listText(cases: readonly ConformanceCase[]): string {
  return textTable(
    cases.map(({ id, title }) => [id, title]),
    "",
  );
}

function listData(cases: readonly ConformanceCase[]): string {
  return jsonText({ cases: cases.map(({ id, section, title }) => ({ id, section, title })) });
}
