import type { UnitTap } from "../../core/tap.js";
import type { Violation } from "../kernel/index.js";
import { Kernel, type FaultPoint } from "../kernel/index.js";
import { Reduction } from "./dpor.js";
import { HappensBefore } from "./happens-before.js";
import { footprintOf } from "./footprint.js";
import { NotDeterministic } from "./not-deterministic.js";
import { Prng } from "../../random/prng.js";
import { priorityOrder, uniformOrder } from "./random-order.js";
import { endless, replay, runToEnd, type RunReport } from "./replay.js";
import { subject, type Scenario, type Subject, type Variant } from "./scenario.js";
import { shorten } from "./shortest.js";
import { StateSet } from "./state-set.js";
import { formatTrace, type Trace } from "./trace.js";

export interface ExploreOptions {
  /** Which variant of the scenario. */
  readonly variant: string;
  /**
   * Try every order that can matter, one after the other, instead of random ones. Default true.
   */
  readonly exhaustive?: boolean;
  /** Of random orders. Default 1. */
  readonly seed?: number;
  /** Random orders ahead of exhaustive ones: what is easily found is found soon. Default 0. */
  readonly hunt?: number;
  /** Interleavings after which to stop. Default: 10,000 random ones, 1,000,000 if exhaustive. */
  readonly runs?: number;
  /** Let each allocation and each other place that can fail do so, one at a time. Default true. */
  readonly failures?: boolean;
  /**
   * Stop at the first violation. Default true; otherwise one of each rule is kept, and of each kind of memory
   * that is used after its release.
   */
  readonly stopAtFirst?: boolean;
  /** Sees all that reaches the unit of the scenario, in every run: a `Recorder`, for a recording. Default: none. */
  readonly tap?: UnitTap | undefined;
}

export interface FoundViolation {
  /** The name of the rule. */
  readonly invariant: string;
  readonly message: string;
  /** One line, for `replay`. */
  readonly trace: string;
  /** The shortest run found, step by step. */
  readonly run: RunReport;
}

export interface Exploration {
  readonly scenario: string;
  readonly variant: string;
  readonly expected: Variant["expected"];
  /** Different states met: two are the same if they were reached by the same steps in equivalent orders. */
  readonly states: number;
  /** Runs to their end, or to a violation. */
  readonly interleavings: number;
  /** No order of steps is left that could lead to anything else. */
  readonly exhaustive: boolean;
  readonly violations: readonly FoundViolation[];
}

const DEFAULT_RUNS = { random: 10_000, exhaustive: 1_000_000 };
/** Every so many random runs, something fails. */
const FAILURE_EVERY = 4;

/** Runs a scenario in many orders of its steps. */
export async function explore<World>(
  scenario: Scenario<World>,
  options: ExploreOptions,
): Promise<Exploration> {
  const explorer = new Explorer(await subject(scenario, options.variant, options.tap), options);
  return explorer.run();
}

/**
 * Runs a trace again; `tap` sees all that reaches its unit.
 * @throws SyntaxError, RangeError for a trace that does not fit the scenario.
 */
export async function replayTrace<World>(
  scenario: Scenario<World>,
  trace: Trace,
  tap?: UnitTap,
): Promise<RunReport> {
  return replay(await subject(scenario, trace.variant, tap), trace);
}

class Explorer {
  readonly #subject: Subject;
  readonly #options: ExploreOptions;
  readonly #runs: number;
  readonly #states = new StateSet();
  readonly #violations = new Map<string, FoundViolation>();
  /** Places where something can fail, as the runs meet them. */
  readonly #faultPoints = new Map<string, FaultPoint>();
  #interleavings = 0;

