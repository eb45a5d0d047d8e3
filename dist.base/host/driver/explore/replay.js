import { Kernel, Violation } from "../kernel/index.js";
import { formatTrace } from "./trace.js";
/** Runs a kernel to the end, as `choice` says; answers the tasks step by step. */
export function runToEnd(kernel, choice, maxSteps, onStep) {
    const schedule = [];
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
        if (onStep)
            onStep(task);
        else
            kernel.step(task);
    }
    return schedule;
}
export function endless(kernel, maxSteps) {
    const names = kernel.runnable().map(({ name }) => name);
    return new Violation("no-progress", `after ${maxSteps} steps still at work: ${names.join(", ")}`);
}
/**
 * Runs a trace again, and reports every step.
 * @throws RangeError if a task of the trace cannot take its step: the trace is of another scenario.
 */
export function replay(subject, trace) {
    let at = 0;
    return follow(subject, trace.fail, (runnable) => {
        const wanted = trace.schedule[at++];
        const task = runnable.find(({ name }) => name === wanted);
        if (wanted !== undefined && task === undefined) {
            throw new RangeError(`step ${at} of the trace is of ${wanted}, which cannot take one: ` +
                `is it a trace of ${subject.scenario}/${subject.variant}?`);
        }
        return task ?? runnable[0];
    });
}
/** Runs with a choice, and reports every step. */
export function follow(subject, fail, choice) {
    const kernel = new Kernel({ fail });
    subject.setup(kernel);
    const steps = [];
    const schedule = runToEnd(kernel, choice, subject.maxSteps, (task) => {
        const { verb, object } = task.pending;
        const name = object.name;
        kernel.step(task);
        steps.push({ task: task.name, verb, object: name, remark: task.remark });
    });
    const { scenario, variant } = subject;
    const trace = { scenario, variant, ...(fail && { fail }), schedule: schedule.map((t) => t.name) };
    return { trace, steps, violation: kernel.violation, warnings: kernel.warnings };
}
/** What a run is told by: who did what, one line a step, and how it ended. */
export function describeRun({ trace, steps, violation }) {
    const width = Math.max(0, ...steps.map(({ task }) => task.length));
    const lines = steps.map(({ task, verb, object, remark }, index) => {
        const number = String(index + 1).padStart(4);
        return `${number}  ${task.padEnd(width)}  ${verb} ${object}${remark === "" ? "" : `: ${remark}`}`;
    });
    const fail = trace.fail
        ? [`The failure injected: place ${trace.fail.nth} of ${trace.fail.task}`]
        : [];
    const end = violation ? `${violation.invariant}: ${violation.message}` : "no violation";
    return [...fail, ...lines, end, `replay: ${formatTrace(trace)}`, ""].join("\n");
}
