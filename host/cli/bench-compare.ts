/**
 * `npm run bench:compare -- BASE`: runs the bench of two checkouts by turns, and says what changed
 * beyond noise. BASE is a folder with a built checkout, or a revision of git, which is checked out
 * beside and built.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { wantedCase } from "./bench-case.js";
import { UsageError } from "./exit-code.js";
import { textTable } from "./text-table.js";
import { compareRuns, comparisonRows, type Run, type Turn } from "../bench/comparison.js";
import { onOneCpu } from "../bench/one-cpu.js";

const USAGE = `usage: npm run bench:compare -- BASE [--case NAME] [--turns N] [--rounds N]

BASE      a folder with a built checkout, or a revision of git
--case    only this case, or this kind of cases (viommu bench --help names them)
--turns   times that each checkout runs, one after the other; 6 or more to be sure. Default 11
--rounds  rounds of a run. Default 5`;

const MAIN = "dist/host/cli/main.js";

interface Request {
  readonly base: string;
  readonly only: string | undefined;
  readonly turns: number;
  readonly rounds: number;
}

function parseRequest(): Request {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      case: { type: "string" },
      turns: { type: "string", default: "11" },
      rounds: { type: "string", default: "5" },
    },
  });
  const [base, ...others] = positionals;
  if (base === undefined || others.length > 0) throw new RangeError(USAGE);
  return {
    base,
    only: wantedCase(values.case),
    turns: count("--turns", values.turns, 1000),
    rounds: count("--rounds", values.rounds, 1000),
  };
}

function count(option: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${option} "${text}" is no number from 1 to ${most}`);
}

/** Aborted when the user asks for the end: what runs is killed, and what was made is taken away. */
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    ending.abort();
  });
}

/** Runs a program; answers its standard output. Of its messages a terminal shows all. */
async function run(program: string, words: readonly string[], cwd: string): Promise<string> {
  const messages = process.stderr.isTTY ? "inherit" : "ignore";
  const { signal } = ending;
  const child = spawn(program, words, { cwd, signal, stdio: ["ignore", "pipe", messages] });
  const output: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${program} ${words.join(" ")} failed in ${cwd} (${code})`);
  return Buffer.concat(output).toString();
}

/** Runs `work` on the folder of the base, and takes away what had to be made for it. */
async function withBase(base: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = resolve(base);
  if (existsSync(join(folder, "package.json"))) {
    if (!existsSync(join(folder, MAIN))) {
      throw new RangeError(`${base} is not built: run npm run build there`);
    }
    await work(folder);
    return;
  }
  const revision = revisionOf(base);
  const parent = mkdtempSync(join(tmpdir(), "viommu-compare-"));
  const checkout = join(parent, "base");
  try {
    git("worktree", "add", "--detach", checkout, revision);
    symlinkSync(realpathSync("node_modules"), join(checkout, "node_modules"));
    console.error(`building ${base}`);
    await run("npm", ["run", "--silent", "build"], checkout);
    await work(checkout);
  } finally {
    rmSync(parent, { recursive: true, force: true });
    git("worktree", "prune");
  }
}

function revisionOf(base: string): string {
  try {
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", `${base}^{commit}`);
  } catch {
    throw new RangeError(
      `"${base}" is neither a folder with a built checkout nor a revision of git: ` +
        "expected something like main~3, a commit, or ../other-checkout",
    );
  }
}

function git(...words: string[]): string {
  return execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

interface Report {
  readonly cases: readonly { readonly name: string; readonly nsPerOp: number }[];
}

async function runBench(folder: string, { only, rounds }: Request): Promise<Run> {
  const chosen = only === undefined ? [] : ["--case", only];
  const words = [MAIN, "bench", "--json", "--rounds", String(rounds), ...chosen];
  const { cases } = JSON.parse(await run(process.execPath, words, folder)) as Report;
  return new Map(cases.map(({ name, nsPerOp }) => [name, nsPerOp]));
}

async function compare(request: Request, base: string): Promise<void> {
  const head = process.cwd();
  const turns: Turn[] = [];
  for (let turn = 0; turn < request.turns; turn++) {
    // Who begins changes, so that neither always finds the machine warm.
    const folders = turn % 2 === 0 ? [base, head] : [head, base];
    const runs: Run[] = [];
    for (const folder of folders) {
      const which = folder === base ? request.base : "this checkout";
      console.error(`turn ${turn + 1} of ${request.turns}: ${which}`);
      runs.push(await runBench(folder, request));
    }
    const [first, second] = runs as [Run, Run];
    turns.push(turn % 2 === 0 ? { base: first, head: second } : { base: second, head: first });
  }
  console.log(textTable(comparisonRows(compareRuns(turns)), ""));
}

try {
  const request = parseRequest();
  await withBase(request.base, (folder) => onOneCpu(() => compare(request, folder)));
} catch (error) {
  if (ending.signal.aborted) console.error("ended before all turns were run");
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof RangeError || error instanceof UsageError ? 2 : 4;
}
