import { reportedCapabilities } from "../capabilities.js";
import { configurationKey } from "../configuration.js";
import { TargetRefusal } from "../target.js";
import { GuardedSession, TargetBroken, within } from "./guarded-session.js";
const VER = 0x00;
const CAP = 0x08;
const ECAP = 0x10;
/** Holds the session of the last case, for the next one that wants the same unit. */
export class SessionPool {
    #target;
    #milliseconds;
    #refusals = new Map();
    #known = new Map();
    #open;
    /** @param milliseconds limit of what a target that may hang does at once */
    constructor(target, milliseconds) {
        this.#target = target;
        this.#milliseconds = target.mayHang ? milliseconds : 0;
    }
    /** What there is to know of a unit; opens it the first time alone. */
    async look(configuration) {
        const known = this.#known.get(configurationKey(configuration));
        if (known !== undefined)
            return known;
        const { capabilities, session } = await this.take(configuration);
        return { capabilities, abilities: session.description.abilities };
    }
    /**
     * A session with that unit, as after power-good reset.
     * @throws TargetRefusal, TargetBroken
     */
    async take(configuration) {
        const key = configurationKey(configuration);
        const refusal = this.#refusals.get(key);
        if (refusal !== undefined)
            throw new TargetRefusal(refusal);
        const open = this.#open;
        if (open?.key === key && (await this.#isFresh(open)))
            return open;
        await this.close();
        const session = await this.#openSession(configuration, key);
        const capabilities = await readCapabilities(session);
        this.#known.set(key, { capabilities, abilities: session.description.abilities });
        this.#open = { key, session, capabilities };
        return this.#open;
    }
    async close() {
        const open = this.#open;
        this.#open = undefined;
        await open?.session.close();
    }
    async #openSession(configuration, key) {
        try {
            const opening = this.#target.open(configuration);
            return new GuardedSession(await within(opening, 3 * this.#milliseconds), this.#milliseconds);
        }
        catch (error) {
            if (error instanceof TargetRefusal)
                this.#refusals.set(key, error.message);
            throw error;
        }
    }
    /** Puts a session that a case has used back to the start; false if it cannot be. */
    async #isFresh({ session }) {
        const { abilities } = session.description;
        if (session.broken !== undefined || !abilities.has("reset"))
            return false;
        const operations = [{ op: "reset", kind: "power-good" }, { op: "take-events" }];
        if (abilities.has("poison"))
            operations.unshift({ op: "heal" });
        try {
            return (await session.perform(operations)).every(({ ok }) => ok);
        }
        catch (error) {
            if (error instanceof TargetBroken)
                return false;
            throw error;
        }
    }
}
async function readCapabilities(session) {
    const answers = await session.perform([
        { op: "read-register", offset: VER, size: 4 },
        { op: "read-register", offset: CAP, size: 8 },
        { op: "read-register", offset: ECAP, size: 8 },
    ]);
    const [version, cap, ecap] = answers.map((answer) => {
        if (!answer.ok)
            throw new TargetBroken(`its registers cannot be read: ${answer.reason}`);
        return "value" in answer ? BigInt(answer.value) : 0n;
    });
    return reportedCapabilities(Number(version), cap, ecap);
}
