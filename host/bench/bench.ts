import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BATCH_RECORDS } from "../core/layout.js";
import { batchCases, type BatchCase } from "./cases.js";
import { compileYardstick, findCompiler } from "./compiler.js";
import { driverCase, driverCaseNames } from "./driver-cases.js";
import { growthCases } from "./growth-cases.js";
import { invalidationCases } from "./invalidation-cases.js";
import type { LazyCase } from "./lazy-case.js";
import { measurePair, measureSingle } from "./measure.js";
import { NativeSide } from "./native-side.js";
import { onOneCpu } from "./one-cpu.js";
import { portCases } from "./port-cases.js";
import { describeMachine, type BenchReport, type BenchResult } from "./report.js";
import { singleCaseNames, singleCases } from "./single-cases.js";
import { measureMemory, measureStart, startCaseNames, startTitles } from "./start-cases.js";
import { createWasmSide } from "./sides.js";
import { builds, createMachine, type Build } from "./unit.js";
import { buildWorkload, type Workload } from "./workload.js";

export interface BenchOptions {
  /** Rounds that count, 1 or more. */
  readonly rounds: number;
  /** Cases by their name, or by its part before or behind the slash; all if left out. */
  readonly only?: string;
  /** Folder of the C sources of the yardstick. */
  readonly nativeSources: string;
  /** The C compiler. Default "gcc". */
  readonly compiler?: string;
  /** Called with a line when a case begins, and when there is no compiler. */
  readonly progress?: (line: string) => void;
}

const lazyCases: readonly LazyCase[] = [...portCases, ...invalidationCases, ...growthCases];

/** Names of all cases, in order. */
export const benchNames: readonly string[] = [
  ...builds.flatMap((build) => batchCases.map(({ name }) => `${build}/${name}`)),
  ...singleCaseNames.map((name) => `unit/${name}`),
  ...lazyCases.map(({ name }) => name),
  ...startCaseNames.map((name) => `start/${name}`),
  ...driverCaseNames.map((name) => `driver/${name}`),
];

/** Asks for the memory that a unit takes, which is no case: nothing is timed. */
const MEMORY = "start";

/** Whether `only` of the options asks for the case of that name. */
export function isWanted(name: string, only: string | undefined): boolean {
  return only === undefined || name === only || name.split("/").includes(only);
}

/**
 * Runs the cases and answers their figures. Without a compiler there are none of the yardstick.
 * @throws BenchError if wasm and native disagree, or a case does not do what it is meant to measure.
 */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const { results, compiler, oneCpu } = await batchResults(options);
  const wantsMemory = options.only === undefined || options.only === MEMORY;
  return {
    machine: describeMachine({ compiler, oneCpu }),
    ...(wantsMemory && { memory: await measureMemory() }),
    results: [
      ...results,
      ...(await singleResults(options)),
      ...(await lazyResults(options)),
      ...(await startResults(options)),
      ...(await driverResults(options)),
    ],
  };
}

interface BatchResults {
  readonly results: readonly BenchResult[];
  readonly compiler?: string | undefined;
  readonly oneCpu?: number | undefined;
}

async function batchResults(options: BenchOptions): Promise<BatchResults> {
  const wanted = builds
    .flatMap((build) => batchCases.map((benchCase) => ({ build, benchCase })))
    .filter(({ build, benchCase }) => isWanted(`${build}/${benchCase.name}`, options.only));
  if (wanted.length === 0) return { results: [] };

  const command = options.compiler ?? "gcc";
  const compiler = findCompiler(command);
  if (compiler === undefined) options.progress?.(`no ${command}: wasm is measured alone`);
  const folder = mkdtempSync(join(tmpdir(), "viommu-bench-"));
  try {
    const yardstick = compiler && compileYardstick(command, options.nativeSources, folder);
    return await onOneCpu(async (oneCpu) => {
      const results: BenchResult[] = [];
      for (const { build, benchCase } of wanted) {
        options.progress?.(`${build}/${benchCase.name}`);
        results.push(await batchResult(build, benchCase, options.rounds, folder, yardstick));
      }
      return { results, compiler, oneCpu };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function batchResult(
  build: Build,
  benchCase: BatchCase,
  rounds: number,
  folder: string,
  yardstick: string | undefined,
): Promise<BenchResult> {
  const workload = buildWorkload(benchCase);
  const native = await startNative(benchCase, workload, folder, yardstick);
  try {
    const wasm = await createWasmSide(build, benchCase, workload);
    const pair = await measurePair(benchCase, rounds, BATCH_RECORDS, wasm, native);
    return {
      name: `${build}/${benchCase.name}`,
      title: benchCase.title,
      figures: pair.wasm,
      ...(pair.native !== undefined && { native: pair.native }),
    };
  } finally {
    native?.close();
  }
}

async function startNative(
  benchCase: BatchCase,
  workload: Workload,
  folder: string,
  yardstick: string | undefined,
): Promise<NativeSide | undefined> {
  if (yardstick === undefined) return undefined;
  const { core } = await createMachine("core", benchCase, workload);
  const memory = new Uint8Array(core.exports.memory.buffer);
  return NativeSide.start(yardstick, folder, memory, workload.batches, benchCase);
}

async function singleResults({ only, rounds, progress }: BenchOptions): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  if (!singleCaseNames.some((name) => isWanted(`unit/${name}`, only))) return results;
  for (const single of await singleCases()) {
    const name = `unit/${single.name}`;
    if (!isWanted(name, only)) continue;
    progress?.(name);
    results.push({ name, title: single.title, figures: measureSingle(single, rounds) });
  }
  return results;
}

async function lazyResults({ only, rounds, progress }: BenchOptions): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const { name, create } of lazyCases) {
    if (!isWanted(name, only)) continue;
    progress?.(name);
    const single = await create();
    results.push({ name, title: single.title, figures: measureSingle(single, rounds) });
  }
  return results;
}

async function startResults({ only, rounds, progress }: BenchOptions): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const each of startCaseNames) {
    const name = `start/${each}`;
    if (!isWanted(name, only)) continue;
    progress?.(name);
    results.push({ name, title: startTitles[each], figures: await measureStart(each, rounds) });
  }
  return results;
}

async function driverResults({ only, rounds, progress }: BenchOptions): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const each of driverCaseNames) {
    const name = `driver/${each}`;
    if (!isWanted(name, only)) continue;
    progress?.(name);
    const single = await driverCase(each);
    results.push({ name, title: single.title, figures: measureSingle(single, rounds) });
  }
  return results;
}
