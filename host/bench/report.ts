import { cpus } from "node:os";
import { compilerFlags } from "./compiler.js";
import type { UnitMemory } from "./start-cases.js";

/** Where and with what the figures were taken. */
export interface BenchMachine {
  readonly cpu: string;
  readonly cpus: number;
  readonly platform: string;
  readonly arch: string;
  readonly node: string;
  readonly v8: string;
  /** The CPU that ran wasm and native by turns; left out if they ran on any. */
  readonly oneCpu?: number;
  /** The native yardstick's compiler, if there is one. */
  readonly compiler?: { readonly version: string; readonly flags: string };
}

/** Nanoseconds for one operation, over the rounds. */
export interface Figures {
  readonly median: number;
  readonly least: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

export interface BenchResult {
  /** The kind of the case, a slash and its name: "core/hit-few-pages". */
  readonly name: string;
  readonly title: string;
  readonly figures: Figures;
  /** The same algorithm in C, and the median of the ratios of wasm to native by round. */
  readonly native?: { readonly figures: Figures; readonly ratio: number };
}

export interface BenchReport {
  readonly machine: BenchMachine;
  /** What a unit takes of memory; left out when it was not asked for. */
  readonly memory?: UnitMemory;
  readonly results: readonly BenchResult[];
}

/** What is known of a run beside the machine. */
interface RunFacts {
  /** The first line that the compiler's `--version` prints. */
  readonly compiler?: string | undefined;
  readonly oneCpu?: number | undefined;
}

/** This machine, and with what it ran. */
export function describeMachine({ compiler, oneCpu }: RunFacts = {}): BenchMachine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "unknown",
    cpus: all.length,
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    v8: process.versions.v8,
    ...(oneCpu !== undefined && { oneCpu }),
    ...(compiler !== undefined && {
      compiler: { version: compiler, flags: compilerFlags.join(" ") },
    }),
  };
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** What `viommu bench --json` prints, without the version of its schema (docs/bench.schema.json). */
export function reportData({ machine, memory, results }: BenchReport): object {
  return {
    machine,
    ...(memory !== undefined && { memory }),
    cases: results.map(({ name, figures, native }) => ({
      name,
      nsPerOp: round(figures.median, 2),
      opsPerSecond: Math.round(1e9 / figures.median),
      ...(native !== undefined && {
        native: { nsPerOp: round(native.figures.median, 2), ratio: round(native.ratio, 3) },
      }),
    })),
  };
}

/** The rows of a table for people; the first names the columns. */
export function reportRows(results: readonly BenchResult[]): string[][] {
  const header = ["case", "ns", "quartiles", "least", "M/s", "native ns", "ratio", "what"];
  return [
    header,
    ...results.map(({ name, title, figures, native }) => [
      name,
      figures.median.toFixed(1),
      `${figures.lowerQuartile.toFixed(1)}-${figures.upperQuartile.toFixed(1)}`,
      figures.least.toFixed(1),
      (1e3 / figures.median).toFixed(1),
      native?.figures.median.toFixed(1) ?? "",
      native?.ratio.toFixed(2) ?? "",
      title,
    ]),
  ];
}
