import { Bench } from "../bench/bench.js";
import { CaseFailure, CaseSkip, type Mismatch } from "../bench/verdicts.js";
import type { ConformanceCase } from "../case.js";
import { configurationKey, type Configuration } from "../configuration.js";
import type { Deviation } from "../deviations/deviation.js";
import { lacking, type CapabilityNeed } from "../needs.js";
import { TargetRefusal, TargetUnavailable, type Target } from "../target.js";
import { TargetBroken } from "./guarded-session.js";
import type { CaseResult, RunResult } from "./result.js";
import { SessionPool, type ReadySession } from "./session-pool.js";

export interface RunOptions {
  readonly target: Target;
  readonly cases: readonly ConformanceCase[];
  /** Sets of capabilities to run each case with; of no account for a target with its own. */
  readonly presets: readonly string[];
  readonly deviations?: readonly Deviation[];
  /** Limit for a target that may hang, for each batch of operations. Default 10,000 milliseconds. */
  readonly milliseconds?: number;
  /** Told of each result as it comes. */
  readonly progress?: (result: CaseResult, done: number, total: number) => void;
}

/** A case, and the configuration that it runs with; or why there is none. */
interface Plan {
  readonly place: number;
  readonly subject: ConformanceCase;
  readonly configuration: Configuration | undefined;
  readonly reason?: string;
}

const TIME_LIMIT = 10_000;

/**
 * Runs cases against a target, each with a unit after power-good reset. Nothing that a target does
 * makes this throw, but a TargetUnavailable if it cannot be started at all.
 */
export async function runCases(options: RunOptions): Promise<RunResult> {
  const { target, deviations = [], milliseconds = TIME_LIMIT, progress } = options;
  const pool = new SessionPool(target, milliseconds);
  const listed = deviations.filter((deviation) => deviation.target === target.name);
  const results: CaseResult[] = [];
  try {
    const plans = await planOf(options, pool);
    for (const [done, plan] of grouped(plans).entries()) {
      const result = withDeviation(await runPlan(plan, pool), listed);
      results[plan.place] = result;
      progress?.(result, done + 1, plans.length);
    }
  } finally {
    await pool.close();
    await target.dispose?.();
  }
  const preset = options.presets.length === 1 ? options.presets[0]! : "all";
  return {
    target: target.name,
    title: target.title,
    preset: target.configurations === undefined ? preset : "fixed",
    cases: results,
    fixed: fixedOf(listed, results),
  };
}

async function planOf({ target, cases, presets }: RunOptions, pool: SessionPool): Promise<Plan[]> {
  const plans: Omit<Plan, "place">[] = [];
  for (const subject of cases) {
    if (target.configurations !== undefined) {
      plans.push({ subject, ...(await chosen(subject, target.configurations, pool)) });
    } else {
      const wishes = subject.with ?? {};
      plans.push(...presets.map((name) => ({ subject, configuration: { name, wishes } })));
    }
  }
  return plans.map((plan, place) => ({ ...plan, place }));
}

/** The first of the configurations whose unit has what the case needs. */
async function chosen(
  subject: ConformanceCase,
  names: readonly string[],
  pool: SessionPool,
): Promise<Pick<Plan, "configuration" | "reason">> {
  let reason = "the target has no configurations";
  for (const name of names) {
    const configuration = { name, wishes: {} };
    try {
      const lacks = await lackingOf(subject, configuration, pool);
      if (lacks === undefined) return { configuration };
      reason = lacks;
    } catch (error) {
      if (!(error instanceof TargetRefusal)) return { configuration };
      reason = error.message;
    }
  }
  return { configuration: undefined, reason };
}

/** Plans with the same unit follow each other. */
function grouped(plans: readonly Plan[]): Plan[] {
  const groups = new Map<string, Plan[]>();
  for (const plan of plans) {
    const { configuration } = plan;
    const key = configuration === undefined ? "" : configurationKey(configuration);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [plan]);
    else group.push(plan);
  }
  return [...groups.values()].flat();
}

async function runPlan(plan: Plan, pool: SessionPool): Promise<CaseResult> {
  const { subject, configuration, reason = "" } = plan;
  const { id, section, title } = subject;
  const about = { id, section, title, configuration: configuration?.name ?? "", mismatches: [] };
  if (configuration === undefined) return { ...about, status: "skipped", reason };
  try {
    const lacks = await lackingOf(subject, configuration, pool);
    if (lacks !== undefined) return { ...about, status: "skipped", reason: lacks };
    return { ...about, ...(await runCase(subject, await pool.take(configuration))) };
  } catch (error) {
    if (error instanceof TargetUnavailable) throw error;
    const status = error instanceof TargetRefusal ? "skipped" : "failed";
    return { ...about, status, reason: messageOf(error) };
  }
}

/** What a unit lacks of what a case needs; of one that is as it is, also of what it wishes for. */
async function lackingOf(
  { needs, with: wishes }: ConformanceCase,
  configuration: Configuration,
  pool: SessionPool,
): Promise<string | undefined> {
  const { capabilities, abilities } = await pool.look(configuration);
  const wished: CapabilityNeed[] = [];
  if (wishes?.capabilities !== undefined) wished.push(wishes.capabilities);
  if (wishes?.version !== undefined) wished.push({ MAJOR: wishes.version >> 4 });
  const all = { ...needs, capabilities: [...(needs?.capabilities ?? []), ...wished] };
  return lacking(all, capabilities.values, abilities);
}

type Verdict = Pick<CaseResult, "status" | "mismatches"> & { readonly reason?: string };

async function runCase(subject: ConformanceCase, ready: ReadySession): Promise<Verdict> {
  const bench = new Bench(ready.session, ready.capabilities);
  const ended = (status: "failed" | "skipped", reason: string): Verdict => {
    const { mismatches } = bench.expect;
    return { status: mismatches.length > 0 ? "failed" : status, reason, mismatches };
  };
  try {
    await subject.steps(bench);
    await bench.finish();
  } catch (error) {
    if (error instanceof CaseSkip) return ended("skipped", error.message);
    if (error instanceof CaseFailure) return ended("failed", error.message);
    if (error instanceof TargetBroken) return ended("failed", `the target: ${error.message}`);
    return ended("failed", `the case itself: ${stackOf(error)}`);
  }
  const mismatches: readonly Mismatch[] = bench.expect.mismatches;
  return { status: mismatches.length > 0 ? "failed" : "passed", mismatches };
}

function withDeviation(result: CaseResult, listed: readonly Deviation[]): CaseResult {
  if (result.status !== "failed") return result;
  const found = listed.find(({ cases }) => cases.includes(result.id));
  return found === undefined
    ? result
    : { ...result, status: "known-deviation", deviation: found.id };
}

/** Deviations that could have shown, and did not. */
function fixedOf(listed: readonly Deviation[], results: readonly CaseResult[]): Deviation[] {
  return listed.filter(({ cases, observable }) => {
    const ran = results.filter(({ id, status }) => cases.includes(id) && status !== "skipped");
    return observable && ran.length > 0 && ran.every(({ status }) => status === "passed");
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack
    ?.split("\n")
    .find((line) => line.includes("/cases/"))
    ?.trim();
  return place === undefined ? error.message : `${error.message} ${place}`;
}
