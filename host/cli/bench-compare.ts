/**
 * `npm run bench:compare -- BASE`: runs the bench of two checkouts by turns, and says what changed
 * beyond noise. BASE is a folder with a built checkout, or a revision of git, which is checked out
 * beside and built.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { textTable } from "./text-table.js";
import { compareRuns, comparisonRows, type Run, type Turn } from "../bench/comparison.js";

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
    only: values.case,
    turns: count("--turns", values.turns, 1000),
    rounds: count("--rounds", values.rounds, 1000),
  };
}

function count(option: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${option} "${text}" is no number from 1 to ${most}`);
}

/** Runs `work` on the folder of the base, and takes away what had to be made for it. */
function withBase(base: string, work: (folder: string) => void): void {
  const folder = resolve(base);
  if (existsSync(join(folder, "package.json"))) {
    if (!existsSync(join(folder, MAIN))) {
      throw new RangeError(`${base} is not built: run npm run build there`);
    }
    work(folder);
    return;
  }
  const revision = git("rev-parse", "--verify", "--quiet", `${base}^{commit}`);
  const parent = mkdtempSync(join(tmpdir(), "viommu-compare-"));
  const checkout = join(parent, "base");
  try {
    git("worktree", "add", "--detach", checkout, revision);
    symlinkSync(realpathSync("node_modules"), join(checkout, "node_modules"));
    console.error(`building ${base}`);
    execFileSync("npm", ["run", "--silent", "build"], {
      cwd: checkout,
      stdio: ["ignore", "ignore", "inherit"],
    });
    work(checkout);
  } finally {
    rmSync(parent, { recursive: true, force: true });
    git("worktree", "prune");
  }
}

function git(...words: string[]): string {
  try {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    return execFileSync("git", words, { encoding: "utf8", stdio: [...stdio] }).trim();
  } catch {
    throw new RangeError(
      `git ${words.join(" ")} failed: BASE is a folder with a built checkout, or a revision of git`,
    );
  }
}

interface Report {
  readonly cases: readonly { readonly name: string; readonly nsPerOp: number }[];
}

function runBench(folder: string, { only, rounds }: Request): Run {
  const chosen = only === undefined ? [] : ["--case", only];
  const words = [MAIN, "bench", "--json", "--rounds", String(rounds), ...chosen];
  const output = execFileSync(process.execPath, words, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { cases } = JSON.parse(output) as Report;
  return new Map(cases.map(({ name, nsPerOp }) => [name, nsPerOp]));
}

function compare(request: Request, base: string): void {
  const head = process.cwd();
  const turns: Turn[] = [];
  for (let turn = 0; turn < request.turns; turn++) {
    console.error(`turn ${turn + 1} of ${request.turns}`);
    // Who begins changes, so that neither always finds the machine warm.
    const first = runBench(turn % 2 === 0 ? base : head, request);
    const second = runBench(turn % 2 === 0 ? head : base, request);
    turns.push(turn % 2 === 0 ? { base: first, head: second } : { base: second, head: first });
  }
  console.log(textTable(comparisonRows(compareRuns(turns)), ""));
}

try {
  const request = parseRequest();
  withBase(request.base, (folder) => {
    compare(request, folder);
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof RangeError ? 2 : 4;
}
