const FORM = /^(\S+)\/(\S+?)((?: fail=\S+:\d+)?): (.*)$/;
/**
 * One line: `scenario/variant: reporter*3 remover reporter*2`, with ` fail=reporter:1` ahead of the colon
 * if the first place where the task "reporter" can fail does.
 */
export function formatTrace({ scenario, variant, fail, schedule }) {
    const failing = fail ? ` fail=${token(fail.task)}:${fail.nth}` : "";
    const turns = turnsOf(schedule).map(({ task, steps }) => steps === 1 ? token(task) : `${token(task)}*${steps}`);
    return `${scenario}/${variant}${failing}: ${turns.join(" ")}`;
}
/** @throws SyntaxError for text that `formatTrace` does not make. */
export function parseTrace(text) {
    const match = FORM.exec(text.trim());
    if (!match) {
        throw new SyntaxError(`"${text.slice(0, 60)}" is no trace: expected "scenario/variant: task*steps task ..."`);
    }
    const [, scenario, variant, failing, turns] = match;
    const schedule = turns
        .split(" ")
        .filter((turn) => turn !== "")
        .flatMap((turn) => {
        const [, task, steps = "1"] = /^([^*]+)(?:\*(\d{1,6}))?$/.exec(turn) ?? [];
        if (task === undefined)
            throw new SyntaxError(`"${turn}" is no turn: expected task*steps`);
        return Array.from({ length: Number(steps) }, () => unquote(task));
    });
    const [, task, nth] = /^ fail=(\S+):(\d+)$/.exec(failing) ?? [];
    const fail = task === undefined ? undefined : { task: unquote(task), nth: Number(nth) };
    return { scenario: scenario, variant: variant, ...(fail && { fail }), schedule };
}
/** Steps in a row of one task. */
export function turnsOf(schedule) {
    const turns = [];
    for (const task of schedule) {
        const last = turns.at(-1);
        if (last?.task === task)
            last.steps += 1;
        else
            turns.push({ task, steps: 1 });
    }
    return turns;
}
function token(task) {
    return task.replaceAll(" ", "_");
}
function unquote(text) {
    return text.replaceAll("_", " ");
}
