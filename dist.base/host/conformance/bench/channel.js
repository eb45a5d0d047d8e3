import { abilities, abilitiesOfOperations } from "../abilities.js";
import { CaseFailure, CaseSkip } from "./verdicts.js";
/** Operations that are sent together with the next one that is waited for. */
const MOST_POSTED = 512;
/**
 * The way from a case to its target. Operations whose answers say nothing wait for the next one that
 * does, so that a target behind a pipe gets few, long batches; the order stays.
 */
export class Channel {
    #session;
    #memory;
    #posted = [];
    constructor(session, memory) {
        this.#session = session;
        this.#memory = memory;
    }
    get session() {
        return this.#session;
    }
    /** Does something whose answer tells nothing, now or with the next `ask`. */
    async post(operation) {
        this.#push(operation);
        if (this.#posted.length >= MOST_POSTED)
            await this.flush();
    }
    /** Does something, after everything before it, and answers what came of it. */
    async ask(operation) {
        const [answer] = await this.askAll([operation]);
        return answer;
    }
    /** As `ask`, for several at once. */
    async askAll(operations) {
        for (const operation of operations)
            this.#push(operation);
        const answers = await this.#send();
        const asked = answers.slice(answers.length - operations.length);
        return asked;
    }
    /** Does everything that waits. */
    async flush() {
        this.#posted.push(...this.#memory.takeChanges());
        await this.#send();
    }
    /** Throws a CaseSkip if the target lacks an ability. */
    require(ability) {
        if (!this.#session.description.abilities.has(ability)) {
            throw new CaseSkip(`needs a target that ${abilities[ability]}`);
        }
    }
    #push(operation) {
        for (const ability of abilitiesOf(operation))
            this.require(ability);
        this.#posted.push(...this.#memory.takeChanges(), operation);
    }
    async #send() {
        const batch = this.#posted;
        this.#posted = [];
        if (batch.length === 0)
            return [];
        const answers = await this.#session.perform(batch);
        answers.forEach((answer, index) => {
            if (answer.ok)
                return;
            const what = `${batch[index].op}: ${answer.reason}`;
            throw answer.unsupported === true ? new CaseSkip(answer.reason) : new CaseFailure(what);
        });
        return [...answers];
    }
}
function abilitiesOf(operation) {
    const found = [];
    const general = abilitiesOfOperations[operation.op];
    if (general !== undefined)
        found.push(general);
    if ("pasid" in operation && operation.pasid !== undefined)
        found.push("pasid");
    if ("privileged" in operation && operation.privileged === true)
        found.push("privileged");
    if ("execute" in operation && operation.execute === true)
        found.push("execute");
    if (operation.op === "reset")
        found.push(operation.kind === "warm" ? "warm-reset" : "reset");
    if (operation.op === "dma" || operation.op === "begin-access") {
        if (operation.access === "atomic")
            found.push("atomic");
        if (operation.length === 0)
            found.push("zero-length-read");
        if (operation.translated === true)
            found.push("translated");
    }
    return found;
}