  constructor(subject: Subject, options: ExploreOptions) {
    this.#subject = subject;
    this.#options = options;
    const { exhaustive = true } = options;
    this.#runs = options.runs ?? DEFAULT_RUNS[exhaustive ? "exhaustive" : "random"];
    if (!Number.isInteger(this.#runs) || this.#runs < 1) {
      throw new RangeError(`runs is ${this.#runs}: expected a whole number from 1 up`);
    }
  }

  run(): Exploration {
    const { exhaustive: wanted = true, hunt = 0 } = this.#options;
    this.#tryRandom(wanted ? Math.min(hunt, this.#runs) : this.#runs);
    const exhaustive = wanted && this.#tryAll();
    const { scenario, variant, expected } = this.#subject;
    return {
      ...{ scenario, variant, expected, exhaustive },
      states: this.#states.size,
      interleavings: this.#interleavings,
      violations: [...this.#violations.values()],
    };
  }

  /** Every order without failures, and then with each failure that some order met. */
  #tryAll(): boolean {
    if (!this.#tryOrders(undefined)) return false;
    if (this.#options.failures === false) return true;
    // A failure may lead to places where nothing came before: the map grows on the way.
    for (const fail of this.#faultPoints.values()) {
      if (!this.#tryOrders(fail)) return false;
    }
    return true;
  }

  #tryOrders(fail: FaultPoint | undefined): boolean {
    const salt = fail === undefined ? 0 : this.#interleavings;
    const reduction = new Reduction(this.#subject.maxSteps, (state) => {
      this.#states.add(state + salt);
    });
    while (reduction.next()) {
      if (this.#interleavings >= this.#runs || this.#stops) return false;
      const kernel = this.#kernel(fail);
      const end = reduction.run(kernel);
      if (end === "redundant") continue;
      if (end === "finished") kernel.finish();
      if (end === "endless") kernel.violation = endless(kernel, this.#subject.maxSteps);
      this.#count(kernel, fail, () => reduction.schedule.map((i) => kernel.tasks[i]!.name));
    }
    return !this.#stops;
  }

  #tryRandom(runs: number): void {
    const prng = new Prng(this.#options.seed ?? 1);
    let steps = 1;
    while (this.#interleavings < runs && !this.#stops) {
      const run = this.#interleavings;
      const points = [...this.#faultPoints.values()];
      const fails = this.#options.failures !== false && run % FAILURE_EVERY === FAILURE_EVERY - 1;
      const fail = fails ? points[prng.below(points.length)] : undefined;
      const kernel = this.#kernel(fail);
      const choice = run % 2 === 0 ? uniformOrder(prng) : priorityOrder(prng, steps);
      const order = new HappensBefore();
      order.tasksAre(kernel.tasks.length);
      const schedule = runToEnd(kernel, choice, this.#subject.maxSteps, (task) => {
        kernel.step(task);
        this.#states.add(order.take(task.index, footprintOf(kernel.footprint)));
        order.tasksAre(kernel.tasks.length);
      });
      steps = Math.max(steps, schedule.length);
      this.#count(kernel, fail, () => schedule.map(({ name }) => name));
    }
  }

  #kernel(fail: FaultPoint | undefined): Kernel {
    const kernel = new Kernel({ fail });
    this.#subject.setup(kernel);
    return kernel;
  }

  get #stops(): boolean {
    return (this.#options.stopAtFirst ?? true) && this.#violations.size > 0;
  }

  #count(kernel: Kernel, fail: FaultPoint | undefined, schedule: () => string[]): void {
    this.#interleavings += 1;
    for (const point of kernel.injection.met) {
      const key = `${point.task}:${point.nth}`;
      if (!this.#faultPoints.has(key)) this.#faultPoints.set(key, point);
    }
    const { violation } = kernel;
    if (violation === undefined) return;
    const key = `${violation.invariant} ${violation.subject ?? ""}`;
    if (this.#violations.has(key)) return;
    const { scenario, variant } = this.#subject;
    const failing = fail && { task: fail.task, nth: fail.nth };
    const trace = { scenario, variant, ...(failing && { fail: failing }), schedule: schedule() };
    this.#violations.set(key, this.#report(trace, violation));
  }

  #report(trace: Trace, violation: Violation): FoundViolation {
    const found = this.#repeat(trace);
    if (found.violation?.isLike(violation) !== true) throw new NotDeterministic();
    const run = shorten(this.#subject, found);
    const { invariant, message } = run.violation!;
    return { invariant, message, trace: formatTrace(run.trace), run };
  }

  #repeat(trace: Trace): RunReport {
    try {
      return replay(this.#subject, trace);
    } catch (error) {
      if (error instanceof RangeError) throw new NotDeterministic();
      throw error;
    }
  }
}
