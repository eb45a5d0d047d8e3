/** `npm run fuzz`: compares the unit with the oracle in as many random runs as asked for. */
import { parseArgs } from "node:util";
import { compare, report, type FoundDifference } from "./comparison.js";
import { kinds } from "./kinds.js";

const USAGE = `usage: npm run fuzz -- [--runs N] [--seed S] [--kind KIND] [--path P]
  --runs N     runs in all, shared by the kinds (default 10000)
  --seed S     32-bit number, not negative; the same seed draws the same runs (default: another one every time)
  --kind KIND  ${Object.keys(kinds).join(", ")} or all (default all)
  --path P     replay one run of a seed, as a report says it; needs --kind`;

const EXIT_DIFFERENCE = 1;
const EXIT_USAGE = 2;

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly kinds: readonly string[];
  readonly path: string | undefined;
}

class UsageError extends Error {}

function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(`--${name} is ${text}: expected a whole number from ${least} to ${most}`);
  }
  return value;
}

function parse(): Options {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "10000" },
      seed: { type: "string" },
      kind: { type: "string", default: "all" },
      path: { type: "string" },
    },
  });
  const names = Object.keys(kinds);
  if (values.kind !== "all" && !names.includes(values.kind)) {
    throw new UsageError(`--kind is ${values.kind}: expected ${names.join(", ")} or all`);
  }
  if (values.path !== undefined && (values.kind === "all" || values.seed === undefined)) {
    throw new UsageError(
      `--path ${values.path}: expected --kind and --seed of the same report too`,
    );
  }
  return {
    runs: integer("runs", values.runs, 1, 2 ** 31 - 1),
    seed:
      values.seed === undefined ? Date.now() >>> 0 : integer("seed", values.seed, 0, 2 ** 32 - 1),
    kinds: values.kind === "all" ? names : [values.kind],
    path: values.path,
  };
}

/** A line on a terminal that overwrites itself; nothing elsewhere. */
function progressLine(kind: string, total: number): (runs: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  return (runs) => process.stderr.write(`\r${kind}: ${runs} of ${total} runs\u001b[K`);
}

async function main({ runs, seed, kinds: names, path }: Options): Promise<number> {
  const differences: FoundDifference[] = [];
  const started = performance.now();
  let executed = 0;
  for (const [index, kind] of names.entries()) {
    const share = Math.floor(runs / names.length) + (index < runs % names.length ? 1 : 0);
    if (share === 0) continue;
    const progress = progressLine(kind, share);
    const outcome = await compare({ kind, runs: share, seed, path, progress });
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    executed += outcome.runs;
    if (outcome.difference !== undefined) {
      differences.push(outcome.difference);
      console.log(report(outcome.difference));
    }
  }
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
  const elapsed = seconds(performance.now() - started);
  const processor = seconds(process.cpuUsage().user / 1000);
  console.log(
    `${executed} runs of ${names.join(", ")} with seed ${seed} in ${elapsed} s ` +
      `(${processor} s of processor time): ${differences.length} differences`,
  );
  return differences.length === 0 ? 0 : EXIT_DIFFERENCE;
}

try {
  process.exitCode = await main(parse());
} catch (error) {
  const usage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  if (!usage) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = EXIT_USAGE;
}
