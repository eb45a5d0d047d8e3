const dma = { outcome: "string", data: "?bytes", completion: "?string" };
/** Members of the answer to each operation. */
const shapes = {
    "read-register": { value: "bigint" },
    "write-register": {},
    "read-memory": { data: "bytes" },
    "write-memory": {},
    "fill-memory": {},
    "read-config": { value: "number" },
    "write-config": {},
    dma,
    "begin-access": { ...dma, token: "number" },
    "end-access": {},
    "request-translation": { outcome: "string", completion: "?string" },
    "request-page": {},
    interrupt: {},
    "complete-invalidation": {},
    advance: {},
    reset: {},
    poison: {},
    heal: {},
    "take-events": { events: "events" },
};
const translation = {
    read: "boolean",
    write: "boolean",
    untranslatedOnly: "boolean",
    noSnoop: "boolean",
    privileged: "boolean",
    execute: "boolean",
    global: "boolean",
    address: "bigint",
    pageSize: "number",
};
const outcomes = {
    dma: ["done", "no-memory", "interrupt", "blocked"],
    "begin-access": ["done", "no-memory", "interrupt", "blocked"],
    "request-translation": ["completed", "blocked"],
};
const events = {
    interrupt: { address: "bigint", data: "number" },
    "page-group-response": { sourceId: "number", pasid: "?number", group: "number", code: "number" },
    "device-tlb-invalidate": {
        ...{ sourceId: "number", pasid: "?number", address: "bigint" },
        ...{ sizeBit: "boolean", global: "boolean", itag: "number" },
    },
};
/** What is wrong with an answer; undefined if it has the shape that the operation wants. */
export function answerProblem(operation, answer) {
    if (!isRecord(answer))
        return "the answer is no object";
    if (answer["ok"] === false)
        return membersProblem(answer, { reason: "string" });
    if (answer["ok"] !== true)
        return "ok is neither true nor false";
    const { op } = operation;
    const problem = membersProblem(answer, shapes[op]);
    if (problem !== undefined)
        return problem;
    const outcome = String(answer["outcome"]);
    const known = outcomes[op];
    if (known !== undefined && !known.includes(outcome)) {
        return `outcome "${outcome}" is none of ${known.join(", ")}`;
    }
    if (!["undefined", "UR", "CA"].includes(String(answer["completion"]))) {
        return `completion "${String(answer["completion"])}" is neither UR nor CA`;
    }
    if (outcome === "completed")
        return membersProblem(answer, translation);
    return lengthProblem(operation, answer);
}
function lengthProblem(operation, answer) {
    const { data } = answer;
    const reads = operation.op === "read-memory" || (operation.op === "dma" && operation.access !== "write");
    if (!reads || (operation.op === "dma" && answer["outcome"] !== "done"))
        return undefined;
    const length = data instanceof Uint8Array ? data.length : 0;
    if (length === operation.length)
        return undefined;
    return `data has ${length} bytes, asked were ${operation.length}`;
}
function membersProblem(value, members) {
    for (const [name, shape] of Object.entries(members)) {
        const member = value[name];
        const optional = shape.startsWith("?");
        if (optional && member === undefined)
            continue;
        if (!fits(member, optional ? shape.slice(1) : shape)) {
            return `${name} is ${member === undefined ? "missing" : `no ${shape.replace("?", "")}`}`;
        }
    }
    return undefined;
}
function fits(value, shape) {
    if (shape === "bytes")
        return value instanceof Uint8Array;
    if (shape === "number")
        return Number.isInteger(value);
    if (shape === "events")
        return Array.isArray(value) && value.every(isEvent);
    return typeof value === shape;
}
function isEvent(value) {
    if (!isRecord(value))
        return false;
    const members = events[String(value["kind"])];
    return members !== undefined && membersProblem(value, members) === undefined;
}
function isRecord(value) {
    return typeof value === "object" && value !== null;
}
