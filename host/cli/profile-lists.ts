import {
  timingParameters,
  timingSets,
  workloadList,
  type WorkloadParameter,
} from "../profile/index.js";
import { textTable } from "./text-table.js";

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
          `${name}: ${description}\n${textTable(parameters.map(workloadRow))}`,
      ),
      "Timing sets (--timing)\n",
      ...timingSets.map(
        ({ name, description, sources }) =>
          `${name}: ${description}\n${sources.map((source) => `  source: ${source}\n`).join("")}`,
      ),
      "Parameters of the timing model: in a YAML file, below `parameters`\n",
      textTable([
        ["", ...timingSets.map(({ name }) => name), "unit", ""],
        ...timingParameters.map(({ name, unit, description }) => [
          name,
          ...timingSets.map(({ values }) => String(values[name])),
          unit,
          description,
        ]),
      ]),
    ].join("\n");
  },
};

function workloadRow(parameter: WorkloadParameter): string[] {
  const { name, usual, description } = parameter;
  const range =
    "choices" in parameter
      ? parameter.choices.join(" | ")
      : `${parameter.least} to ${parameter.most}`;
  return [name, String(usual), range, description];
}
