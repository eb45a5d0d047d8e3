import {
  debates,
  defaultStepCosts,
  lookupFigures,
  measureDebate,
  type DebateFigures,
  type VariantFigures,
} from "../driver/index.js";
import { jsonText } from "./json.js";
import { textTable } from "./text-table.js";

/** Measures the debates, every answer on the same scenario; text, or JSON (docs/debates.schema.json). */
export async function debatesText(
  json: boolean,
  runs: number | undefined,
  seed: number,
  progress: (text: string) => void,
): Promise<string> {
  const measured: DebateFigures[] = [];
  const clock = () => performance.now();
  for (const debate of debates) {
    progress(`${debate.id}: ${debate.question}`);
    measured.push(
      await measureDebate(debate, { seed, clock, ...(runs && { runs, search: runs }) }),
    );
  }
  const lookups = lookupFigures();
  if (json) return jsonText({ costs: defaultStepCosts, debates: measured, lookups });
  return [...measured.map(tableOf), lookupTable(lookups)].join("\n");
}

const HEAD = [
  ...["answer", "expected", "locks", "contended", "of the path", "contended", "cycles"],
  ...["deferred bytes", "violations a million", "us a run", "search"],
];

function tableOf({ id, question, path, variants }: DebateFigures): string {
  return `${id}: ${question} The path: ${path}.\n${textTable([HEAD, ...variants.map(row)])}`;
}

function row(figures: VariantFigures): string[] {
  const { variant, expected, search, wallMicroseconds } = figures;
  const found = search.violations.join(", ") || "no violation";
  return [
    ...[variant, expected],
    ...[figures.locks, figures.contended, figures.pathLocks, figures.pathContended].map(String),
    ...[figures.pathCycles, figures.peakDeferredBytes, figures.violationsPerMillion].map(String),
    String(wallMicroseconds ?? ""),
    `${found} in ${search.interleavings}${search.exhaustive ? " (all)" : ""}`,
  ];
}

function lookupTable(lookups: ReturnType<typeof lookupFigures>): string {
  const rows = lookups.map(({ structure, devices, meanReads, mostReads, bytes }) =>
    [structure, devices, meanReads, mostReads, bytes].map(String),
  );
  const head = ["structure", "devices", "reads (mean)", "reads (most)", "bytes"];
  return `I.3: a device by its source-id\n${textTable([head, ...rows])}`;
}
