import { Kernel, Violation, type Task } from "../kernel/index.js";
import type { Choice } from "./random-order.js";
import type { Subject } from "./scenario.js";
import { formatTrace, type Trace } from "./trace.js";

/** One step of a run, in words. */
export interface StepReport {
  readonly task: string;
  readonly verb: string;
  /** Its object; memory with slot and generation. */
  readonly object: string;
  /** What it found: "1 -> 2". */
  readonly remark: string;
}

export interface RunReport {
  readonly trace: Trace;
  readonly steps: readonly StepReport[];
  readonly violation: Violation | undefined;
  readonly warnings: readonly string[];
}

/** Runs a kernel to the end, as `choice` says; answers the tasks step by step. */
export function runToEnd(
  kernel: Kernel,
  choice: Choice,
  maxSteps: number,
  onStep?: (task: Task) => void,
): Task[] {
  const schedule: Task[] = [];
  while (kernel.violation === undefined) {
    const runnable = kernel.runnable();
    if (runnable.length === 0) {
      kernel.finish();
      break;
    }
    if (schedule.length === maxSteps) {
      kernel.violation = endless(kernel, maxSteps);
      break;
    }
    const task = choice(runnable);
    schedule.push(task);
    if (onStep) onStep(task);
    else kernel.step(task);
  }
  return schedule;
}

export function endless(kernel: Kernel, maxSteps: number): Violation {
  const names = kernel.runnable().map(({ name }) => name);
  return new Violation("no-progress", `after ${maxSteps} steps still at work: ${names.join(", ")}`);
}

/**
 * Runs a trace again, and reports every step.
 * @throws RangeError if a task of the trace cannot take its step: the trace is of another scenario.
 */
export function replay(subject: Subject, trace: Trace): RunReport {
  let at = 0;
  return follow(subject, trace.fail, (runnable) => {
    const wanted = trace.schedule[at++];
    const task = runnable.find(({ name }) => name === wanted);
    if (wanted !== undefined && task === undefined) {
      throw new RangeError(
        `step ${at} of the trace is of ${wanted}, which cannot take one: ` +
          `is it a trace of ${subject.scenario}/${subject.variant}?`,
      );
    }
    return task ?? runnable[0]!;
  });
}

/** Runs with a choice, and reports every step. */
function follow(subject: Subject, fail: Trace["fail"], choice: Choice): RunReport {
  const kernel = new Kernel({ fail });
  subject.setup(kernel);
  const steps: StepReport[] = [];
  const schedule = runToEnd(kernel, choice, subject.maxSteps, (task) => {
    const { verb, object } = task.pending!;
    const name = object.name;
    kernel.step(task);
    steps.push({ task: task.name, verb, object: name, remark: task.remark });
  });
  const { scenario, variant } = subject;
  const trace = { scenario, variant, ...(fail && { fail }), schedule: schedule.map((t) => t.name) };
  return { trace, steps, violation: kernel.violation, warnings: kernel.warnings };
}

/** What a run is told by: who did what, one line a step, and how it ended. */
export function describeRun({ trace, steps, violation, warnings }: RunReport): string {
  const width = Math.max(0, ...steps.map(({ task }) => task.length));
  const lines = steps.map(({ task, verb, object, remark }, index) => {
    const number = String(index + 1).padStart(4);
    return `${number}  ${task.padEnd(width)}  ${verb} ${object}${remark === "" ? "" : `: ${remark}`}`;
  });
  const fail = trace.fail
    ? [`The failure injected: place ${trace.fail.nth} of ${trace.fail.task}`]
    : [];
  // A warning that ended the run is its violation.
  const said = warnings.filter((warning) => warning !== violation?.message);
  const warned = said.map((warning) => `The kernel warned: ${warning}`);
  const end = violation ? `${violation.invariant}: ${violation.message}` : "no violation";
  return [...fail, ...lines, ...warned, end, `replay: ${formatTrace(trace)}`, ""].join("\n");
}
