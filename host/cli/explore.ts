import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { Command } from "commander";

import type { UnitTap } from "../core/tap.js";
import {
  describeRun,
  explore,
  formatTrace,
  parseTrace,
  replayTrace,
  scenarios,
  sequenceDiagram,
  type Exploration,
  type RunReport,
  type Scenario,
  type Trace,
  type Violation,
} from "../driver/index.js";
import type { CommandContext } from "./command-line.js";
import { debatesText } from "./debates.js";
import { ExitCode, UsageError } from "./exit-code.js";
import { jsonText } from "./json.js";
import { parseNumberIn } from "./numbers.js";
import { recordedTo, recordOption } from "./record-file.js";
import { scenariosOf } from "./scenario-module.js";
import { textTable } from "./text-table.js";
import { whatThereIs, unknownName } from "./unknown-name.js";

interface Options {
  readonly scenario?: string;
  readonly variant?: string;
  readonly seed: string;
  readonly runs?: string;
  readonly exhaustive?: true;
  readonly all?: true;
  readonly list?: true;
  readonly debates?: true;
  readonly replay?: string;
  readonly keepGoing?: true;
  readonly json?: true;
  readonly html?: string;
  readonly module?: string;
  readonly record?: string;
}

const MOST_RUNS = 1e9;
const RUNS = { random: 10_000, exhaustive: 100_000 };
const LIST = "--list";
/** Random orders ahead of exhaustive ones. */
const HUNT = 1000;

const ABOUT = `
Each scenario has variants that are sound, in which no order of steps may break a
rule, and unsound ones, in which some order must. Exit code 0: so it was.

Examples:
  viommu explore --list
  viommu explore --scenario sva-unbind --variant leave-first --html cve.html
  viommu explore --scenario response-against-removal --exhaustive
  viommu explore --replay "sva-unbind/no-flush: process*10 device prq~thread*11"
  viommu explore --scenario sva-unbind --variant drain-first --runs 100 --record faults.viommu
  viommu explore --module my-scenarios.mjs --all
  viommu explore --all --json
  viommu explore --debates`;

/** `viommu explore`: the fault path of a driver in every order of its steps. */
export function exploreCommand({ terminal, exitWith }: CommandContext): Command {
  return new Command("explore")
    .description("run the driver's fault path in every order of its steps, or in random ones")
    .option("--scenario <name>", "only this scenario, with all its variants")
    .option("--variant <name>", "only this variant of it")
    .option("--all", "every scenario with every variant, exhaustively as far as --runs goes")
    .option("--list", "print the scenarios and their variants")
    .option("--debates", "measure the answers to questions of design side by side")
    .option("--exhaustive", "try every order that matters instead of random ones")
    .option("--seed <n>", "of random orders", "1")
    .option("--runs <n>", "interleavings of each variant after which to stop")
    .option("--keep-going", "do not stop at the first violation; show one of each rule")
    .option("--replay <trace>", "run one trace again: its line, or a file that begins with it")
    .option("--module <file>", "scenarios of your own: the default export of a JavaScript module")
    .option("--json", "print JSON (docs/explore.schema.json, of debates docs/debates.schema.json)")
    .option("--html <file>", "write a sequence diagram of each violation")
    .addOption(recordOption())
    .addHelpText("after", ABOUT)
    .action(async (options: Options) => {
      const known = options.module === undefined ? scenarios : await scenariosOf(options.module);
      if (options.list === true) {
        terminal.out(listText(known));
        return;
      }
      if (options.record !== undefined) checkOneUnit(known, options);
      if (options.debates === true) {
        const { seed, runs } = options;
        terminal.out(
          await debatesText(
            options.json === true,
            runs === undefined
              ? undefined
              : Math.floor(parseNumberIn("--runs", runs, 1, MOST_RUNS)),
            parseNumberIn("--seed", seed, 0, 2 ** 32 - 1),
            terminal.message,
          ),
        );
        return;
      }
      const results = await recordedTo(options.record, async (tap) =>
        options.replay === undefined
          ? exploreAll(known, options, { progress: terminal.message, tap })
          : [await replayOne(known, readTrace(options.replay), tap)],
      );
      const runs = results.flatMap(({ reports }) => reports);
      if (options.html !== undefined) writeFile(options.html, sequenceDiagram(runs));
      if (options.json === true) terminal.out(jsonText({ runs: results.map(({ data }) => data) }));
      else terminal.out(results.map(resultText).join("\n"));
      if (!results.every(asExpected)) exitWith(ExitCode.failed);
    });
}

interface Result {
  readonly data: Omit<Exploration, "violations"> & {
    readonly violations: readonly {
      readonly invariant: string;
      readonly message: string;
      readonly trace: string;
      readonly steps: RunReport["steps"];
    }[];
  };
  readonly reports: readonly RunReport[];
}

