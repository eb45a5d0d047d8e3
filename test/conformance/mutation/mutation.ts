/** `npm run test:mutation`: breaks the unit, one mistake at a time, and looks whether the suite notices. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { AssemblyBuild } from "./assembly-build.js";
import type { Mutant } from "./mutant.js";
import { mutants } from "./mutants/index.js";
import { mutationPage, type Verdict } from "./page.js";
import { tryMutant, type Trial } from "./trial.js";

const USAGE = `usage: npm run test:mutation -- [--only TEXT] [--write]
  --only TEXT  mutants whose sentence or file has this text
  --write      writes docs/conformance-mutation.md (all mutants)`;
const PAGE = "docs/conformance-mutation.md";
/** A mutant that takes longer hangs, and has been noticed. */
const LIMIT = 240_000;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

type Report = { readonly trial: Trial } | { readonly error: string };

/** In the worker: each mutant that is sent is tried, and its trial sent back. */
async function serve(): Promise<void> {
  const port = parentPort!;
  const build = new AssemblyBuild();
  const answer = async (mutant: Mutant): Promise<Report> => {
    try {
      return { trial: await tryMutant(build, mutant) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  for (const mutant of workerData as readonly Mutant[]) port.postMessage(await answer(mutant));
}

/** Tries mutants in order, in a worker that is replaced when one hangs. */
async function* trials(todo: readonly Mutant[]): AsyncGenerator<Verdict> {
  let next = 0;
  while (next < todo.length) {
    const worker = new Worker(new URL(import.meta.url), { workerData: todo.slice(next) });
    while (next < todo.length) {
      const mutant = todo[next]!;
      const report = await reportOf(worker);
      next += 1;
      if (report === undefined) {
        yield { mutant, outcome: "caught", by: "the unit hangs", runs: 0 };
        break;
      }
      if ("error" in report) yield { mutant, outcome: "broken", by: report.error, runs: 0 };
      else {
        const { caughtBy, runs } = report.trial;
        const outcome = caughtBy === undefined ? "alive" : "caught";
        yield { mutant, outcome, by: caughtBy ?? "", runs };
      }
    }
    await worker.terminate();
  }
}

function reportOf(worker: Worker): Promise<Report | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      done();
      resolve(undefined);
    }, LIMIT);
    const hear = (report: Report) => {
      done();
      resolve(report);
    };
    const fail = (error: Error) => {
      done();
      reject(error);
    };
    const done = () => {
      clearTimeout(timer);
      worker.off("message", hear);
      worker.off("error", fail);
    };
    worker.on("message", hear);
    worker.on("error", fail);
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: "string", default: "" }, write: { type: "boolean", default: false } },
  });
  const meant = ({ does, file }: Mutant) =>
    does.includes(values.only) || file.includes(values.only);
  const todo = mutants.filter(meant);
  if (todo.length === 0) throw new TypeError(`--only ${values.only}: no mutant has this text`);
  const verdicts: Verdict[] = [];
  for await (const verdict of trials(todo)) {
    verdicts.push(verdict);
    const { mutant, outcome, by } = verdict;
    console.log(
      `${outcome.padEnd(6)} ${mutant.file.padEnd(26)} ${mutant.does}: ${by || "no case fails"}`,
    );
  }
  const caught = verdicts.filter(({ outcome }) => outcome === "caught").length;
  console.log(`${caught} of ${verdicts.length} mistakes noticed`);
  if (values.write && todo.length === mutants.length) writeFileSync(PAGE, mutationPage(verdicts));
  return caught === verdicts.length ? 0 : EXIT_FAILED;
}

if (!isMainThread) await serve();
else {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${USAGE}`);
    process.exitCode = EXIT_USAGE;
  }
}
