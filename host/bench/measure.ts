import type { BatchCase } from "./cases.js";
import type { Figures } from "./report.js";
import type { Passes, Side } from "./side.js";
import type { SingleCase } from "./single-cases.js";
import { figuresOf, median } from "./statistics.js";

/** A case whose two sides do not agree, or that does not do what it is meant to measure. */
export class BenchError extends Error {
  override readonly name = "BenchError";
}

/** Time that one round of one side takes, roughly. */
const ROUND_NS = 4e6;
/** Rounds ahead of those that count, at least: the engine compiles what is hot, the caches fill. */
const WARM_UP = 8;
/** Time for them: V8 takes half a second of other work to compile the nested walk. */
const WARM_UP_MS = 700;
/** The round of them after which it is known how much fits into one. */
const CALIBRATION = 2 - WARM_UP;

export interface PairFigures {
  readonly wasm: Figures;
  readonly native?: { readonly figures: Figures; readonly ratio: number };
}

/**
 * Measures a batch case: wasm and native by turns, the same passes each, and who begins changes.
 * @throws BenchError if outputs or counters differ, a request fails, or a count is not the case's.
 */
export async function measurePair(
  benchCase: BatchCase,
  rounds: number,
  operations: number,
  wasm: Side,
  native?: Side,
  warmUpMs = WARM_UP_MS,
): Promise<PairFigures> {
  const sides = native === undefined ? [wasm] : [wasm, native];
  const times: number[][] = sides.map(() => []);
  let passes = 1;
  const warm = performance.now() + warmUpMs;
  for (let round = -WARM_UP; round < rounds; round++) {
    if (round === 0 && performance.now() < warm) round = CALIBRATION + 1;
    const results: Passes[] = [];
    const order = sides.map((_, index) => (round % 2 === 0 ? index : sides.length - 1 - index));
    for (const index of order) results[index] = await sides[index]!.run(passes);
    checkResults(benchCase, results);
    if (round === CALIBRATION) passes = passesFor(results[0]!.nanoseconds * benchCase.batches);
    if (round < 0) continue;
    results.forEach(({ nanoseconds }, index) => times[index]!.push(nanoseconds / operations));
  }
  await checkCounters(benchCase, operations * benchCase.batches, sides);
  const [ours, theirs] = times;
  if (theirs === undefined) return { wasm: figuresOf(ours!) };
  const ratio = median(ours!.map((time, index) => time / theirs[index]!));
  return { wasm: figuresOf(ours!), native: { figures: figuresOf(theirs), ratio } };
}

/** Measures calls of the public class. */
export function measureSingle(single: SingleCase, rounds: number): Figures {
  const once = () => {
    const start = performance.now();
    single.run();
    const nanoseconds = 1e6 * (performance.now() - start);
    single.restore?.();
    return nanoseconds;
  };
  let runs = 1;
  const times: number[] = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    const time = median(Array.from({ length: runs }, once));
    if (round === CALIBRATION) runs = passesFor(time);
    if (round >= 0) times.push(time / single.operations);
  }
  return figuresOf(times);
}

function passesFor(nanoseconds: number): number {
  return Math.max(1, Math.round(ROUND_NS / nanoseconds));
}

function checkResults({ name }: BatchCase, results: readonly Passes[]): void {
  const failures = Math.max(...results.map((result) => result.failures));
  if (failures > 0) throw new BenchError(`${name}: ${failures} requests did not translate`);
  const sums = new Set(results.map(({ checksum }) => checksum));
  if (sums.size > 1) {
    throw new BenchError(
      `${name}: wasm and native do not translate alike, their checksums are ` +
        [...sums].map((sum) => `0x${sum.toString(16)}`).join(" and "),
    );
  }
}

/** One more pass on each side, to see that the sides count alike and the case is what it says. */
async function checkCounters(
  { name, counts }: BatchCase,
  requests: number,
  sides: readonly Side[],
): Promise<void> {
  const deltas: Record<string, bigint>[] = [];
  for (const side of sides) {
    const before = await side.counters();
    await side.run(1);
    const after = await side.counters();
    const names = Object.keys(after) as (keyof typeof after)[];
    deltas.push(Object.fromEntries(names.map((key) => [key, after[key] - before[key]])));
  }
  for (const [counter, each] of Object.entries(counts)) {
    const found = deltas[0]![counter]!;
    if (found === BigInt(each * requests)) continue;
    throw new BenchError(`${name}: ${counter} is ${found}, expected ${each * requests}`);
  }
  for (const [counter, found] of Object.entries(deltas[0]!)) {
    const native = deltas[1]?.[counter] ?? found;
    if (native === found) continue;
    throw new BenchError(`${name}: wasm counts ${found} ${counter}, native ${native}`);
  }
}
