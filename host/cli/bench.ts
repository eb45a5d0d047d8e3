import { Command } from "commander";

import { benchNames, BenchError, runBench } from "../bench/index.js";
import { reportData, reportRows, type BenchReport } from "../bench/index.js";
import { wantedCase } from "./bench-case.js";
import type { CommandContext } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { jsonText } from "./json.js";
import { parseNumberIn } from "./numbers.js";
import { packageFile } from "./package-files.js";
import { textTable } from "./text-table.js";

interface Options {
  readonly rounds: string;
  readonly case?: string;
  readonly json?: true;
}

const MOST_ROUNDS = 1000;

const ABOUT = `
Every case runs in wasm and, with gcc, as the same algorithm in C (bench/native), by turns, with taskset
on one CPU; "ratio" is the median over the rounds of wasm to native. The outputs of both must be equal.
docs/performance.md says what the cases do.

Cases, also by the part before or behind the slash:
${benchNames.map((name) => `  ${name}\n`).join("")}
Examples:
  viommu bench
  viommu bench --case hit-any-way --rounds 51
  viommu bench --case core --json`;

/** `viommu bench`: what a translation costs, against the same algorithm in C. */
export function benchCommand({ terminal, exitWith }: CommandContext): Command {
  return new Command("bench")
    .description("measure translations, against the same algorithm in C where there is a gcc")
    .option("--rounds <n>", "rounds of each case that count", "15")
    .option("--case <name>", "only this case, or this kind of cases")
    .option("--json", "print the figures as JSON (docs/bench.schema.json)")
    .addHelpText("after", ABOUT)
    .action(async (options: Options) => {
      const rounds = parseNumberIn("--rounds", options.rounds, 1, MOST_ROUNDS);
      const only = wantedCase(options.case);
      try {
        const report = await runBench({
          rounds: Math.floor(rounds),
          ...(only !== undefined && { only }),
          nativeSources: packageFile("bench/native"),
          progress: terminal.message,
        });
        if (options.json === true) terminal.out(jsonText(reportData(report)));
        else terminal.out(headText(report) + textTable(reportRows(report.results), ""));
      } catch (error) {
        if (!(error instanceof BenchError)) throw error;
        terminal.message(`viommu: ${error.message}`);
        exitWith(ExitCode.failed);
      }
    });
}

function headText({ machine, memory }: BenchReport): string {
  const { cpu, cpus, platform, arch, node, v8, oneCpu, compiler } = machine;
  const kib = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
  const rows = [
    ["machine", `${cpu}, ${cpus} CPUs, ${platform} ${arch}`],
    ...(oneCpu === undefined ? [] : [["by turns", `on CPU ${oneCpu} alone`]]),
    ["engine", `V8 ${v8}, Node ${node}`],
    ["native", compiler === undefined ? "none" : `${compiler.version}, ${compiler.flags}`],
    ...(memory === undefined
      ? []
      : [["a unit", `${kib(memory.stateBytes)} of state, ${kib(memory.residentBytes)} resident`]]),
  ];
  return `${textTable(rows, "")}\n`;
}
