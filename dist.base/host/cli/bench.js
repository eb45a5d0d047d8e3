import { Command } from "commander";
import { benchNames, BenchError, isWanted, runBench } from "../bench/index.js";
import { reportData, reportRows } from "../bench/index.js";
import { ExitCode, UsageError } from "./exit-code.js";
import { jsonText } from "./json.js";
import { parseNumberIn } from "./numbers.js";
import { packageFile } from "./package-files.js";
import { textTable } from "./text-table.js";
const MOST_ROUNDS = 1000;
const ABOUT = `
Every case runs in wasm and, with gcc, as the same algorithm in C (bench/native), by turns; "ratio" is
the median over the rounds of wasm to native. The outputs of both must be equal. docs/performance.md
says what the cases do.

Cases, also by the part before or behind the slash:
${benchNames.map((name) => `  ${name}\n`).join("")}
Examples:
  viommu bench
  viommu bench --case hit-any-way --rounds 51
  viommu bench --case core --json`;
/** `viommu bench`: what a translation costs, against the same algorithm in C. */
export function benchCommand({ terminal, exitWith }) {
    return new Command("bench")
        .description("measure translations, against the same algorithm in C where there is a gcc")
        .option("--rounds <n>", "rounds of each case that count", "15")
        .option("--case <name>", "only this case, or this kind of cases")
        .option("--json", "print the figures as JSON (docs/bench.schema.json)")
        .addHelpText("after", ABOUT)
        .action(async (options) => {
        const rounds = parseNumberIn("--rounds", options.rounds, 1, MOST_ROUNDS);
        if (!benchNames.some((name) => isWanted(name, options.case))) {
            throw new UsageError(`no case "${options.case}"; there are ${benchNames.join(", ")}`);
        }
        try {
            const report = await runBench({
                rounds: Math.floor(rounds),
                ...(options.case !== undefined && { only: options.case }),
                nativeSources: packageFile("bench/native"),
                progress: terminal.message,
            });
            if (options.json === true)
                terminal.out(jsonText(reportData(report)));
            else
                terminal.out(machineText(report.machine) + textTable(reportRows(report.results), ""));
        }
        catch (error) {
            if (!(error instanceof BenchError))
                throw error;
            terminal.message(`viommu: ${error.message}`);
            exitWith(ExitCode.failed);
        }
    });
}
function machineText({ cpu, cpus, platform, arch, node, v8, compiler }) {
    const rows = [
        ["machine", `${cpu}, ${cpus} CPUs, ${platform} ${arch}`],
        ["engine", `V8 ${v8}, Node ${node}`],
        ["native", compiler === undefined ? "none" : `${compiler.version}, ${compiler.flags}`],
    ];
    return `${textTable(rows, "")}\n`;
}