/** A recording is of one unit: that of one variant. */
function checkOneUnit(known: readonly Scenario[], options: Options): void {
  if (options.debates === true) {
    throw new UsageError("--record is for a scenario, and not for --debates");
  }
  if (options.replay !== undefined) return;
  const chosen = choose(known, options);
  if (chosen.length === 1) {
    const [only] = chosen[0]!;
    if ("prepare" in only) return;
    throw new UsageError(`--record: ${only.name} runs without a remapping unit`);
  }
  const names = chosen.map(([, variant]) => variant);
  throw new UsageError(
    options.scenario === undefined
      ? "--record is of one unit: name a --scenario and a --variant"
      : `--record is of one unit: name a --variant of ${options.scenario}; ${whatThereIs(names, LIST)}`,
  );
}

interface Surroundings {
  readonly progress: (text: string) => void;
  readonly tap: UnitTap | undefined;
}

async function exploreAll(
  known: readonly Scenario[],
  options: Options,
  { progress, tap }: Surroundings,
): Promise<Result[]> {
  const { exhaustive = options.all ?? false } = options;
  const seed = parseNumberIn("--seed", options.seed, 0, 2 ** 32 - 1);
  const runs =
    options.runs === undefined
      ? RUNS[exhaustive ? "exhaustive" : "random"]
      : parseNumberIn("--runs", options.runs, 1, MOST_RUNS);
  const results: Result[] = [];
  for (const [scenario, variant] of choose(known, options)) {
    progress(`${scenario.name}/${variant}: ${scenario.variants[variant]!.about}`);
    const stopAtFirst = options.keepGoing !== true;
    const limits = { seed, runs: Math.floor(runs), hunt: HUNT, stopAtFirst };
    const { violations, ...rest } = await explore(scenario, {
      variant,
      exhaustive,
      ...limits,
      tap,
    });
    results.push({
      data: {
        ...rest,
        violations: violations.map(({ run, ...each }) => ({ ...each, steps: run.steps })),
      },
      reports: violations.map(({ run }) => run),
    });
  }
  return results;
}

/** The scenarios and variants that are asked for. */
function choose(
  known: readonly Scenario[],
  { scenario, variant, all }: Options,
): [Scenario, string][] {
  if (scenario === undefined && all !== true) {
    throw new UsageError("name a scenario, or ask for --all; --list shows the scenarios");
  }
  const chosen = scenario === undefined ? known : [findScenario(known, scenario)];
  const pairs = chosen.flatMap((each) =>
    Object.keys(each.variants).map((name): [Scenario, string] => [each, name]),
  );
  const wanted = pairs.filter(([, name]) => variant === undefined || name === variant);
  if (wanted.length > 0) return wanted;
  const names = [...new Set(pairs.map(([, name]) => name))];
  throw unknownName({ what: "variant", name: variant!, known: names, listedBy: LIST });
}

function findScenario(known: readonly Scenario[], name: string): Scenario {
  const found = known.find((scenario) => scenario.name === name);
  if (found) return found;
  const names = known.map((scenario) => scenario.name);
  throw unknownName({ what: "scenario", name, known: names, listedBy: LIST });
}

async function replayOne(
  known: readonly Scenario[],
  trace: Trace,
  tap: UnitTap | undefined,
): Promise<Result> {
  const scenario = findScenario(known, trace.scenario);
  const run = await replayTrace(scenario, trace, tap).catch((error: unknown) => {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  });
  const { violation, steps } = run;
  const { expected } = scenario.variants[trace.variant]!;
  const violations = violation
    ? [
        {
          invariant: violation.invariant,
          message: violation.message,
          trace: formatTrace(run.trace),
          steps,
        },
      ]
    : [];
  const { scenario: name, variant } = trace;
  const counts = { states: steps.length, interleavings: 1, exhaustive: false };
  return { data: { scenario: name, variant, expected, ...counts, violations }, reports: [run] };
}

function readTrace(text: string): Trace {
  const line = existsSync(text) ? (readFileSync(text, "utf8").split("\n")[0] ?? "") : text;
  try {
    return parseTrace(line);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function writeFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
  }
}

function asExpected({ data }: Result): boolean {
  return (data.expected === "unsound") === data.violations.length > 0;
}

function resultText(result: Result): string {
  const { scenario, variant, expected, states, interleavings, exhaustive } = result.data;
  const found = result.reports.flatMap(({ violation }) => violation ?? []).map(nameOf);
  const names = found.join(", ") || "no violation";
  const how = exhaustive ? "all orders that matter" : "not all orders";
  const verdict = asExpected(result)
    ? "as expected"
    : `NOT as expected: the variant is ${expected}`;
  return (
    `${scenario}/${variant} (${expected}): ${names}, ${verdict}\n` +
    `${interleavings} interleavings (${how}), ${states} states\n` +
    result.reports.map(describeRun).join("\n")
  );
}

function nameOf({ invariant, subject }: Violation): string {
  return subject === undefined ? invariant : `${invariant} of ${subject}`;
}

function listText(known: readonly Scenario[]): string {
  return known
    .map(({ name, about, variants }) => {
      const rows = Object.entries(variants).map(([variant, { expected, about }]) => [
        variant,
        expected,
        about,
      ]);
      return `${name}: ${about}\n${textTable(rows)}`;
    })
    .join("\n");
}
