import { Bench } from "../bench/bench.js";
import { CaseFailure, CaseSkip } from "../bench/verdicts.js";
import { configurationKey } from "../configuration.js";
import { lacking } from "../needs.js";
import { TargetRefusal, TargetUnavailable } from "../target.js";
import { TargetBroken } from "./guarded-session.js";
import { SessionPool } from "./session-pool.js";
const TIME_LIMIT = 10_000;
/**
 * Runs cases against a target, each with a unit after power-good reset. Nothing that a target does
 * makes this throw, but a TargetUnavailable if it cannot be started at all.
 */
export async function runCases(options) {
    const { target, deviations = [], milliseconds = TIME_LIMIT, progress } = options;
    const pool = new SessionPool(target, milliseconds);
    const listed = deviations.filter((deviation) => deviation.target === target.name);
    const results = [];
    try {
        const plans = await planOf(options, pool);
        for (const [done, plan] of grouped(plans).entries()) {
            const result = withDeviation(await runPlan(plan, pool), listed);
            results[plan.place] = result;
            progress?.(result, done + 1, plans.length);
        }
    }
    finally {
        await pool.close();
    }
    const preset = options.presets.length === 1 ? options.presets[0] : "all";
    return {
        target: target.name,
        title: target.title,
        preset: target.configurations === undefined ? preset : "fixed",
        cases: results,
        fixed: fixedOf(listed, results),
    };
}
async function planOf({ target, cases, presets }, pool) {
    const plans = [];
    for (const subject of cases) {
        if (target.configurations !== undefined) {
            plans.push({ subject, ...(await chosen(subject, target.configurations, pool)) });
        }
        else {
            const wishes = subject.with ?? {};
            plans.push(...presets.map((name) => ({ subject, configuration: { name, wishes } })));
        }
    }
    return plans.map((plan, place) => ({ ...plan, place }));
}
/** The first of the configurations whose unit has what the case needs. */
async function chosen(subject, names, pool) {
    let reason = "the target has no configurations";
    for (const name of names) {
        const configuration = { name, wishes: {} };
        try {
            const lacks = await lackingOf(subject, configuration, pool);
            if (lacks === undefined)
                return { configuration };
            reason = lacks;
        }
        catch (error) {
            if (!(error instanceof TargetRefusal))
                return { configuration };
            reason = error.message;
        }
    }
    return { configuration: undefined, reason };
}
/** Plans with the same unit follow each other. */
function grouped(plans) {
    const groups = new Map();
    for (const plan of plans) {
        const { configuration } = plan;
        const key = configuration === undefined ? "" : configurationKey(configuration);
        const group = groups.get(key);
        if (group === undefined)
            groups.set(key, [plan]);
        else
            group.push(plan);
    }
    return [...groups.values()].flat();
}
async function runPlan(plan, pool) {
    const { subject, configuration, reason = "" } = plan;
    const { id, section, title } = subject;
    const about = { id, section, title, configuration: configuration?.name ?? "", mismatches: [] };
    if (configuration === undefined)
        return { ...about, status: "skipped", reason };
    try {
        const lacks = await lackingOf(subject, configuration, pool);
        if (lacks !== undefined)
            return { ...about, status: "skipped", reason: lacks };
        return { ...about, ...(await runCase(subject, await pool.take(configuration))) };
    }
    catch (error) {
        if (error instanceof TargetUnavailable)
            throw error;
        const status = error instanceof TargetRefusal ? "skipped" : "failed";
        return { ...about, status, reason: messageOf(error) };
    }
}
/** What a unit lacks of what a case needs; of one that is as it is, also of what it wishes for. */
async function lackingOf({ needs, with: wishes }, configuration, pool) {
    const { capabilities, abilities } = await pool.look(configuration);
    const wished = [];
    if (wishes?.capabilities !== undefined)
        wished.push(wishes.capabilities);
    if (wishes?.version !== undefined)
        wished.push({ MAJOR: wishes.version >> 4 });
    const all = { ...needs, capabilities: [...(needs?.capabilities ?? []), ...wished] };
    return lacking(all, capabilities.values, abilities);
}
async function runCase(subject, ready) {
    const bench = new Bench(ready.session, ready.capabilities);
    const ended = (status, reason) => {
        const { mismatches } = bench.expect;
        return { status: mismatches.length > 0 ? "failed" : status, reason, mismatches };
    };
    try {
        await subject.steps(bench);
        await bench.finish();
    }
    catch (error) {
        if (error instanceof CaseSkip)
            return ended("skipped", error.message);
        if (error instanceof CaseFailure)
            return ended("failed", error.message);
        if (error instanceof TargetBroken)
            return ended("failed", `the target: ${error.message}`);
        return ended("failed", `the case itself: ${stackOf(error)}`);
    }
    const mismatches = bench.expect.mismatches;
    return { status: mismatches.length > 0 ? "failed" : "passed", mismatches };
}
function withDeviation(result, listed) {
    if (result.status !== "failed")
        return result;
    const found = listed.find(({ cases }) => cases.includes(result.id));
    return found === undefined
        ? result
        : { ...result, status: "known-deviation", deviation: found.id };
}
/** Deviations that could have shown, and did not. */
function fixedOf(listed, results) {
    return listed.filter(({ cases, observable }) => {
        const ran = results.filter(({ id, status }) => cases.includes(id) && status !== "skipped");
        return observable && ran.length > 0 && ran.every(({ status }) => status === "passed");
    });
}
function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}
function stackOf(error) {
    if (!(error instanceof Error))
        return String(error);
    const place = error.stack
        ?.split("\n")
        .find((line) => line.includes("/cases/"))
        ?.trim();
    return place === undefined ? error.message : `${error.message} ${place}`;
}
