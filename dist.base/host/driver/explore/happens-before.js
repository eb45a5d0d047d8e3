const NOTHING = [];
/**
 * The order of the steps of a run, as far as it matters: a step comes after those of its task, after the
 * one that started its task, and after those that it conflicts with. Two runs whose steps are ordered
 * alike lead to the same state, and this is how states are compared (docs/driver-explorer.md).
 */
export class HappensBefore {
    steps = [];
    /** For each object the steps that touched it. */
    #touched = [];
    #stepsOf = [];
    /** For each task the step that started it; undefined for those of the setup. */
    #startedBy = [];
    /** Tells of tasks that the last step has started: there are `count` now. */
    tasksAre(count) {
        while (this.#stepsOf.length < count) {
            this.#stepsOf.push([]);
            this.#startedBy.push(this.steps.length === 0 ? undefined : this.steps.length - 1);
        }
    }
    /** Steps of a task so far. */
    countOf(task) {
        return this.#stepsOf[task].length;
    }
    /** Whether step `index` started a task. */
    started(task, index) {
        return this.#startedBy[task] === index;
    }
    /** What comes before the next step of a task because it is of that task. */
    clockOf(task) {
        return this.#before(task)?.clock ?? NOTHING;
    }
    /** Whether step `index` comes before everything that a clock belongs to. */
    precedes(index, clock) {
        const { task, nth } = this.steps[index];
        return (clock[task] ?? 0) >= nth;
    }
    /** Appends a step. */
    take(task, footprint) {
        const own = this.#before(task);
        const nth = this.countOf(task) + 1;
        const clock = own ? [...own.clock] : [];
        let hash = mix(own?.hash ?? 0, task + 1);
        for (const index of this.#predecessors(footprint)) {
            const step = this.steps[index];
            join(clock, step.clock);
            hash = add(hash, mix(step.hash, 7));
        }
        while (clock.length <= task)
            clock.push(0);
        clock[task] = nth;
        const known = this.#stepsOf[task].at(-1);
        const previous = known === undefined ? 0 : mix(this.steps[known].hash, 3);
        const state = add(this.state, add(mix(hash, 3), -previous));
        const taken = { task, nth, footprint, clock, hash, state };
        const index = this.steps.push(taken) - 1;
        this.#stepsOf[task].push(index);
        for (const { object } of footprint)
            (this.#touched[object] ??= []).push(index);
        return taken;
    }
    /** Stands for the state now. */
    get state() {
        return this.steps.at(-1)?.state ?? 0;
    }
    /** Steps that touched an object, oldest first. */
    touched(object) {
        return this.#touched[object] ?? NOTHING;
    }
    /** Forgets all but the first `length` steps. */
    truncate(length) {
        while (this.steps.length > length) {
            const { task, footprint } = this.steps.pop();
            this.#stepsOf[task].pop();
            for (const { object } of footprint)
                this.#touched[object].pop();
        }
        const started = this.#startedBy.findIndex((by) => by !== undefined && by >= length);
        if (started >= 0) {
            this.#startedBy.length = started;
            this.#stepsOf.length = started;
        }
    }
    /** The step that the task's next one follows by itself. */
    #before(task) {
        const index = this.#stepsOf[task].at(-1) ?? this.#startedBy[task];
        return index === undefined ? undefined : this.steps[index];
    }
    /** The last steps that a footprint conflicts with: those before them come before them. */
    *#predecessors(footprint) {
        for (const { object, writes } of footprint) {
            const touched = this.touched(object);
            for (let at = touched.length - 1; at >= 0; at--) {
                const index = touched[at];
                const wrote = this.steps[index].footprint.some((t) => t.object === object && t.writes);
                if (wrote || writes)
                    yield index;
                if (wrote)
                    break;
            }
        }
    }
}
function join(clock, other) {
    for (let i = 0; i < other.length; i++)
        clock[i] = Math.max(clock[i] ?? 0, other[i]);
}
/** Hashes are integers of 52 bits: two lanes of 26, so that no sum loses a bit. */
const LANE = 2 ** 26;
function mix(hash, salt) {
    const low = Math.imul((hash % LANE) ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b);
    const high = Math.imul(Math.floor(hash / LANE) ^ (low >>> 13) ^ salt, 0xc2b2ae35);
    const a = (low ^ (high >>> 15)) >>> 6;
    const b = (high ^ Math.imul(low ^ (low >>> 16), 0x27d4eb2f)) >>> 6;
    return b * LANE + a;
}
function add(a, b) {
    const whole = LANE * LANE;
    return (((a + b) % whole) + whole) % whole;
}
