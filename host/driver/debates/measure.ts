import { explore } from "../explore/index.js";
import { Prng } from "../../random/prng.js";
import { priorityOrder, uniformOrder } from "../explore/random-order.js";
import { runToEnd } from "../explore/replay.js";
import { subject, type Subject, type Variant } from "../explore/scenario.js";
import { Kernel } from "../kernel/index.js";
import type { Debate } from "./debates.js";
import { defaultStepCosts, kindOf, type StepCosts } from "./step-costs.js";

/** What one answer to a debate costs, and whether it is right. */
export interface VariantFigures {
  readonly variant: string;
  readonly expected: Variant["expected"];
  readonly about: string;
  /** In the mean of a run: locks that were taken, and those of them that somebody had. */
  readonly locks: number;
  readonly contended: number;
  /** The same on the path in question. */
  readonly pathLocks: number;
  readonly pathContended: number;
  /** Modelled cycles of the path, in the mean of a run. */
  readonly pathCycles: number;
  /** Bytes that waited for a grace period or a flush, at most in any run. */
  readonly peakDeferredBytes: number;
  /** Of random orders without failures. */
  readonly violationsPerMillion: number;
  /** Of a run in this process, in the mean; only with a clock. */
  readonly wallMicroseconds?: number;
  /** The search through all orders, with and without each failure, up to the first violation. */
  readonly search: {
    readonly interleavings: number;
    /** No order was left. */
    readonly exhaustive: boolean;
    /** Rules that it, or the random orders, found broken. */
    readonly violations: readonly string[];
  };
}

export interface DebateFigures {
  readonly id: string;
  readonly question: string;
  readonly scenario: string;
  readonly path: string;
  readonly variants: readonly VariantFigures[];
}

export interface MeasureOptions {
  /** Random orders of each variant. Default 200. */
  readonly runs?: number;
  /** Orders that the search through all may try at most. Default: as the debate says. */
  readonly search?: number;
  /** Of the random orders. Default 1. */
  readonly seed?: number;
  readonly costs?: StepCosts;
  /** Milliseconds of some clock, for `wallMicroseconds`; without it the same options give the same figures. */
  readonly clock?: () => number;
}

/** Runs every variant of a debate. */
export async function measureDebate(
  debate: Debate,
  options: MeasureOptions = {},
): Promise<DebateFigures> {
  const { id, question, scenario, path } = debate;
  const variants: VariantFigures[] = [];
  for (const variant of debate.answers ?? Object.keys(scenario.variants)) {
    variants.push(await measureVariant(debate, variant, options));
  }
  return {
    ...{ id, question, variants },
    scenario: scenario.name,
    path: `${path.task} ${path.does}`,
  };
}

async function measureVariant(
  { scenario, path, search }: Debate,
  variant: string,
  options: MeasureOptions,
): Promise<VariantFigures> {
  const { expected, about } = scenario.variants[variant]!;
  const { rules, ...measured } = measureRuns(await subject(scenario, variant), path.task, options);
  const found = await explore(scenario, { variant, runs: options.search ?? search });
  return {
    ...{ variant, expected, about, ...measured },
    search: {
      interleavings: found.interleavings,
      exhaustive: found.exhaustive,
      violations: [...new Set([...rules, ...found.violations.map(({ invariant }) => invariant)])],
    },
  };
}

const MILLION = 1e6;

function measureRuns(
  { setup, maxSteps }: Subject,
  pathTask: string,
  { runs = 200, seed = 1, costs = defaultStepCosts, clock }: MeasureOptions,
): Omit<VariantFigures, "variant" | "expected" | "about" | "search"> & { rules: Set<string> } {
  const prng = new Prng(seed);
  const sum = { locks: 0, contended: 0, pathLocks: 0, pathContended: 0, pathCycles: 0 };
  let violations = 0;
  const rules = new Set<string>();
  let peakDeferredBytes = 0;
  let steps = 1;
  const began = clock?.();
  for (let run = 0; run < runs; run++) {
    const kernel = new Kernel();
    setup(kernel);
    const choice = run % 2 === 0 ? uniformOrder(prng) : priorityOrder(prng, steps);
    const schedule = runToEnd(kernel, choice, maxSteps, (task) => {
      const { locks } = kernel;
      const before = { ...locks };
      const kind = kindOf(task.pending!);
      kernel.step(task);
      if (task.name !== pathTask) return;
      const contended = locks.contended - before.contended;
      sum.pathLocks += locks.acquisitions - before.acquisitions;
      sum.pathContended += contended;
      sum.pathCycles += costs[kind] + contended * costs.contended;
    });
    steps = Math.max(steps, schedule.length);
    sum.locks += kernel.locks.acquisitions;
    sum.contended += kernel.locks.contended;
    if (kernel.violation) {
      violations += 1;
      rules.add(kernel.violation.invariant);
    }
    peakDeferredBytes = Math.max(peakDeferredBytes, kernel.deferred.peak);
  }
  const wall = began === undefined ? undefined : ((clock!() - began) * 1000) / runs;
  const mean = (total: number) => Number((total / runs).toFixed(2));
  return {
    rules,
    locks: mean(sum.locks),
    contended: mean(sum.contended),
    pathLocks: mean(sum.pathLocks),
    pathContended: mean(sum.pathContended),
    pathCycles: Math.round(sum.pathCycles / runs),
    peakDeferredBytes,
    violationsPerMillion: Math.round((violations / runs) * MILLION),
    ...(wall !== undefined && { wallMicroseconds: Math.round(wall) }),
  };
}
