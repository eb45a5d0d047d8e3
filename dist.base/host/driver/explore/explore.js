import { Kernel } from "../kernel/index.js";
import { Reduction } from "./dpor.js";
import { HappensBefore } from "./happens-before.js";
import { footprintOf } from "./footprint.js";
import { NotDeterministic } from "./not-deterministic.js";
import { Prng } from "./prng.js";
import { priorityOrder, uniformOrder } from "./random-order.js";
import { endless, replay, runToEnd } from "./replay.js";
import { subject } from "./scenario.js";
import { shorten } from "./shortest.js";
import { formatTrace } from "./trace.js";
const DEFAULT_RUNS = { random: 10_000, exhaustive: 1_000_000 };
/** Every so many random runs, something fails. */
const FAILURE_EVERY = 4;
/** More states than this are not told apart. */
const MOST_STATES = 2 ** 23;
/** Runs a scenario in many orders of its steps. */
export async function explore(scenario, options) {
    const explorer = new Explorer(await subject(scenario, options.variant), options);
    return explorer.run();
}
/** Runs a trace again. @throws SyntaxError, RangeError for a trace that does not fit the scenario. */
export async function replayTrace(scenario, trace) {
    return replay(await subject(scenario, trace.variant), trace);
}
class Explorer {
    #subject;
    #options;
    #runs;
    #states = new Set();
    #violations = new Map();
    /** Places where something can fail, as the runs meet them. */
    #faultPoints = new Map();
    #interleavings = 0;
    constructor(subject, options) {
        this.#subject = subject;
        this.#options = options;
        const { exhaustive = true } = options;
        this.#runs = options.runs ?? DEFAULT_RUNS[exhaustive ? "exhaustive" : "random"];
        if (!Number.isInteger(this.#runs) || this.#runs < 1) {
            throw new RangeError(`runs is ${this.#runs}: expected a whole number from 1 up`);
        }
    }
    run() {
        const exhaustive = (this.#options.exhaustive ?? true) ? this.#tryAll() : this.#tryRandom();
        const { scenario, variant, expected } = this.#subject;
        return {
            ...{ scenario, variant, expected, exhaustive },
            states: this.#states.size,
            interleavings: this.#interleavings,
            violations: [...this.#violations.values()],
        };
    }
    /** Every order without failures, and then with each failure that some order met. */
    #tryAll() {
        if (!this.#tryOrders(undefined))
            return false;
        if (this.#options.failures === false)
            return true;
        // A failure may lead to places where nothing came before: the map grows on the way.
        for (const fail of this.#faultPoints.values()) {
            if (!this.#tryOrders(fail))
                return false;
        }
        return true;
    }
    #tryOrders(fail) {
        const salt = fail === undefined ? 0 : this.#interleavings;
        const reduction = new Reduction(this.#subject.maxSteps, (state) => {
            this.#meet(state + salt);
        });
        while (reduction.next()) {
            if (this.#interleavings >= this.#runs || this.#stops)
                return false;
            const kernel = this.#kernel(fail);
            const end = reduction.run(kernel);
            if (end === "redundant")
                continue;
            if (end === "finished")
                kernel.finish();
            if (end === "endless")
                kernel.violation = endless(kernel, this.#subject.maxSteps);
            this.#count(kernel, fail, () => reduction.schedule.map((i) => kernel.tasks[i].name));
        }
        return !this.#stops;
    }
    #tryRandom() {
        const prng = new Prng(this.#options.seed ?? 1);
        let steps = 1;
        while (this.#interleavings < this.#runs && !this.#stops) {
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
                this.#meet(order.take(task.index, footprintOf(kernel.footprint)).state);
                order.tasksAre(kernel.tasks.length);
            });
            steps = Math.max(steps, schedule.length);
            this.#count(kernel, fail, () => schedule.map(({ name }) => name));
        }
        return false;
    }
    #kernel(fail) {
        const kernel = new Kernel({ fail });
        this.#subject.setup(kernel);
        return kernel;
    }
    get #stops() {
        return (this.#options.stopAtFirst ?? true) && this.#violations.size > 0;
    }
    #meet(state) {
        if (this.#states.size < MOST_STATES)
            this.#states.add(state);
    }
    #count(kernel, fail, schedule) {
        this.#interleavings += 1;
        for (const point of kernel.injection.met) {
            const key = `${point.task}:${point.nth}`;
            if (!this.#faultPoints.has(key))
                this.#faultPoints.set(key, point);
        }
        const { violation } = kernel;
        if (violation === undefined || this.#violations.has(violation.invariant))
            return;
        const { scenario, variant } = this.#subject;
        const failing = fail && { task: fail.task, nth: fail.nth };
        const trace = { scenario, variant, ...(failing && { fail: failing }), schedule: schedule() };
        this.#violations.set(violation.invariant, this.#report(trace, violation));
    }
    #report(trace, violation) {
        const found = this.#repeat(trace);
        if (found.violation?.invariant !== violation.invariant)
            throw new NotDeterministic();
        const run = shorten(this.#subject, found);
        const { invariant, message } = run.violation;
        return { invariant, message, trace: formatTrace(run.trace), run };
    }
    #repeat(trace) {
        try {
            return replay(this.#subject, trace);
        }
        catch (error) {
            if (error instanceof RangeError)
                throw new NotDeterministic();
            throw error;
        }
    }
}
