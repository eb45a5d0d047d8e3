import { follow } from "./replay.js";
import { turnsOf } from "./trace.js";
/** Runs that the search for a shorter schedule may take. */
const MOST_TRIES = 2000;
/**
 * Looks for a shorter run that breaks the same rule: steps are left out, and turns of one task are moved
 * together, as long as the rule still breaks. Fewer steps count most, then fewer changes of task.
 */
export function shorten(subject, found) {
    let best = found;
    let tries = 0;
    for (let improved = true; improved;) {
        improved = false;
        for (const turns of candidates(turnsOf(best.trace.schedule))) {
            if (++tries > MOST_TRIES)
                return best;
            const run = attempt(subject, best.trace.fail, turns);
            if (run.violation?.invariant !== found.violation?.invariant || !isShorter(run, best))
                continue;
            best = run;
            improved = true;
            break;
        }
    }
    return best;
}
function isShorter(a, b) {
    const steps = a.steps.length - b.steps.length;
    if (steps !== 0)
        return steps < 0;
    return turnsOf(a.trace.schedule).length < turnsOf(b.trace.schedule).length;
}
/** Runs the turns as far as their tasks can take them, and then whatever is left to run. */
function attempt(subject, fail, turns) {
    const wanted = turns.flatMap(({ task, steps }) => Array.from({ length: steps }, () => task));
    let at = 0;
    return follow(subject, fail, (runnable) => {
        while (at < wanted.length) {
            const name = wanted[at++];
            const task = runnable.find((each) => each.name === name);
            if (task)
                return task;
        }
        return runnable[0];
    });
}
/** Schedules that are a little simpler: without a turn, without the end of one, with two of a task as one. */
function* candidates(turns) {
    for (let i = turns.length - 1; i >= 0; i--) {
        yield [...turns.slice(0, i), ...turns.slice(i + 1)];
    }
    for (let i = turns.length - 1; i >= 0; i--) {
        const { task, steps } = turns[i];
        for (let cut = steps >> 1; cut > 0; cut >>= 1) {
            yield [...turns.slice(0, i), { task, steps: steps - cut }, ...turns.slice(i + 1)];
        }
    }
    for (let i = 0; i < turns.length; i++) {
        const next = turns.findIndex(({ task }, j) => j > i && task === turns[i].task);
        if (next < 0)
            continue;
        const joined = { task: turns[i].task, steps: turns[i].steps + turns[next].steps };
        const between = turns.slice(i + 1, next);
        yield [...turns.slice(0, i), joined, ...between, ...turns.slice(next + 1)];
        yield [...turns.slice(0, i), ...between, joined, ...turns.slice(next + 1)];
    }
}
