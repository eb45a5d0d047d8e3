import { answerProblem } from "../answer-shape.js";
/** The target is gone, hangs or talks nonsense: nothing more is to be had from this session. */
export class TargetBroken extends Error {
    name = "TargetBroken";
}
/** A session whose target may not be trusted: it gets a time limit, and its answers are looked at. */
export class GuardedSession {
    description;
    #session;
    #milliseconds;
    #broken;
    /** @param milliseconds for each batch of operations; 0 for no limit */
    constructor(session, milliseconds) {
        this.#session = session;
        this.#milliseconds = milliseconds;
        this.description = session.description;
    }
    /** Why the session cannot be used any more. */
    get broken() {
        return this.#broken;
    }
    async perform(operations) {
        if (this.#broken !== undefined)
            throw new TargetBroken(this.#broken);
        let answers;
        try {
            answers = await within(this.#session.perform(operations), this.#milliseconds);
        }
        catch (error) {
            throw this.#breaks(error instanceof Error ? error.message : String(error));
        }
        const problem = problemOf(operations, answers);
        if (problem !== undefined)
            throw this.#breaks(`the target answers nonsense: ${problem}`);
        return answers;
    }
    async close() {
        try {
            await within(this.#session.close(), this.#milliseconds);
        }
        catch {
            // It is gone already, which is all that was wanted.
        }
    }
    #breaks(why) {
        this.#broken = why;
        return new TargetBroken(why);
    }
}
function problemOf(operations, answers) {
    if (!Array.isArray(answers))
        return "the answer is no list";
    if (answers.length !== operations.length) {
        return `${operations.length} operations have ${answers.length} answers`;
    }
    for (const [index, operation] of operations.entries()) {
        const problem = answerProblem(operation, answers[index]);
        if (problem !== undefined)
            return `to ${operation.op}, ${problem}`;
    }
    return undefined;
}
/** Waits for at most so many milliseconds. */
export async function within(promise, milliseconds) {
    if (milliseconds === 0)
        return promise;
    let timer;
    const limit = new Promise((_, reject) => {
        timer = setTimeout(() => {
            reject(new Error(`no answer from the target within ${milliseconds / 1000} seconds`));
        }, milliseconds);
    });
    try {
        return await Promise.race([promise, limit]);
    }
    finally {
        clearTimeout(timer);
    }
}
