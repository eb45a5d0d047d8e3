import {
  timingParameters,
  timingSets,
  workloadList,
  type WorkloadParameter,
} from "../profile/index.js";
import { textTable } from "./text-table.js";
import { wrapped } from "./wrapped-text.js";

/** Of the narrowest usual terminal. */
const COLUMNS = 80;

/** What `viommu profile` can be asked for. */
export const profileLists = {
  data: {
    workloads: workloadList.map(({ name, description, parameters }) => ({
      ...{ name, description, parameters },
    })),
    timingParameters,
    timingSets,
  },

  text(): string {
    return [
      "Workloads (--workload name,key=value,...)\n",
      ...workloadList.map(
        ({ name, description, parameters }) =>
          hanging(`${name}: ${description}`, "") + described(parameters.map(workloadRow)),
      ),
      "Timing sets (--timing)\n",
      ...timingSets.map(
        ({ name, description, sources }) =>
          hanging(`${name}: ${description}`, "") +
          sources.map((source) => hanging(`source: ${source}`, "  ")).join(""),
      ),
      "Parameters of the timing model: in a YAML file, below `parameters`\n",
      described([
        { cells: ["", ...timingSets.map(({ name }) => name), "unit"], description: "" },
        ...timingParameters.map(({ name, unit, description }) => ({
          cells: [name, ...timingSets.map(({ values }) => String(values[name])), unit],
          description,
        })),
      ]),
    ].join("\n");
  },
};

interface DescribedRow {
  /** The name comes first. */
  readonly cells: readonly string[];
  readonly description: string;
}

function workloadRow(parameter: WorkloadParameter): DescribedRow {
  const { name, usual, description } = parameter;
  const range =
    "choices" in parameter
      ? parameter.choices.join(" | ")
      : `${parameter.least} to ${parameter.most}`;
  return { cells: [name, String(usual), range], description };
}

/** A table, and below each row its description, which begins where the second column does. */
function described(rows: readonly DescribedRow[]): string {
  const names = Math.max(...rows.map(({ cells }) => cells[0]!.length));
  const below = " ".repeat(names + 4);
  const lines = textTable(rows.map(({ cells }) => cells)).split("\n");
  return rows
    .map(({ description }, row) =>
      [lines[row]!, ...(description === "" ? [] : wrapped(description, COLUMNS - below.length))]
        .map((line, part) => `${part === 0 ? "" : below}${line}\n`)
        .join(""),
    )
    .join("");
}

/** Text whose lines behind the first are further in. */
function hanging(text: string, indent: string): string {
  const lines = wrapped(text, COLUMNS - indent.length - 4);
  return lines.map((line, index) => `${indent}${index === 0 ? "" : "    "}${line}\n`).join("");
}
