import { Heap } from "./heap.js";
import { Injection } from "./injection.js";
import { Rcu } from "./rcu.js";
import { Task } from "./task.js";
import { Violation } from "./violation.js";
/**
 * A deterministic kernel: tasks that take steps. It decides nothing by itself; whoever drives it picks one
 * of the runnable tasks, again and again. Memory is sequentially consistent.
 */
export class Kernel {
    checks;
    injection;
    heap;
    rcu;
    tasks = [];
    /** What ended the run early. */
    violation;
    /** Let `warn` be a violation. Default true. */
    panicOnWarning = true;
    warnings = [];
    /** What the last step touched: first what it declares, then what it was found to touch. */
    footprint = [];
    #names = new Map();
    #atEnd = [];
    #stepping = false;
    #objects = 0;
    constructor(options = {}) {
        this.checks = options.checks ?? true;
        this.injection = new Injection(options.fail);
        this.heap = new Heap(this);
        this.rcu = new Rcu(this);
    }
    /** Starts a task: its code runs up to its first step. A name that is taken gets a number behind it. */
    spawn(name, code, options = {}) {
        const count = (this.#names.get(name) ?? 0) + 1;
        this.#names.set(name, count);
        const unique = count === 1 ? name : `${name}/${count}`;
        const task = new Task(unique, this.tasks.length, code(), options);
        this.tasks.push(task);
        task.advance(undefined);
        return task;
    }
    /** Tasks that can take their next step now, in the order of creation. */
    runnable() {
        return this.tasks.filter((task) => task.runnable);
    }
    /** Takes the next step of a task that is runnable. */
    step(task) {
        const step = task.pending;
        if (step === undefined)
            throw new RangeError(`${task.name} is done: it has no next step`);
        this.footprint = this.checks ? declared(step) : [];
        this.#stepping = this.checks;
        task.remark = "";
        try {
            step.object.home?.use();
            if (step.sleeps === true && task.atomic.length > 0)
                throw sleeping(task, step);
            task.advance(step.run(task));
        }
        catch (error) {
            this.violation = asViolation(error, task);
        }
        finally {
            this.#stepping = false;
        }
    }
    /** The number of the next object to be made. */
    numberObject() {
        return this.#objects++;
    }
    /** Notes that the current step touches an object that it did not declare. */
    touch(object, kind, role) {
        if (this.#stepping)
            this.footprint.push({ object, kind, role });
    }
    /** What the kernel says loudly and goes on after: a violation unless `panicOnWarning` is false. */
    warn(message) {
        this.warnings.push(message);
        if (this.panicOnWarning)
            throw new Violation("warning", message);
    }
    /** `check` is called when no task can go on any more, and throws a violation if something is wrong. */
    atEnd(check) {
        this.#atEnd.push(check);
    }
    /** To be called when nothing is runnable: finds deadlocks, leaks, and what `atEnd` checks. */
    finish() {
        try {
            const stuck = this.tasks.filter((task) => !task.done && !task.daemon);
            if (stuck.length > 0) {
                throw new Violation("deadlock", stuck.map(({ complaint }) => complaint).join("; "));
            }
            for (const check of this.#atEnd)
                check();
            const leaked = this.heap.leaked.map(({ label }) => label);
            if (leaked.length > 0)
                throw new Violation("leak", `never freed: ${leaked.join(", ")}`);
        }
        catch (error) {
            this.violation = asViolation(error, undefined);
        }
    }
}
/** What a step says that it touches; the memory that holds its object with it. */
export function declared(step) {
    const accesses = [step, ...(step.also ?? [])];
    const home = step.object.home;
    if (home !== undefined)
        accesses.push({ object: home.whole, kind: "read" });
    return accesses;
}
function sleeping(task, step) {
    const where = task.atomic.join(", ");
    const what = `${step.verb} ${step.object.name}`;
    return new Violation("sleep-in-atomic", `${task.name} may sleep to ${what} inside ${where}`);
}
/** An exception of a task's code is what an oops is to a kernel. */
function asViolation(error, task) {
    if (error instanceof Violation)
        return error;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const violation = new Violation("exception", `${task ? `${task.name}: ` : ""}${text}`);
    violation.cause = error;
    return violation;
}
