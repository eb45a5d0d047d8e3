import { faultConditions } from "../../spec/faults.js";
/** T1 and T2 of a fault record (§11.4.7.6). */
const types = {
    write: { T1: 0, T2: 0 },
    "page-request": { T1: 0, T2: 1 },
    read: { T1: 1, T2: 0 },
    atomic: { T1: 1, T2: 1 },
};
/** AT of a fault record. */
const addressTypes = { untranslated: 0, translation: 1, translated: 2 };
/** Columns of Table 30 without PASID; those with PASID follow each. */
const columns = { untranslated: 0, translation: 2, translated: 4 };
/** The row of Table 30 or Table 15 ("IR.25") called that. */
export function conditionNamed(name) {
    const found = faultConditions.find(({ condition }) => condition === name);
    if (found === undefined)
        throw new RangeError(`the manual has no fault condition "${name}"`);
    return found;
}
/** Sends requests that must fault, and looks at the answer and at the fault record (§7.1.3, §7.2). */
export class FaultExpectations {
    #endpoints;
    #expect;
    #records;
    #capabilities;
    constructor(parts) {
        this.#endpoints = parts.endpoints;
        this.#expect = parts.expect;
        this.#records = parts.records;
        this.#capabilities = parts.capabilities;
    }
    /** A memory request meets a condition; its record is checked and cleared. */
    async dma(condition, request, options = {}) {
        const kind = request.translated === true ? "translated" : "untranslated";
        const answer = await this.#endpoints.dma(request);
        this.#checkAnswer(condition, answer, responseOf(condition, kind, request));
        const access = request.access ?? (request.data === undefined ? "read" : "write");
        const type = { ...types[access], AT: addressTypes[kind] };
        await this.recorded(condition, request, { ...options, fields: { ...type, ...options.fields } });
    }
    /**
     * A translation request meets a condition. One that Table 30 answers with Success has no permission
     * (S0) or what is left of it, and leaves no record, SFS.10 excepted.
     */
    async translation(condition, request, options = {}) {
        const answer = await this.#endpoints.translate(request);
        const response = responseOf(condition, "translation", request);
        this.#checkAnswer(condition, answer, response);
        const isError = response === "UR" || response === "CA";
        const logged = isError || conditionNamed(condition).loggedWithSuccess === true;
        const recorded = options.recorded ?? logged;
        const type = { ...types.read, AT: addressTypes.translation };
        const ignore = ["T1", "T2", ...(options.ignore ?? [])];
        const fields = { ...type, ...options.fields };
        await this.recorded(condition, request, { ...options, recorded, fields, ignore });
    }
    /** A page request meets a condition: it leaves a record of its own type. */
    async pageRequest(condition, request, options = {}) {
        await this.#endpoints.requestPage(request);
        const fields = { ...types["page-request"], ...options.fields };
        await this.recorded(condition, request, { ...options, fields, ignore: ["AT"] });
    }
    /** There is one record, of the condition and the request; or none. Clears what there is. */
    async recorded(condition, request, options = {}) {
        const found = await this.#records.pending();
        const expected = options.recorded === false ? 0 : 1;
        this.#expect.equal(`${condition}: number of fault records`, found.length, expected);
        if (expected === 1 && found.length > 0) {
            const { index, value } = found[0];
            const ignored = new Set(options.ignore);
            const fields = Object.entries({ ...this.#recordOf(condition, request), ...options.fields });
            const looked = fields.filter(([name]) => !ignored.has(name));
            const what = `${condition}: FRCD${index}`;
            this.#expect.decoded(what, "FRCD", value, Object.fromEntries(looked));
        }
        if (found.length > 0)
            await this.#records.clear();
    }
    /** No fault is recorded. */
    async none(when = "no fault") {
        const found = await this.#records.pending();
        for (const { index, value } of found) {
            this.#expect.decoded(`${when}: FRCD${index}`, "FRCD", value, { F: 0, FR: 0 });
        }
        if (found.length > 0)
            await this.#records.clear();
    }
    #recordOf(condition, request) {
        const { sourceId = this.#endpoints.first, pasid, address } = request;
        const { values } = this.#capabilities;
        return {
            FR: conditionNamed(condition).code,
            SID: sourceId,
            FI: address & this.#inputMask() & ~0xfffn,
            ...(values["PASID"] === 1 && {
                PP: pasid !== undefined,
                ...(pasid !== undefined && { PV: pasid, PRIV: request.privileged ?? false }),
            }),
        };
    }
    /** Bits of an input address that a record holds: those of the widest table (§11.4.7.6). */
    #inputMask() {
        const { values } = this.#capabilities;
        const widths = [39, 48, 57].filter((_, index) => (values["SAGAW"] >> (index + 1)) & 1);
        if (values["FSTS"] === 1)
            widths.push(values["FS5LP"] === 1 ? 57 : 48);
        const width = widths.length === 0 ? values["MGAW"] + 1 : Math.max(...widths);
        return (1n << BigInt(width)) - 1n;
    }
    #checkAnswer(condition, answer, response) {
        const what = `${condition}: the answer`;
        if (response === "UR" || response === "CA") {
            if (!this.#expect.equal(what, answer.outcome, "blocked"))
                return;
            const completion = "completion" in answer ? answer.completion : undefined;
            if (completion !== undefined)
                this.#expect.equal(what, completion, response);
            return;
        }
        if (response === "-")
            throw new RangeError(`${condition} cannot meet such a request`);
        if (!this.#expect.equal(what, answer.outcome, "completed"))
            return;
        if (response === "S0")
            this.#expect.fields(what, { ...answer }, { read: false, write: false });
    }
}
function responseOf(condition, kind, { pasid }) {
    const column = columns[kind] + (pasid === undefined ? 0 : 1);
    return conditionNamed(condition).responses[column] ?? "-";
}
