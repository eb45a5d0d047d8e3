import { Command } from "commander";

import { stageTitle, words } from "../profile/report/names.js";
import {
  profileDiff,
  readProfile,
  type Change,
  type ProfileDiff,
} from "../profile/report/diff/index.js";
import { ProfileError } from "../profile/profile-error.js";
import type { CommandContext } from "./command-line.js";
import { UsageError } from "./exit-code.js";
import { jsonText } from "./json.js";
import { countText } from "./numbers.js";
import { textTable } from "./text-table.js";

/** Rows of a list, unless all are asked for. */
const ROWS = 12;

const ABOUT = `
A and B are folders that --out wrote, or files with what --json printed, of runs of one workload.

Examples:
  viommu profile --workload nic --out before
  viommu profile --workload nic --cache iotlb=1024 --out after
  viommu profile diff before after`;

/** `viommu profile diff`: what changed from one run to another, the largest causes first. */
export function profileDiffCommand({ terminal }: CommandContext): Command {
  return new Command("diff")
    .description("say what changed from one profile to another, the largest causes first")
    .argument("<a>", "the profile before")
    .argument("<b>", "the profile after")
    .option("--all", `print all rows, not ${ROWS} of each kind`)
    .option("--json", "print the difference as JSON (docs/profile-diff.schema.json)")
    .addHelpText("after", ABOUT)
    .action((a: string, b: string, options: { all?: true; json?: true }) => {
      const diff = differenceOf(a, b);
      const rows = options.all === true ? Infinity : ROWS;
      terminal.out(options.json === true ? jsonText(diff) : diffText(diff, rows));
    });
}

function differenceOf(a: string, b: string): ProfileDiff {
  try {
    return profileDiff(readProfile(a), readProfile(b));
  } catch (error) {
    throw error instanceof ProfileError ? new UsageError(error.message) : error;
  }
}

function diffText(diff: ProfileDiff, rows: number): string {
  const { workload, configuration, cyclesPerRequest, figures, stages, hitRates, counts } = diff;
  const settings = configuration.map(({ name, a, b }) => [name, `${a ?? "-"} -> ${b ?? "-"}`]);
  const parts = [
    ["configuration", settings],
    [
      "where the change comes from, in cycles a request",
      stages.map(({ stage, cause, ...change }) => row(change, stageTitle({ stage, cause }))),
    ],
    ["figures", figures.map(({ name, ...change }) => row(change, name))],
    ["hit rates", hitRates.map(({ name, ...change }) => rateRow(change, words(name)))],
    ["counts a request", counts.map(({ name, ...change }) => row(change, words(name)))],
  ] as const;
  const some = parts.filter(([, lines]) => lines.length > 0);
  if (some.length === 0) return `${workload}: nothing differs\n`;
  return [
    `${workload}: ${numberText(cyclesPerRequest.a)} -> ${numberText(cyclesPerRequest.b)} cycles a request${relative(cyclesPerRequest)}\n`,
    ...some.map(([title, lines]) => {
      const hidden = lines.length - rows;
      const more = hidden > 0 ? `  ${hidden} more: --all\n` : "";
      return `\n${title}\n${textTable(lines.slice(0, rows))}${more}`;
    }),
  ].join("");
}

function row(change: Change, name: string): string[] {
  const { a, b } = change;
  const size = signed(change, numberText);
  return [size, name, `${numberText(a)} -> ${numberText(b)}${relative(change)}`];
}

function rateRow(change: Change, name: string): string[] {
  return [signed(change, points), name, `${percent(change.a)} -> ${percent(change.b)}`];
}

function signed({ change }: Change, text: (value: number) => string): string {
  return `${change > 0 ? "+" : "-"}${text(Math.abs(change))}`.padStart(12);
}

function relative({ a, change }: Change): string {
  if (a === 0) return "";
  const share = (100 * change) / a;
  if (share >= 900) return ` (${numberText(1 + share / 100)} times as much)`;
  return ` (${share > 0 ? "+" : ""}${share.toFixed(1)} %)`;
}

const points = (value: number): string => `${(100 * value).toFixed(2)} points`;

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

function numberText(value: number): string {
  if (Math.abs(value) >= 1000) return countText(Math.round(value));
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
