import fc from "fast-check";
import { Account, Difference } from "./difference.js";
import { Ground } from "./ground.js";
import { kinds } from "./kinds.js";

/** Runs that share one seed, and with it one set of combinations of capabilities. */
const BATCH_RUNS = 25_000;
const COMBINATIONS = 64;

export interface ComparisonOptions {
  readonly kind: string;
  readonly runs: number;
  /** 32 bits, not negative. */
  readonly seed: number;
  /** Which run of the seed, and how it was shrunk: what a difference was reported with. */
  readonly path?: string | undefined;
  /** Called now and then with the number of runs done. */
  readonly progress?: (runs: number) => void;
}

export interface Outcome {
  readonly runs: number;
  /** Undefined if the two never differed. */
  readonly difference?: FoundDifference;
}

/** The smallest run found in which the two differ. */
export interface FoundDifference {
  readonly kind: string;
  readonly seed: number;
  readonly path: string;
  readonly summary: string;
  /** Everything that happens in this run. */
  readonly account: readonly string[];
}

const PROGRESS_RUNS = 1000;

/**
 * Compares the unit with the oracle in random runs of one kind, up to the first difference.
 * @throws RangeError for an unknown kind.
 */
export async function compare(options: ComparisonOptions): Promise<Outcome> {
  const { runs, seed, path } = options;
  let done = 0;
  for (let batch = 0; done < runs; batch++) {
    const size = Math.min(BATCH_RUNS, runs - done);
    const outcome = await compareBatch({ ...options, runs: size, seed: seedOf(seed, batch) }, done);
    done += outcome.runs;
    if (outcome.difference !== undefined || path !== undefined) return { ...outcome, runs: done };
  }
  return { runs: done };
}

/** Batch 0 has the seed itself, so that the seed of any batch replays it. */
function seedOf(seed: number, batch: number): number {
  return (seed + Math.imul(batch, 0x9e3779b1)) >>> 0;
}

let lastGround: { readonly seed: number; readonly ground: Promise<Ground> } | undefined;

/** The ground of a seed; the last one is kept, because every kind begins with the same seed. */
function groundOf(seed: number): Promise<Ground> {
  if (lastGround?.seed !== seed) {
    lastGround = { seed, ground: Ground.create(seed, COMBINATIONS) };
  }
  return lastGround.ground;
}

async function compareBatch(options: ComparisonOptions, before: number): Promise<Outcome> {
  const { kind: name, runs, seed, path, progress } = options;
  const kind = kinds[name];
  if (kind === undefined) {
    throw new RangeError(`no kind "${name}": expected one of ${Object.keys(kinds).join(", ")}`);
  }
  const ground = await groundOf(seed);
  let executed = 0;
  const property = fc.property(kind.draw, (drawn) => {
    kind.run(drawn, ground);
    executed += 1;
    if (executed % PROGRESS_RUNS === 0) progress?.(before + executed);
  });
  const details = fc.check(property, {
    seed,
    numRuns: runs,
    ...(path === undefined ? {} : { path }),
  });
  if (!details.failed) return { runs: details.numRuns };
  const [drawn] = details.counterexample ?? [];
  const account = new Account();
  const summary = failureOf(() => kind.run(drawn, ground, account));
  const difference = {
    kind: name,
    seed,
    path: details.counterexamplePath ?? "",
    summary,
    account: account.lines(ground.image),
  };
  return { runs: details.numRuns, difference };
}

/** Why the run fails: a difference, or an error that one of the two should not have thrown. */
function failureOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Difference) return error.message;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return "the run failed once, and not when it was repeated";
}

/** A difference as a report for people, with the command that replays it. */
export function report({ kind, seed, path, summary, account }: FoundDifference): string {
  const replay = `npm run fuzz -- --kind ${kind} --seed ${seed} --path ${path}`;
  return [`${kind}: ${summary}`, ...account.map((line) => `  ${line}`), `replay: ${replay}`].join(
    "\n",
  );
}
